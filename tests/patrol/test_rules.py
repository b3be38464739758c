"""Rules: exact cases on square zones whose edges lie a known number of metres away."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from math import cos, radians

import pytest
import shapely
import shapely.affinity
from hypothesis import given
from hypothesis import strategies as st

from detection.types import ObjectClass
from ingest.lonlat import MEAN_EARTH_RADIUS_M, LonLat
from patrol.place_error import ERRORS_OF_95_PERCENT
from patrol.rules import judge
from patrol.verdict import Certainty, Priority
from patrol.zones import Binding, RuleName, Zone, ZoneKind

DAY = date(2026, 3, 1)
NOON_UTC = datetime(2026, 3, 1, 5, 0, tzinfo=UTC)
CENTRE = LonLat(99.40, 7.20)
HALF_M = 500.0  # from a square's centre to its edge
DEGREE_M = radians(1) * MEAN_EARTH_RADIUS_M

CLOSED_RULES = (
    RuleName.BOAT_IN_CLOSED_ZONE,
    RuleName.GEAR_IN_NO_FISHING_ZONE,
    RuleName.DUGONG_SIGHTING,
)


def moved(east_m: float, north_m: float = 0.0) -> LonLat:
    """The point so many metres from the square's centre."""
    return LonLat(
        CENTRE.lon + east_m / (DEGREE_M * cos(radians(CENTRE.lat))),
        CENTRE.lat + north_m / DEGREE_M,
    )


def square(
    zone_id: str = "z",
    kind: ZoneKind = ZoneKind.CLOSED,
    rules: tuple[RuleName, ...] = CLOSED_RULES,
    *,
    valid_from: date | None = None,
    valid_until: date | None = None,
    indicative: bool = False,
) -> Zone:
    west, south = moved(-HALF_M, -HALF_M)
    east, north = moved(HALF_M, HALF_M)
    return Zone(
        zone_id=zone_id,
        name_th=f"เขต {zone_id}",
        name_en=f"Zone {zone_id}",
        kind=kind,
        area=shapely.box(west, south, east, north),
        rules=frozenset(rules),
        citation=f"source of {zone_id}",
        citation_th=f"ที่มาของ {zone_id}",
        binding=Binding.LAW,
        jurisdiction="Trang",
        indicative=indicative,
        valid_from=valid_from,
        valid_until=valid_until,
    )


@pytest.fixture
def with_zones(site):
    return lambda *zones: replace(site, zones=zones)


@pytest.mark.parametrize(
    ("east_m", "certainty", "priority"),
    [
        (0, Certainty.INSIDE, Priority.HIGH),
        (482.0, Certainty.INSIDE, Priority.HIGH),  # 18 m from the edge, circle of 17.3 m
        (483.5, Certainty.BOUNDARY, Priority.NORMAL),
        (500.0, Certainty.BOUNDARY, Priority.NORMAL),
        (516.5, Certainty.BOUNDARY, Priority.NORMAL),
        (518.0, None, None),
        (5000.0, None, None),
    ],
)
def test_a_boat_inside_at_and_outside_a_closed_zone(
    with_zones, make_sighting, east_m, certainty, priority
) -> None:
    boat = make_sighting("b", ObjectClass.BOAT, moved(east_m), error_m=10.0)
    verdicts = judge([boat], with_zones(square()))
    found = [(verdict.certainty, verdict.priority) for verdict in verdicts]
    assert found == ([] if certainty is None else [(certainty, priority)])
    assert all(verdict.rule is RuleName.BOAT_IN_CLOSED_ZONE for verdict in verdicts)


