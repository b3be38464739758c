"""A candidate is refused when it is worse by more than chance explains."""

import pytest

from detection.evaluation.counting import FlightCount, Unit
from detection.evaluation.scoring import FoundBox, ScoredFrame, TrueBox
from detection.training.comparison import (
    Pairs,
    as_markdown,
    compare,
    compare_on_photos,
    in_words,
)
from detection.types import ObjectClass

DUGONG, BOAT, GEAR = ObjectClass
BOX = (0.0, 0.0, 10.0, 10.0)
ELSEWHERE = (50.0, 50.0, 60.0, 60.0)


def frames(found_of_ten_by_flight, false_alarms=0):
    """A flight for each number: ten frames of one dugong each, that many of them found."""
    scored = []
    for flight, found in enumerate(found_of_ten_by_flight):
        for n in range(10):
            finds = [FoundBox(DUGONG, 0.9, BOX)] if n < found else []
            finds += [FoundBox(DUGONG, 0.9, ELSEWHERE)] if n < false_alarms else []
            truth = (TrueBox(DUGONG, 1, BOX, fair=True),)
            scored.append(ScoredFrame(f"f{flight}", f"{n}", truth, tuple(finds), 0.0))
    return scored


def regressed(before, after):
    return {(c.object_class, c.measure) for c in compare("here", before, after) if c.regressed}


@pytest.mark.parametrize(
    ("before", "after", "refused"),
    [
        ([8] * 6, [8] * 6, False),
        ([8] * 6, [9] * 6, False),
        ([8] * 6, [6] * 6, True),  # everywhere worse
        ([8, 8, 8, 8, 8, 8], [9, 7, 8, 9, 7, 7], False),  # now here, now there: noise
        ([8], [7], True),  # one flight alone: any loss counts
        ([8], [8], False),
    ],
)
def test_recall(before, after, refused):
    assert regressed(frames(before), frames(after)) == ({(DUGONG, "recall")} if refused else set())


def test_false_alarms():
    few, many = frames([8] * 6, 1), frames([8] * 6, 4)
    assert regressed(few, many) == {(DUGONG, "precision"), (DUGONG, "false alarms a frame")}
    assert regressed(many, few) == set()


def test_what_is_measured_is_told():
    table = as_markdown(compare("here", frames([8] * 6), frames([6] * 6)))
    row = next(line for line in table.splitlines() if "dugong | recall" in line)
    assert "| 0.800 | 0.600 | -0.200 (-0.200 to -0.200) | **regressed** |" in row
    assert "boat | recall" not in table  # there was none
    assert "boat | false alarms a frame" in table


def test_of_no_frames_there_is_nothing_to_tell():
    assert compare("here", [], []) == ()


# ---------------------------------------------------------------- few flights, and pairs in them


def objects(*found_by_flight, alarms=()):
    """A flight for each text: a frame of as many dugongs as letters, found where there is an x.

    `alarms` are false finds in the frame of each flight.
    """
    scored = []
    for flight, letters in enumerate(found_by_flight):
        boxes = [(20.0 * n, 0.0, 20.0 * n + 10, 10.0) for n in range(len(letters))]
        truths = tuple(TrueBox(DUGONG, n, box, fair=True) for n, box in enumerate(boxes))
        finds = [
            FoundBox(DUGONG, 0.9, b) for b, at in zip(boxes, letters, strict=True) if at == "x"
        ]
        number = alarms[flight] if alarms else 0
        finds += [FoundBox(DUGONG, 0.9, (900, 40.0 * n, 910, 40.0 * n + 10)) for n in range(number)]
        scored.append(ScoredFrame(f"f{flight}", "1.jpg", truths, tuple(finds), 0.0))
    return scored


@pytest.mark.parametrize(
    ("before", "after", "refused"),
    [
        (("xxx", "xxx"), ("xxx", "xx-"), False),  # one fewer may be chance
        (("xxx", "xxx"), ("xxx", "x--"), True),  # two lost, none gained
        (("xxxx", "xxx-"), ("x---", "xxxx"), False),  # three lost, one gained
        (("xxxxx", "xxx-"), ("x----", "xxxx"), True),  # four lost, one gained
        (("x" * 60, "x" * 60), ("x" * 60, "x" * 57 + "---"), False),  # three of 120
        (("x" * 60, "x" * 60), ("x" * 60, "x" * 53 + "-" * 7), True),  # more than a twentieth
        (("xxx", "xxx"), ("xx-", "xx-"), True),  # the same loss in every flight
    ],
)
def test_objects_lost_in_few_flights(before, after, refused):
    assert ((DUGONG, "recall") in regressed(objects(*before), objects(*after))) is refused


