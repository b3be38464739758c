from dataclasses import replace
from math import isclose

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detection.limits import LEAST_WEIGHT, Facts, Taught, facts_of, limits_of, weighed, weight_of
from detection.simulated_flight import Conditions, simulate_flight
from ingest.frame import Note
from ingest.quality import FrameQuality

TAUGHT = Taught.at_gsd_cm(5.0)
GOOD = Facts(5.0, 0.0, 55.0, 0.04, 0.8, 0.0, 0.0)


@pytest.mark.parametrize(
    ("facts", "code", "weight"),
    [
        (GOOD, None, 1.0),
        (Facts(), None, 1.0),
        (replace(GOOD, gsd_cm=12.0, off_nadir_deg=45.0, sharpness=0.5), None, 1.0),
        (replace(GOOD, gsd_cm=24.0), "too_coarse", 0.5),
        (replace(GOOD, gsd_cm=100.0), "too_coarse", LEAST_WEIGHT),
        (replace(GOOD, off_nadir_deg=67.5), "too_oblique", 0.5),
        (replace(GOOD, off_nadir_deg=90.0), "too_oblique", LEAST_WEIGHT),
        (replace(GOOD, height_error=0.7), "height_unsure", 0.5),
        (replace(GOOD, sharpness=0.4), "too_blurred", 0.8),
        (replace(GOOD, sharpness=None), None, 1.0),
        (replace(GOOD, glare_share=0.4, reasons=frozenset({"glare"})), "glare", 0.6),
        (replace(GOOD, clipped_share=0.3, reasons=frozenset({"too_dark"})), "too_dark", 0.7),
        (replace(GOOD, clipped_share=0.3, reasons=frozenset({"too_bright"})), "too_bright", 0.7),
    ],
)
def test_each_limit_and_its_weight(facts, code, weight):
    limits = limits_of(facts, TAUGHT)
    assert [limit.code for limit in limits] == ([] if code is None else [code])
    assert weight_of(limits) == pytest.approx(weight)
    for limit in limits:
        assert limit.text_en
        assert any("\u0e00" <= letter <= "\u0e7f" for letter in limit.text_th)


@pytest.mark.parametrize(("target_gsd_cm", "coarsest_gsd_cm"), [(2.0, 5.4), (5.0, 12.0)])
def test_pictures_are_taught_as_coarse_as_tiles_are_enlarged_and_drones_see(
    target_gsd_cm, coarsest_gsd_cm
):
    assert Taught.at_gsd_cm(target_gsd_cm).coarsest_gsd_cm == pytest.approx(coarsest_gsd_cm)


shares = st.none() | st.floats(0, 1)
many_facts = st.builds(
    Facts,
    gsd_cm=st.none() | st.floats(0.1, 1000),
    off_nadir_deg=st.none() | st.floats(0, 180),
    height_m=st.none() | st.floats(1, 500),
    height_error=st.none() | st.floats(0, 10),
    sharpness=shares,
    glare_share=shares,
    clipped_share=shares,
    reasons=st.frozensets(st.sampled_from(["glare", "too_dark", "too_bright", "too_blurred"])),
)


@given(many_facts)
def test_weights_are_above_zero_and_at_most_one(facts):
    limits = limits_of(facts, TAUGHT)
    assert LEAST_WEIGHT <= weight_of(limits) <= 1
    assert len({limit.code for limit in limits}) == len(limits)
    assert bool(limits) or weight_of(limits) == 1


@given(many_facts, st.floats(1, 3))
def test_a_coarser_frame_never_counts_more(facts, times):
    finer = replace(facts, gsd_cm=facts.gsd_cm or 5.0)
    coarser = replace(finer, gsd_cm=finer.gsd_cm * times)
    assert weight_of(limits_of(coarser, TAUGHT)) <= weight_of(limits_of(finer, TAUGHT))


def flight_of_one_frame(gsd_scale=1.0):
    flight = simulate_flight(Conditions(most_dugongs=10, missed_share=0.0), 1)
    frame = next(
        f for f in flight.frames if any(d.frame_sha256 == f.sha256 for d in flight.detections)
    )
    height_m = frame.pose.height_above_sea_m * gsd_scale
    frame = replace(
        frame,
        pose=replace(frame.pose, height_above_sea_m=height_m),
        gsd_cm=frame.gsd_cm * gsd_scale,
    )
    found = tuple(d for d in flight.detections if d.frame_sha256 == frame.sha256)
    return frame, found


def test_detections_of_a_good_frame_are_left_as_they_are():
    frame, found = flight_of_one_frame()
    kept = weighed(found, frame, facts_of(frame, None), TAUGHT)
    assert sorted(map(repr, kept)) == sorted(map(repr, found))


def test_a_frame_from_too_high_lowers_scores_and_keeps_the_networks_own():
    frame, found = flight_of_one_frame(gsd_scale=4.8)
    (limit,) = limits_of(facts_of(frame, None), TAUGHT)
    assert limit.code == "too_coarse"
    lowered = weighed(found, frame, facts_of(frame, None), TAUGHT)
    assert {d.raw_score for d in lowered} == {d.score for d in found}
    assert all(isclose(d.score, d.raw_score * 0.5, rel_tol=0.2) for d in lowered)
    assert [d.score for d in lowered] == sorted((d.score for d in lowered), reverse=True)


def test_only_the_far_part_of_an_oblique_frame_counts_less():
    frame, found = flight_of_one_frame()
    tilted = replace(frame, pose=replace(frame.pose, pitch_deg=-50.0))
    width, height = frame.width_px, frame.height_px
    near = replace(found[0], xyxy_px=(width / 2, height - 40.0, width / 2 + 9, height - 30.0))
    far = replace(found[0], xyxy_px=(width / 2, 30.0, width / 2 + 9, 40.0))
    kept = {d.xyxy_px: d for d in weighed((near, far), tilted, facts_of(tilted, None), TAUGHT)}
    assert kept[near.xyxy_px].raw_score is None
    assert kept[far.xyxy_px].score < kept[far.xyxy_px].raw_score


def test_what_a_picture_shows_becomes_facts():
    frame, _ = flight_of_one_frame()
    note = Note("glare", "the sun glitters")
    facts = facts_of(frame, FrameQuality(0.7, 0.1, 0.5, False, (note,)))
    assert (facts.sharpness, facts.clipped_share, facts.glare_share) == (0.7, 0.1, 0.5)
    assert [limit.code for limit in limits_of(facts, TAUGHT)] == ["glare"]
    assert facts_of(replace(frame, pose=replace(frame.pose, assumed_nadir=True)), None) == replace(
        facts_of(frame, None), off_nadir_deg=None
    )