@given(st.floats(-800, 800), st.floats(-800, 800), st.floats(0, 200), st.sampled_from(ObjectClass))
def test_certainty_follows_from_the_distance_to_the_edge(
    site, make_sighting, east_m: float, north_m: float, error_m: float, object_class: ObjectClass
) -> None:
    radius_m = ERRORS_OF_95_PERCENT * error_m
    dx, dy = abs(east_m) - HALF_M, abs(north_m) - HALF_M
    inside = max(dx, dy) <= 0
    edge_m = (
        min(-dx, -dy)
        if inside
        else shapely.Point(max(dx, 0), max(dy, 0)).distance(shapely.Point(0, 0))
    )
    if abs(edge_m - radius_m) < 0.5 or edge_m < 0.5:
        return  # the sphere's metres and the square's agree to less than half a metre
    sighting = make_sighting("s", object_class, moved(east_m, north_m), error_m=error_m)
    found = {
        v.certainty for v in judge([sighting], replace(site, zones=(square(),))) if v.zone_id == "z"
    }
    if inside and edge_m > radius_m:
        assert found == {Certainty.INSIDE}
    elif inside or edge_m < radius_m:
        assert found == {Certainty.BOUNDARY}
    else:
        assert found == set()


@pytest.mark.parametrize(
    ("valid_from", "valid_until", "holds"),
    [
        (None, None, True),
        (DAY, DAY, True),
        (DAY - timedelta(days=1), None, True),
        (DAY + timedelta(days=1), None, False),
        (None, DAY - timedelta(days=1), False),
    ],
)
def test_only_zones_valid_on_the_day_count(
    with_zones, make_sighting, valid_from, valid_until, holds
) -> None:
    zone = square(valid_from=valid_from, valid_until=valid_until)
    boat = make_sighting("b", ObjectClass.BOAT, CENTRE)
    assert bool(judge([boat], with_zones(zone))) is holds


@pytest.mark.parametrize(
    ("object_class", "kind", "rules", "expected"),
    [
        (ObjectClass.BOAT, ZoneKind.CLOSED, CLOSED_RULES, RuleName.BOAT_IN_CLOSED_ZONE),
        (ObjectClass.FISHING_GEAR, ZoneKind.CLOSED, CLOSED_RULES, RuleName.GEAR_IN_NO_FISHING_ZONE),
        (
            ObjectClass.FISHING_GEAR,
            ZoneKind.NO_FISHING,
            (RuleName.GEAR_IN_NO_FISHING_ZONE,),
            RuleName.GEAR_IN_NO_FISHING_ZONE,
        ),
        (ObjectClass.FISHING_GEAR, ZoneKind.CLOSED, (RuleName.BOAT_IN_CLOSED_ZONE,), None),
        (ObjectClass.FISHING_GEAR, ZoneKind.GO_SLOW, (RuleName.BOAT_IN_GO_SLOW_ZONE,), None),
        (
            ObjectClass.BOAT,
            ZoneKind.GO_SLOW,
            (RuleName.BOAT_IN_GO_SLOW_ZONE,),
            RuleName.BOAT_IN_GO_SLOW_ZONE,
        ),
        (ObjectClass.BOAT, ZoneKind.CLOSED, (), None),
        (ObjectClass.DUGONG, ZoneKind.CLOSED, CLOSED_RULES, RuleName.DUGONG_SIGHTING),
    ],
)
def test_a_zone_judges_only_by_the_rules_it_carries(
    with_zones, make_sighting, object_class, kind, rules, expected
) -> None:
    sighting = make_sighting("s", object_class, CENTRE, speed_m_s=8.0)
    verdicts = judge([sighting], with_zones(square(kind=kind, rules=rules)))
    assert [v.rule for v in verdicts] == ([] if expected is None else [expected])
    assert all(v.zone_id == "z" and v.citation.startswith("source of z") for v in verdicts)


def test_a_dugong_outside_all_zones_is_still_reviewed_but_for_no_zone(
    with_zones, make_sighting
) -> None:
    far = make_sighting("d", ObjectClass.DUGONG, moved(5000))
    (verdict,) = judge([far], with_zones(square()))
    assert (verdict.rule, verdict.zone_id) == (RuleName.DUGONG_SIGHTING, None)
    unwatched = square(rules=(RuleName.BOAT_IN_CLOSED_ZONE,))
    (verdict,) = judge([replace(far, position=CENTRE)], with_zones(unwatched))
    assert verdict.zone_id is None


