"""Finds in reviewed frames are held against what was decided there, and nothing else."""

from datetime import UTC, datetime

import pytest

from detection.evaluation.scoring import FoundBox, match
from detection.labels.label import Label, LabelledFlight, LabelledFrame, Origin, Verdict
from detection.training.site_scores import favour_in, scored_frame
from detection.types import ObjectClass

DUGONG, BOAT, GEAR = ObjectClass
AT = datetime(2026, 3, 1, tzinfo=UTC)
DECIDED, ELSEWHERE = (100.0, 100.0, 150.0, 130.0), (600.0, 500.0, 650.0, 530.0)


def frame(*boxes, complete=False, model=None):
    """A frame with labels of (class, verdict, box), found by a model where one is named."""
    labels = tuple(
        Label(f"d{n}", 1, verdict, c, box, Origin.CONFIRMED, "officer", AT, model)
        for n, (c, verdict, box) in enumerate(boxes)
    )
    return LabelledFrame("0" * 64, "x.jpg", 1000, 800, AT, 5.0, complete, labels)


def tally_of(labelled, object_class, *finds):
    finds = [FoundBox(c, 0.9, box) for c, box in finds]
    scored = scored_frame("flight1", labelled, finds)
    return match(scored.truths, scored.finds, object_class).tally


@pytest.mark.parametrize("verdict", [Verdict.OBJECT, Verdict.FALSE_ALARM])
@pytest.mark.parametrize("complete", [False, True])
def test_what_nobody_decided_on_is_a_false_alarm_only_where_all_is_labelled(verdict, complete):
    told = tally_of(frame((BOAT, verdict, DECIDED), complete=complete), DUGONG, (DUGONG, ELSEWHERE))
    assert told.false_alarms == complete


def test_in_a_partly_decided_frame_decided_boxes_count():
    labelled = frame((BOAT, Verdict.OBJECT, DECIDED), (DUGONG, Verdict.FALSE_ALARM, ELSEWHERE))
    boat = tally_of(labelled, BOAT, (BOAT, DECIDED))
    assert (boat.found, boat.missed) == (1, 0)
    assert tally_of(labelled, BOAT).missed == 1
    assert tally_of(labelled, DUGONG, (DUGONG, ELSEWHERE)).false_alarms == 1


def test_a_piece_of_decided_gear_finds_it_and_what_lies_beside_the_line_is_left_open():
    labelled = frame((GEAR, Verdict.OBJECT, (100.0, 100.0, 800.0, 700.0)))
    piece = (300.0, 300.0, 340.0, 320.0)
    assert tally_of(labelled, GEAR, (GEAR, piece)).found == 1
    assert tally_of(labelled, BOAT, (BOAT, piece)).false_alarms == 0


def test_what_was_confirmed_alone_favours_the_model_that_found_it():
    one = (DUGONG, Verdict.OBJECT, DECIDED)
    false_alarm = (BOAT, Verdict.FALSE_ALARM, ELSEWHERE)
    confirmed, drawn = frame(one, false_alarm, model="f" * 64), frame(one)
    told = favour_in([LabelledFlight("a", (confirmed, drawn))])
    assert told.startswith("1 of 2 objects in frames not looked through as a whole were found by")
    looked_through = frame(one, model="f" * 64, complete=True)
    assert favour_in([LabelledFlight("a", (looked_through, drawn))]) == ""
