"""How the numbers of an evaluation came about, in words: what a reader must know to judge them."""

from collections.abc import Iterator

from detection.evaluation.evaluation import Evaluation
from detection.evaluation.scoring import MATCH_IOU, PIECE_SHARE
from detection.types import ObjectClass

_MANY = {
    ObjectClass.DUGONG: "dugongs",
    ObjectClass.BOAT: "boats",
    ObjectClass.FISHING_GEAR: "nets and traps",
}


def how_measured(evaluation: Evaluation) -> tuple[str, ...]:
    """The rules of matching, the scale of scores, and what these flights cannot tell."""
    return tuple(_lines(evaluation))


def _lines(evaluation: Evaluation) -> Iterator[str]:
    yield (
        f"A find counts when it overlaps its label by {MATCH_IOU:g} or more (intersection over "
        "union), or holds it where the label is a point; AP50 asks for 0.5, AP50-95 for 0.5 to "
        "0.95."
    )
    if any(c.object_class is ObjectClass.FISHING_GEAR for c in evaluation.classes):
        yield (
            f"Fishing gear may be found in pieces: a find of which {PIECE_SHARE:.0%} lies within a "
            "label of gear counts as finding it; further ones are counted apart, not as false "
            "alarms. AP50 and AP50-95 know no pieces."
        )
    scales = [
        f"{c.threshold:.2f} of {c.object_class.value} is {c.network_threshold:.2f}"
        for c in evaluation.classes
        if c.network_threshold is not None
    ]
    if scales:
        yield (
            "Scores are calibrated, on rendered flights, to the chance that a find is right; the "
            f"threshold {', '.join(scales)} of the network's own scores, as the model card and "
            "`libong detect --min-score` have them."
        )
    if evaluation.rendered == len(evaluation.flights):
        return
    yield (
        "The gates were set for rendered flights of scenes kept back; on other flights they are "
        "something to compare with, and pass or fail no model."
    )
    for c in evaluation.classes:
        if c.scores.tally.found + c.scores.tally.missed == 0:
            yield (
                f"There is no label of {c.object_class.value} anywhere: its false alarms may be "
                f"unlabelled {_MANY[c.object_class]}; --only CLASS leaves such classes out."
            )