def test_the_reason_names_zone_distance_speed_and_that_the_outline_is_indicative(
    with_zones, make_sighting
) -> None:
    slow = square(kind=ZoneKind.GO_SLOW, rules=(RuleName.BOAT_IN_GO_SLOW_ZONE,), indicative=True)
    boat = make_sighting("b", ObjectClass.BOAT, moved(100), error_m=10.2, speed_m_s=5.0)
    (verdict,) = judge([boat], with_zones(slow))
    assert verdict.reason_en == (
        "Boat in the go-slow zone “Zone z”, 400 ± 18 m from its edge; measured speed "
        "9.7 ± 1.9 kn (18 km/h), above the advice (advice: at most 6 kn) (outline indicative)"
    )
    assert verdict.reason_th == (
        "เรืออยู่ในเขตชะลอความเร็ว “เขต z” ห่างจากขอบเขต 400 ± 18 ม. ความเร็วที่วัดได้ "
        "9.7 ± 1.9 นอต (18 กม./ชม.) เร็วเกินคำแนะนำ (คำแนะนำไม่เกิน 6 นอต) (แนวเขตโดยประมาณ)"
    )
    (at_edge,) = judge([replace(boat, position=moved(495))], with_zones(slow))
    assert "at the edge of" in at_edge.reason_en
    assert "may be inside or outside (76 % inside)" in at_edge.reason_en


def test_a_proposal_is_told_as_a_request(with_zones, make_sighting) -> None:
    law = square()
    boat = make_sighting("b", ObjectClass.BOAT, CENTRE)
    (verdict,) = judge([boat], with_zones(law))
    assert "zone closed to boats" in verdict.reason_en
    assert "เขตงดเข้า" in verdict.reason_th
    for seen in (boat, make_sighting("g", ObjectClass.FISHING_GEAR, CENTRE)):
        (verdict,) = judge([seen], with_zones(replace(law, binding=Binding.PROPOSAL)))
        assert verdict.reason_en.endswith("(a proposal, not law)")
        assert " asked to " in verdict.reason_en
        assert "ที่ขอให้งด" in verdict.reason_th
        assert verdict.reason_th.endswith("(ข้อเสนอ ยังไม่มีผลทางกฎหมาย)")
        assert "ห้าม" not in verdict.reason_th


@pytest.mark.parametrize("language", ["reason_en", "reason_th"])
def test_no_reason_says_that_anything_is_illegal(site, make_sighting, language) -> None:
    sightings = [make_sighting(c.value, c) for c in ObjectClass]
    verdicts = judge(sightings, site)
    assert len(verdicts) == 4
    for verdict in verdicts:
        assert "legal" not in getattr(verdict, language)
        assert "ผิดกฎหมาย" not in getattr(verdict, language)
        assert verdict.citation


@pytest.mark.parametrize(
    ("apart_m", "gap_s", "speed_m_s", "certainty"),
    [
        (60, 0, None, Certainty.INSIDE),  # 60 + 24.5 m
        (80, 0, None, Certainty.BOUNDARY),  # 80 + 24.5 m is over 100 m
        (120, 0, None, Certainty.BOUNDARY),  # 120 - 24.5 m is under it
        (140, 0, None, None),
        (60, 20, None, Certainty.BOUNDARY),  # seen at different times, no speed known
        (20, 10, 0.1, Certainty.INSIDE),  # 20 + 24.5 m; boat and animal 37 m at most in between
        (20, 10, None, Certainty.BOUNDARY),
        (20, 20, 0.1, Certainty.BOUNDARY),  # the animal may have come 56 m
        (60, 20, 5.0, Certainty.BOUNDARY),
        (60, 61, 0.0, None),  # too long apart to say anything
    ],
)
def test_a_boat_near_a_dugong(
    with_zones, make_sighting, apart_m, gap_s, speed_m_s, certainty
) -> None:
    dugong = make_sighting("d", ObjectClass.DUGONG, CENTRE, error_m=10.0)
    boat = make_sighting(
        "b",
        ObjectClass.BOAT,
        moved(apart_m),
        error_m=10.0,
        seen_utc=NOON_UTC + timedelta(seconds=gap_s),
        speed_m_s=speed_m_s,
    )
    near = [
        verdict
        for verdict in judge([dugong, boat], with_zones())
        if verdict.rule is RuleName.BOAT_NEAR_DUGONG
    ]
    assert [v.certainty for v in near] == ([] if certainty is None else [certainty])
    for verdict in near:
        assert verdict.sighting_id == "b"
        assert f"Boat {apart_m} ± 24 m from a dugong" in verdict.reason_en
        assert "Moreton Bay" in verdict.citation