def test_an_object_found_in_another_frame_is_not_lost():
    def twice(*found):
        truth = (TrueBox(DUGONG, 7, BOX, fair=True),)
        there, nothing = (FoundBox(DUGONG, 0.9, BOX),), ()
        return [
            ScoredFrame(f"f{n // 2}", f"{n}", truth, there if hit else nothing, 0.0)
            for n, hit in enumerate(found)
        ]

    before, after = twice(1, 1, 1, 1, 1, 1), twice(1, 0, 1, 0, 1, 1)
    (recall,) = (c for c in compare("here", before, after) if c.measure == "recall")
    assert (recall.pairs.worse, recall.pairs.of) == (0, 3)
    assert not recall.regressed


@pytest.mark.parametrize(
    ("before", "after", "refused"),
    [((0, 0), (1, 0), False), ((0, 0), (1, 2), True), ((2, 2), (0, 1), False)],
)
def test_precision_and_false_alarms_in_few_flights(before, after, refused):
    found = regressed(objects("xx", "xx", alarms=before), objects("xx", "xx", alarms=after))
    told = {(DUGONG, "precision"), (DUGONG, "false alarms a frame")}
    assert found == (told if refused else set())


@pytest.mark.parametrize(
    ("before", "after", "refused"),
    [
        ((3, 3, 3, 3), (3, 3, 3, 2), False),  # one object further off
        ((3, 3, 3, 3), (3, 3, 2, 2), True),  # two flights, each by one
        ((2, 2, 2, 2), (3, 3, 3, 3), False),
        ((3, 3, 3, 2), (3, 3, 2, 3), False),  # one way here, the other way there
        ((3, 3, 3, 3), (3, 3, 3, 9), False),  # one flight alone is chance, however far off
    ],
)
def test_counts_by_flight(before, after, refused):
    frames_ = objects("xxx", "xxx", "xxx", "xxx")
    counts = tuple(
        [FlightCount(f"f{n}", DUGONG, counted, 3, Unit.SIGHTINGS) for n, counted in enumerate(one)]
        for one in (before, after)
    )
    found = {c.measure for c in compare("here", frames_, frames_, counts) if c.regressed}
    assert found == ({"count error a flight"} if refused else set())


def test_counts_of_boxes_are_no_counts_of_objects():
    frames_ = objects("xxx")
    counts = [FlightCount("f0", DUGONG, 3, 3, Unit.BOXES)]
    told = {c.measure for c in compare("here", frames_, frames_, (counts, counts))}
    assert told == {"recall", "precision", "false alarms a frame"}


@pytest.mark.parametrize(
    ("worse", "better", "of", "against"),
    [
        (1, 0, 4, False), (2, 0, 4, True), (3, 1, 10, False), (4, 1, 10, True),
        (6, 4, 20, False), (8, 4, 20, True), (8, 4, 200, False), (0, 5, 10, False),
    ],
)  # fmt: skip
def test_when_pairs_speak_against(worse, better, of, against):
    assert Pairs(worse, better, worse - better, of).speak_against is against


def test_a_comparison_in_words():
    (worse,) = (
        c for c in compare("held-out flights", frames([8] * 6), frames([6] * 6)) if c.regressed
    )
    assert in_words(worse) == "dugong recall on held-out flights from 0.800 to 0.600"
    assert "**regressed**" in as_markdown([worse])


# ---------------------------------------------------------------- real photographs, no dugongs


def photos(*false_dugongs, of=DUGONG):
    """A photograph for each number: so many false finds."""
    return [
        ScoredFrame(
            "photos", f"{n}", (), tuple(FoundBox(of, 0.9, (0, 40.0 * k, 9, 40.0 * k + 9))
                                        for k in range(number)), 0.0,
        )
        for n, number in enumerate(false_dugongs)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("before", "after", "limit", "refused"),
    [
        ((0, 0), (0, 0), 1, False),
        ((0, 0), (1, 0), 1, False),  # as many as a model is shipped with
        ((0, 0), (1, 1), 1, True),
        ((1, 0), (0, 2), 1, True),
        ((2, 1), (0, 3), 3, False),  # the present model shows as many
        ((2, 1), (2, 2), 3, True),
    ],
)
def test_false_dugongs_on_photographs(before, after, limit, refused):
    (compared,) = compare_on_photos(photos(*before), photos(*after))
    assert compared.regressed == refused
    told = as_markdown([compared])
    measure = f"dugong | false alarms in all, at most {limit}"
    assert f"| real photographs without dugongs (2) | {measure} | {sum(before)}.000" in told
    assert ("**regressed**" in told) == refused


def test_boats_on_photographs_are_no_false_dugongs():
    (compared,) = compare_on_photos(photos(0), photos(5, of=BOAT))
    assert (compared.after, compared.regressed) == (0, False)


def test_without_photographs_there_is_nothing_to_tell():
    assert compare_on_photos([], []) == ()
