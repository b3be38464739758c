"""All scores of flights together."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detection.evaluation.counting import FlightCount, Unit
from detection.evaluation.document import document
from detection.evaluation.evaluation import RENDERED_CAVEAT, evaluate
from detection.evaluation.gates import Gate, gates, photo_gates
from detection.evaluation.how_measured import how_measured
from detection.evaluation.scoring import FoundBox, ScoringError, Tally
from detection.evaluation.slices import Dimension, bin_name
from detection.evaluation.tables import tables
from detection.types import ObjectClass

DUGONG, BOAT, GEAR = ObjectClass
THRESHOLDS = dict.fromkeys(ObjectClass, 0.5)


def scored(frames, counts=(), **more):
    return evaluate(frames, THRESHOLDS, counts, draws=100, **more)


def perfect(make, flights=("a", "b")):
    """Each flight shows one of each class, all found."""
    frames = []
    for flight in flights:
        truths = [make.truth(n, c, object_id=n, visibility=0.8) for n, c in enumerate(ObjectClass)]
        finds = [make.find(n, 0.9, c) for n, c in enumerate(ObjectClass)]
        frames.append(make.frame(truths, finds, flight, gsd_cm=5.0, sea_state="2"))
    counts = [FlightCount(f, c, 1, 1, Unit.SIGHTINGS) for f in flights for c in ObjectClass]
    return frames, counts


def test_perfect_finds_score_one_everywhere(make):
    done = scored(*perfect(make))
    for c in done.classes:
        for told in (c.scores.recall, c.scores.precision, c.scores.f1, c.ap50, c.ap50_95):
            assert (told.value, told.low, told.high) == (1.0, 1.0, 1.0)
        assert c.false_alarms_per_frame.value == c.false_alarms_per_km2.value == 0.0
        assert (c.objects_found, c.objects) == (2, 2)
        assert all(s.scores.recall.value == 1.0 for s in c.slices)
    assert all(gate.passed for gate in gates(done))


def test_scores_by_hand(make):
    frames = [
        make.frame([make.truth(0), make.truth(1)], [make.find(0), make.find(7)], "a"),
        make.frame([make.truth(0)], [make.find(0), make.find(1, 0.4)], "b", area_km2=0.0),
        make.frame([], [make.find(3)], "b", frame="2.jpg", area_km2=1.5),
    ]
    dugong = scored(frames).of(DUGONG)
    assert dugong.scores.tally == Tally(found=2, missed=1, false_alarms=2)
    assert dugong.scores.recall.value == pytest.approx(2 / 3)
    assert dugong.scores.precision.value == 0.5
    assert dugong.scores.f1.value == pytest.approx(4 / 7)
    assert dugong.false_alarms_per_frame.value == pytest.approx(2 / 3)
    assert dugong.false_alarms_per_km2.value == pytest.approx(2 / 2.0)
    assert dugong.recall_by_flight == pytest.approx((0.5 + 1.0) / 2)
    assert scored(frames).of(BOAT).scores.recall.value is None


def test_false_alarms_where_no_sea_is_measured_are_none_a_km2(make):
    frames = [make.frame([], [make.find(0)], area_km2=0.0)]
    dugong = scored(frames).of(DUGONG)
    assert dugong.false_alarms_per_km2.value is None
    assert dugong.false_alarms_per_frame.value == 1.0


def test_slices_tell_scores_apart(make):
    frames = [
        make.frame(
            [make.truth(0, visibility=0.9, depth_m=0.1), make.truth(1, visibility=0.3, depth_m=2)],
            [make.find(0), make.find(5)],
            gsd_cm=20.0,
            sea_state="4",
        ),
        make.frame([make.truth(0, xyxy_px=(0, 0, 100, 10))], [], "b", gsd_cm=2.0),
    ]
    parts = {(s.dimension, s.bin): s.scores.tally for s in scored(frames).of(DUGONG).slices}
    assert parts == {
        (Dimension.SIZE_PX, "below 16"): Tally(1, 1, 1),
        (Dimension.SIZE_PX, "64 to 128"): Tally(0, 1, 0),
        (Dimension.SIZE_M, "1.5 to 2.5"): Tally(1, 2, 1),
        (Dimension.VISIBILITY, "0.25 to 0.5"): Tally(0, 1, 0),
        (Dimension.VISIBILITY, "0.75 and more"): Tally(1, 0, 0),
        (Dimension.VISIBILITY, "unknown"): Tally(0, 1, 0),
        (Dimension.DEPTH_M, "below 0.15"): Tally(1, 0, 0),
        (Dimension.DEPTH_M, "2 and more"): Tally(0, 1, 0),
        (Dimension.DEPTH_M, "unknown"): Tally(0, 1, 0),
        (Dimension.COMPANY, "alone"): Tally(1, 2, 0),
        (Dimension.SEA_STATE, "4"): Tally(1, 1, 1),
        (Dimension.SEA_STATE, "unknown"): Tally(0, 1, 0),
        (Dimension.GSD_CM, "1.5 to 3"): Tally(0, 1, 0),
        (Dimension.GSD_CM, "6 and more"): Tally(1, 1, 1),
    }


def test_each_bin_has_its_false_alarms_and_average_precision(make):
    large = (200.0, 0.0, 300.0, 40.0)
    calm = make.frame(
        [make.truth(0), make.truth(0, xyxy_px=large)],
        [make.find(0, 0.9), make.find(4, 0.95), FoundBox(DUGONG, 0.8, large)],
        "a",
        sea_state="1",
        area_km2=0.5,
    )
    empty = make.frame([], [make.find(2, 0.99)], "a", frame="2.jpg", sea_state="1", area_km2=0.0)
    rough = make.frame([make.truth(0)], [], "b", sea_state="4", area_km2=2.0)
    done_all = scored([calm, empty, rough])
    done = done_all.of(DUGONG)
    parts = {(s.dimension, s.bin): s for s in done.slices}

    def told(dimension, name):
        part = parts[dimension, name]
        values = part.false_alarms_per_frame, part.false_alarms_per_km2, part.ap50
        # all finds are their truths' boxes, or far from any
        assert part.ap50_95.value == pytest.approx(part.ap50.value)
        return tuple(v.value for v in values)

    # one of two found behind two false alarms: 51 of the 101 recalls at a precision of a third
    small_found = pytest.approx(51 / 101 / 3)
    assert told(Dimension.SIZE_PX, "below 16") == (pytest.approx(2 / 3), 1 / 2.5, small_found)
    assert told(Dimension.SIZE_PX, "64 to 128") == (0.0, 0.0, pytest.approx(1.0))
    assert told(Dimension.SEA_STATE, "1") == (1.0, 1 / 0.5, pytest.approx(0.5))
    assert told(Dimension.SEA_STATE, "4") == (0.0, 0.0, 0.0)
    told_again = document(done_all, ())["classes"]["dugong"]["slices"]
    wanted = {"false_alarms_per_frame", "false_alarms_per_km2", "ap50", "ap50_95"}
    assert wanted <= set(told_again[0])
    of_finds = [t for t in tables(done_all, ()) if t.title.startswith(("By size", "By sea"))]
    assert len(of_finds) == 2
    for shown in of_finds:
        assert shown.columns[-2:] == ("AP50", "AP50-95")


def test_a_find_of_another_size_is_passed_over_at_overlaps_that_it_does_not_reach(make):
    wide = FoundBox(DUGONG, 0.9, (0.0, 0.0, 18.0, 10.0))  # overlaps a truth of 10 px by 10 / 18
    frames = [make.frame([make.truth(0), make.truth(3)], [wide, make.find(3, 0.8)])]
    (small,) = [
        s
        for s in scored(frames).of(DUGONG).slices
        if (s.dimension, s.bin) == (Dimension.SIZE_PX, "below 16")
    ]
    # at 0.5 and 0.55 it is the first of two; from 0.6 on it is of another size, and no false alarm
    assert small.ap50.value == pytest.approx(1.0)
    assert small.ap50_95.value == pytest.approx((2 * 1.0 + 8 * 51 / 101) / 10)


def test_a_calf_that_touches_its_mother_is_told_from_one_alone(make):
    mother, calf = make.truth(0), make.truth(0, xyxy_px=(8, 2, 14, 8))
    hidden = make.truth(5, fair=False)
    beside_hidden = make.truth(0, xyxy_px=(105, 0, 118, 10))
    lone = make.truth(10)
    beside_boat, boat = make.truth(20), make.truth(20, BOAT)
    crowd = make.truth(0, xyxy_px=(190, 0, 600, 40), fair=False, region=True)
    point = make.truth(0, xyxy_px=(9, 3, 9, 3))
    truths = [mother, calf, hidden, beside_hidden, lone, beside_boat, boat, crowd, point]
    finds = [make.find(0), make.find(10)]
    parts = {
        s.bin: s.scores.tally
        for s in scored([make.frame(truths, finds)]).of(DUGONG).slices
        if s.dimension is Dimension.COMPANY
    }
    assert list(parts) == ["alone", "touching another", "unknown"]
    assert parts["alone"] == Tally(found=1, missed=1)
    assert parts["touching another"] == Tally(found=1, missed=2)
    assert parts["unknown"] == Tally(missed=1)


def test_of_visibility_only_recall_is_told(make):
    done = scored([make.frame([make.truth(0, visibility=0.9)], [make.find(0), make.find(5)])])
    (part,) = [s for s in done.of(DUGONG).slices if s.dimension is Dimension.VISIBILITY]
    told = part.ap50, part.ap50_95, part.false_alarms_per_frame
    assert [interval.value for interval in told] == [None, None, None]


def test_objects_are_told_where_labels_name_them(make):
    named = [make.frame([make.truth(0, object_id=1)], [make.find(0)], frame=f) for f in "12"]
    named.append(make.frame([make.truth(0, object_id=2)], [], frame="3"))
    dugong = scored(named).of(DUGONG)
    assert (dugong.objects_found, dugong.objects) == (1, 2)
    mute = scored([*named, make.frame([make.truth(0)], [], frame="4")]).of(DUGONG)
    assert (mute.objects_found, mute.objects) == (None, None)
    region = make.truth(0, fair=False, region=True)  # no label of one object
    assert scored([*named, make.frame([region], [], frame="5")]).of(DUGONG).objects == 2


@pytest.mark.parametrize(
    ("value", "expected"),
    [(0.0, "below 0.25"), (0.25, "0.25 to 0.5"), (1.0, "0.75 and more"), (None, "unknown")],
)
def test_bins(value, expected):
    assert bin_name(Dimension.VISIBILITY, value) == expected


def test_counts_by_hand(make):
    frames = [make.frame(flight=name) for name in "abc"]
    counts = [
        FlightCount("a", DUGONG, 3, 4, Unit.SIGHTINGS),
        FlightCount("b", DUGONG, 2, 0, Unit.SIGHTINGS),
        FlightCount("c", DUGONG, 9, 10, Unit.BOXES),
    ]
    sightings, boxes = scored(frames, counts).of(DUGONG).counts
    assert (sightings.unit, sightings.flights) == (Unit.SIGHTINGS, 2)
    assert sightings.mean_absolute.value == pytest.approx((1 + 2) / 2)
    assert sightings.relative.value == pytest.approx(3 / 4)
    assert sightings.bias.value == pytest.approx(1 / 4)
    assert (boxes.unit, boxes.mean_absolute.value) == (Unit.BOXES, 1.0)
    assert (sightings.mean_there, sightings.mean_counted) == (2.0, 2.5)
    assert (boxes.within_tenth.value, boxes.exact.value) == (1.0, 0.0)


def test_counts_are_told_by_what_flights_are_like(make):
    gsd_cm = {"a": (2.0, 2.8, 9.0), "b": (2.0, None), "c": (7.0, 8.0), "d": (None,)}
    sea = {"a": ("1", "4", "1"), "b": ("4", None), "c": ("4", "1"), "d": (None,)}
    frames = [
        make.frame(flight=flight, frame=f"{n}.jpg", gsd_cm=scale, sea_state=state)
        for flight in "abcd"
        for n, (scale, state) in enumerate(zip(gsd_cm[flight], sea[flight], strict=True))
    ]
    told = {"a": (3, 4), "b": (2, 2), "c": (4, 2), "d": (1, 0)}
    counts = [FlightCount(f, DUGONG, *told[f], Unit.SIGHTINGS) for f in "abc"]
    counts.append(FlightCount("d", DUGONG, *told["d"], Unit.BOXES))
    counts.append(FlightCount("a", BOAT, 9, 1, Unit.SIGHTINGS))
    done = scored(frames, counts)
    parts = {(s.dimension, s.bin): s.error for s in done.of(DUGONG).count_slices}
    # the middle of a's scales is 2.8; most of its frames, and the first of c's two states, are 1
    assert {key: (e.flights, e.mean_absolute.value) for key, e in parts.items()} == {
        (Dimension.SEA_STATE, "1"): (2, 1.5),
        (Dimension.SEA_STATE, "4"): (1, 0.0),
        (Dimension.SEA_STATE, "unknown"): (1, 1.0),
        (Dimension.GSD_CM, "1.5 to 3"): (2, 0.5),
        (Dimension.GSD_CM, "6 and more"): (1, 2.0),
        (Dimension.GSD_CM, "unknown"): (1, 1.0),
    }
    calm = parts[Dimension.SEA_STATE, "1"]
    assert (calm.relative.value, calm.bias.value) == (3 / 6, 1 / 6)
    assert (calm.mean_absolute.low, calm.mean_absolute.high) == (1.0, 2.0)
    assert parts[Dimension.SEA_STATE, "4"].mean_absolute.low is None  # of a single flight


def test_counts_by_sea_state_and_ground_scale_are_in_every_report(make):
    frames, counts = perfect(make)
    counts[0] = replace(counts[0], counted=3)
    done = scored(frames, counts)
    (by_sea,) = [
        s for s in document(done, ())["classes"]["dugong"]["count_slices"] if s["by"] == "sea_state"
    ]
    assert (by_sea["bin"], by_sea["unit"], by_sea["flights"]) == ("2", "sightings", 2)
    assert by_sea["mean_absolute"] == {"value": 1.0, "low": 0.0, "high": 2.0}
    shown = [t for t in tables(done, ()) if t.title.startswith("Counts by flight, by")]
    assert [t.rows[0][:2] for t in shown] == [("dugong", "2"), ("dugong", "3 to 6")]
    for table in shown:
        told = dict(zip(table.columns, table.rows[0], strict=True))
        assert told["mean absolute error"] == "1.00 (0.00 to 2.00)"
        assert told["bias"] == "1.000 (0.000 to 2.000)"


def test_where_nothing_is_known_of_flights_counts_are_told_of_all_alone(make):
    done = scored([make.frame()], [FlightCount("a", DUGONG, 1, 1, Unit.BOXES)])
    assert done.of(DUGONG).count_slices == ()
    assert len(done.of(DUGONG).counts) == 1


@pytest.mark.parametrize(
    ("counted_and_there", "with_any", "within_tenth", "within_one", "exact"),
    [
        ([(3, 3), (2, 3)], 2, 0.5, 1.0, 0.5),
        ([(11, 10), (0, 0), (0, 0)], 1, 1.0, 1.0, 0.0),  # nothing was tried where nothing is
        ([(12, 10), (9, 10), (5, 5), (0, 1)], 4, 0.5, 0.75, 0.25),
        ([(1, 0), (4, 4)], 2, 0.5, 1.0, 0.5),
        ([(0, 0)], 0, None, None, None),
    ],
)
def test_how_often_counts_are_right(
    make, counted_and_there, with_any, within_tenth, within_one, exact
):
    frames = [make.frame(flight=str(n)) for n in range(len(counted_and_there))]
    counts = [
        FlightCount(str(n), DUGONG, counted, there, Unit.SIGHTINGS)
        for n, (counted, there) in enumerate(counted_and_there)
    ]
    error = scored(frames, counts).of(DUGONG).sightings
    assert error.with_any == with_any
    assert (error.within_tenth.value, error.exact.value) == (within_tenth, exact)
    assert error.within_one.value == within_one


def test_gates_by_hand(make):
    frames, counts = perfect(make)
    clear, dim = make.truth(0, visibility=0.5), make.truth(3, visibility=0.4)
    frames.append(make.frame([clear, dim], [make.find(9)], "c"))
    counts.append(FlightCount("c", DUGONG, 1, 2, Unit.SIGHTINGS))
    reached = {gate.name: gate.reached for gate in gates(scored(frames, counts))}
    assert reached == {
        "dugong recall at visibility 0.5 and more": pytest.approx(2 / 3),
        "false dugongs a frame": pytest.approx(1 / 3),
        "dugong count error by flight": pytest.approx(1 / 4),
        "boat recall": 1.0,
        "boat precision": 1.0,
        "fishing gear recall": 1.0,
        "fishing gear precision": 1.0,
    }


@pytest.mark.parametrize(
    ("gate", "passed"),
    [
        (Gate("recall", 0.9, 0.9), True),
        (Gate("recall", 0.9, 0.89), False),
        (Gate("alarms", 0.2, 0.2, at_most=True), True),
        (Gate("alarms", 0.2, 0.21, at_most=True), False),
        (Gate("recall", 0.9, None), False),
    ],
)
def test_a_gate(gate, passed):
    assert gate.passed is passed


def test_what_was_not_measured_is_neither_passed_nor_failed(make):
    frames = [make.frame([make.truth(0, visibility=0.9)], [make.find(0)])]
    done = scored(frames)
    shown = next(t for t in tables(done, gates(done)) if t.title == "Gates")
    verdicts = {row[0]: row[2:] for row in shown.rows}
    assert verdicts["boat recall"] == ("not measured", "not measured")
    assert verdicts["false dugongs a frame"] == ("0.000", "passed")
    told = {gate["name"]: gate["passed"] for gate in document(done, gates(done))["gates"]}
    assert (told["boat recall"], told["false dugongs a frame"]) == (None, True)


def test_classes_without_a_threshold_are_not_scored(make):
    frames, counts = perfect(make)
    done = evaluate(frames, {DUGONG: 0.5}, counts, draws=20)
    assert [c.object_class for c in done.classes] == [DUGONG]
    assert {c.object_class for c in done.counts} == {DUGONG}
    assert [gate.name.split()[0] for gate in gates(done)] == ["dugong", "false", "dugong"]


def test_how_it_was_measured_is_told(make):
    frames, counts = perfect(make)
    rendered = scored(frames, counts, rendered=("a", "b"), network_thresholds={DUGONG: 0.39})
    overlap, pieces, scale = how_measured(rendered)
    assert "overlaps its label by 0.3 or more" in overlap
    assert "60% lies within a label of gear" in pieces
    assert "the threshold 0.50 of dugong is 0.39 of the network's own scores" in scale
    told = document(rendered, gates(rendered))
    assert told["matching"] == {"least_iou": 0.3, "gear_piece_share": 0.6}
    assert told["how_measured"] == [overlap, pieces, scale]
    assert told["classes"]["dugong"]["network_threshold"] == 0.39


def test_of_photographs_the_gates_are_no_verdict_and_classes_without_labels_are_told(make):
    real = how_measured(scored([make.frame([make.truth(0)], [make.find(0)])]))
    assert any("The gates were set for rendered flights" in line for line in real)
    nothing = [line for line in real if "no label of" in line]
    assert [line.split("no label of ")[1].split()[0] for line in nothing] == [
        "boat",
        "fishing_gear",
    ]
    only = evaluate([make.frame([make.truth(0)])], {DUGONG: 0.5}, draws=20)
    assert not any("no label of" in line or "in pieces" in line for line in how_measured(only))


@pytest.mark.parametrize(
    ("rendered", "expected"),
    [((), None), (("a", "b"), RENDERED_CAVEAT), (("b",), f"1 of 2 flights: {RENDERED_CAVEAT}")],
)
def test_rendered_flights_are_told(make, rendered, expected):
    frames, counts = perfect(make)
    assert scored(frames, counts, rendered=rendered).caveat == expected


def test_without_frames_there_is_nothing_to_score():
    with pytest.raises(ScoringError, match="at least one labelled picture"):
        scored([])


boxes = st.lists(
    st.tuples(
        st.sampled_from("abc"), st.integers(0, 5), st.sampled_from([0.3, 0.6, 0.9]), st.booleans()
    ),
    min_size=1,
    max_size=12,
)


@settings(max_examples=40)
@given(boxes=boxes, data=st.data())
def test_the_order_of_frames_and_finds_changes_nothing(make, boxes, data):
    frames = []
    for number, (flight, place, score, there) in enumerate(boxes):
        truths = [make.truth(place, visibility=score)] if there else []
        finds = [make.find(place, score), make.find(place, 0.55, shift=3), make.find(7, score)]
        frames.append(make.frame(truths, finds, flight, frame=f"{number}.jpg", gsd_cm=3.0))
    shuffled = data.draw(st.permutations(frames))
    turned = [replace(f, finds=f.finds[::-1], candidates=f.candidates[::-1]) for f in shuffled]
    assert evaluate(frames, THRESHOLDS, draws=20) == evaluate(turned, THRESHOLDS, draws=20)


def test_numbers_and_tables_say_the_same(make):
    frames, counts = perfect(make)
    frames[0] = replace(frames[0], finds=(*frames[0].finds, FoundBox(BOAT, 0.8, make.box(9))))
    done = scored(frames, counts, rendered=("a", "b"))
    told = document(done, gates(done))
    assert told["classes"]["boat"]["precision"]["value"] == pytest.approx(2 / 3, abs=1e-4)
    assert told["caveat"] == RENDERED_CAVEAT
    shown = {table.title: table for table in tables(done, gates(done))}
    (boat,) = [
        row for row in shown["False alarms at the operating threshold"].rows if row[0] == "boat"
    ]
    assert boat[1:3] == ("1", "0.500 (0.000 to 1.000)")
    failed = [row[0] for row in shown["Gates"].rows if row[3] == "not passed"]
    assert failed == ["boat precision"]


@pytest.mark.parametrize(
    ("alarms", "passed"), [({"dugong": 1}, [True]), ({"dugong": 2}, [False]), ({"boat": 9}, [])]
)
def test_at_most_one_false_dugong_is_borne_on_photographs_of_nothing(alarms, passed):
    assert [gate.passed for gate in photo_gates(alarms)] == passed