def test_one_boat_among_several_dugongs_is_one_verdict_the_surest(
    with_zones, make_sighting
) -> None:
    boat = make_sighting("b", ObjectClass.BOAT, CENTRE, error_m=4.0)
    dugongs = [
        make_sighting("d1", ObjectClass.DUGONG, moved(90), error_m=20.0),
        make_sighting("d2", ObjectClass.DUGONG, moved(50), error_m=4.0),
        make_sighting("d3", ObjectClass.DUGONG, moved(30), error_m=50.0),
    ]
    zone = square(rules=(RuleName.BOAT_NEAR_DUGONG,))
    near = [v for v in judge([*dugongs, boat], with_zones(zone)) if v.sighting_id == "b"]
    (verdict,) = near
    assert (verdict.certainty, verdict.zone_id) == (Certainty.INSIDE, "z")
    assert "Boat 50 ±" in verdict.reason_en


def test_the_order_of_verdicts_does_not_depend_on_the_input(with_zones, make_sighting) -> None:
    slow = square("slow", ZoneKind.GO_SLOW, (RuleName.BOAT_IN_GO_SLOW_ZONE,))
    slow = replace(slow, area=_east_of(slow.area))
    closed = square("closed")
    boats = [make_sighting(name, ObjectClass.BOAT, CENTRE) for name in ("b2", "b1")]
    faster = make_sighting("b3", ObjectClass.BOAT, moved(1000), speed_m_s=8.0)
    dugong = make_sighting("d", ObjectClass.DUGONG, moved(300))
    expected = [
        (RuleName.BOAT_IN_CLOSED_ZONE, "closed", "b1"),
        (RuleName.BOAT_IN_CLOSED_ZONE, "closed", "b2"),
        (RuleName.BOAT_IN_GO_SLOW_ZONE, "slow", "b3"),
        (RuleName.DUGONG_SIGHTING, "closed", "d"),
    ]
    for sightings in ([*boats, dugong, faster], [faster, dugong, *reversed(boats)]):
        for zones in ((slow, closed), (closed, slow)):
            verdicts = judge(sightings, with_zones(*zones))
            assert [(v.rule, v.zone_id, v.sighting_id) for v in verdicts] == expected


@given(st.floats(-900, 900), st.floats(-900, 900), st.floats(0.1, 200))
def test_one_animal_never_raises_two_zones(site, make_sighting, east_m, north_m, error_m) -> None:
    west, east = square("west"), replace(square("east"), area=_east_of(square("west").area))
    dugong = make_sighting("d", ObjectClass.DUGONG, moved(east_m, north_m), error_m=error_m)
    verdicts = judge([dugong], replace(site, zones=(west, east)))
    assert len([v for v in verdicts if v.rule is RuleName.DUGONG_SIGHTING]) == 1


def _east_of(area):
    west, _, east, _ = area.bounds
    return shapely.affinity.translate(area, xoff=east - west)


@pytest.mark.parametrize(("east_m", "zone_id"), [(495, "west"), (505, "east"), (1505, "east")])
def test_a_dugong_at_a_border_is_the_zones_that_holds_it_or_is_nearest(
    with_zones, make_sighting, east_m, zone_id
) -> None:
    west, east = square("west"), replace(square("east"), area=_east_of(square("west").area))
    dugong = make_sighting("d", ObjectClass.DUGONG, moved(east_m), error_m=20.0)
    (verdict,) = judge([dugong], with_zones(west, east))
    assert (verdict.zone_id, verdict.certainty) == (zone_id, Certainty.BOUNDARY)
