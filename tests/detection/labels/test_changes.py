"""What a tool's boxes change: new versions of labels, never one overwritten."""

from datetime import timedelta

import pytest

from detection.labels.changes import Annotator, changes
from detection.labels.label import Origin, Undecided, Verdict
from detection.labels.tool_box import ToolBox
from detection.types import ObjectClass

from .conftest import AT, MODEL

DUGONG, BOAT, GEAR = ObjectClass
BOX = (100.0, 100.0, 200.0, 180.0)
GIVEN = AT + timedelta(hours=1)
LATER = Annotator("officer", AT + timedelta(days=1))
SINCE = {"at_utc": GIVEN + timedelta(hours=1)}


def moved(px):
    return tuple(v + px for v in BOX)


@pytest.mark.parametrize(
    ("tool_box", "expected"),
    [
        (ToolBox(DUGONG, BOX), None),
        (ToolBox(DUGONG, moved(0.49)), None),  # what rounding does
        (ToolBox(DUGONG, moved(3.0)), (DUGONG, moved(3.0))),
        (ToolBox(BOAT, BOX), (BOAT, BOX)),
    ],
)
def test_a_label_is_kept_or_gets_a_further_version(make_frame, make_label, tool_box, expected):
    frame = make_frame("x", make_label("d4", DUGONG, BOX, version=2))
    found = changes(frame, [tool_box], LATER, complete=False, given_at_utc=GIVEN)
    if expected is None:
        assert (found.labels, found.unchanged) == ((), 1)
        return
    (label,) = found.labels
    assert (label.object_class, label.xyxy_px) == expected
    assert (label.key, label.version, label.origin) == ("d4", 3, Origin.CORRECTED)
    assert (label.at_utc, label.model_sha256) == (LATER.at_utc, MODEL)
    assert found.corrected == 1


def test_a_box_where_nothing_was_is_drawn_by_no_model(make_frame):
    frame = make_frame("x")
    found = changes(frame, [ToolBox(GEAR, BOX)], LATER, complete=False, given_at_utc=GIVEN)
    (label,) = found.labels
    assert (label.version, label.verdict, label.origin) == (1, Verdict.OBJECT, Origin.IMPORTED)
    assert label.model_sha256 is None
    assert found.drawn == 1
    again = changes(
        make_frame("x", label), [ToolBox(GEAR, BOX)], LATER, complete=False, given_at_utc=GIVEN
    )
    assert again.labels == ()


def test_a_detection_that_the_tool_took_away_becomes_a_false_alarm(make_frame, make_label):
    found = changes(
        make_frame("x", make_label("d0")), [], LATER, complete=False, given_at_utc=GIVEN
    )
    (label,) = found.labels
    assert (label.version, label.verdict) == (2, Verdict.FALSE_ALARM)
    assert found.removed == 1


def test_a_drawn_box_that_the_tool_took_away_says_nothing_any_more(make_frame, make_label):
    drawn = make_label("b0", model_sha256=None, origin=Origin.DRAWN)
    (label,) = changes(make_frame("x", drawn), [], LATER, complete=False, given_at_utc=GIVEN).labels
    assert (label.version, label.verdict) == (2, Verdict.WITHDRAWN)
    withdrawn = make_frame("x", label)
    assert changes(withdrawn, [], LATER, complete=False, given_at_utc=GIVEN).labels == ()


def test_a_false_alarm_stays_one_until_somebody_draws_there(make_frame, make_label):
    frame = make_frame("x", make_label("d0", DUGONG, BOX, Verdict.FALSE_ALARM))
    assert changes(frame, [], LATER, complete=True, given_at_utc=GIVEN).labels == ()
    (label,) = changes(
        frame, [ToolBox(DUGONG, BOX)], LATER, complete=False, given_at_utc=GIVEN
    ).labels
    assert (label.key, label.version, label.verdict) == ("d0", 2, Verdict.OBJECT)


@pytest.mark.parametrize("complete", [False, True])
def test_an_undecided_detection_without_a_box_is_decided_only_in_a_complete_frame(
    make_frame, complete
):
    frame = make_frame("x", complete=False, undecided=(Undecided("d9", BOAT, BOX, MODEL),))
    labels = changes(frame, [], LATER, complete=complete, given_at_utc=GIVEN).labels
    assert [(x.key, x.verdict) for x in labels] == (
        [("d9", Verdict.FALSE_ALARM)] if complete else []
    )


@pytest.mark.parametrize(
    ("tool_box", "origin", "box"),
    [
        (ToolBox(BOAT, moved(0.3)), Origin.CONFIRMED, BOX),
        (ToolBox(GEAR, BOX), Origin.CORRECTED, BOX),
        (ToolBox(BOAT, moved(5.0)), Origin.CORRECTED, moved(5.0)),
    ],
)
def test_a_box_on_an_undecided_detection_decides_it(make_frame, tool_box, origin, box):
    frame = make_frame("x", complete=False, undecided=(Undecided("d9", BOAT, BOX, MODEL),))
    (label,) = changes(frame, [tool_box], LATER, complete=False, given_at_utc=GIVEN).labels
    assert (label.key, label.version, label.origin, label.xyxy_px) == ("d9", 1, origin, box)
    assert label.model_sha256 == MODEL


def test_each_box_goes_to_the_label_it_overlaps_best(make_frame, make_label):
    near, far = make_label("d0", DUGONG, BOX), make_label("d1", DUGONG, moved(30.0))
    boxes = [ToolBox(DUGONG, moved(31.0)), ToolBox(DUGONG, moved(1.0))]
    found = changes(make_frame("x", near, far), boxes, LATER, complete=False, given_at_utc=GIVEN)
    assert {x.key: x.xyxy_px for x in found.labels} == {"d0": moved(1.0), "d1": moved(31.0)}
    assert (found.corrected, found.drawn, found.removed) == (2, 0, 0)


@pytest.mark.parametrize("tool_box", [None, ToolBox(BOAT, moved(5.0)), ToolBox(DUGONG, BOX)])
@pytest.mark.parametrize("verdict", Verdict)
@pytest.mark.parametrize("complete", [False, True])
def test_what_was_decided_after_the_export_stands(
    make_frame, make_label, tool_box, verdict, complete
):
    since = make_label("d0", DUGONG, BOX, verdict, **SINCE)
    boxes = [] if tool_box is None else [tool_box]
    found = changes(make_frame("x", since), boxes, LATER, complete=complete, given_at_utc=GIVEN)
    assert found.labels == ()
    # what stood as nothing and has no box is as it was
    assert found.left == (tool_box is not None or verdict is Verdict.OBJECT)


@pytest.mark.parametrize("version", [0, 2])
def test_an_export_of_unknown_age_takes_nothing_away(make_frame, make_label, version):
    frame = make_frame("x", make_label("d0", version=version))
    found = changes(frame, [], LATER, complete=True, given_at_utc=None)
    assert (found.labels, found.left, found.removed) == ((), 1, 0)
    changed = changes(frame, [ToolBox(BOAT, BOX)], LATER, complete=True, given_at_utc=None)
    assert [x.object_class for x in changed.labels] == [BOAT]
