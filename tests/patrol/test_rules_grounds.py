"""What verdicts rest on: precedence, hours, tides, speeds, permits, and errors."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from math import cos, radians
from zoneinfo import ZoneInfo

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from detection.types import ObjectClass
from ingest.lonlat import MEAN_EARTH_RADIUS_M, LonLat
from ingest.tide import SeaTide
from patrol.compliance import BoatSeen, Pace, pace_of
from patrol.permits import Permit
from patrol.place_error import ERRORS_OF_95_PERCENT
from patrol.presence import zone_statuses
from patrol.rules import EarlierSighting, judge
from patrol.verdict import Certainty, Figure, Priority
from patrol.zone_document import zone_sha256
from patrol.zone_times import Holds, Hours, MonthDay, Season, TideRange, Validity
from patrol.zones import AdvisedSpeed, Binding, RuleName, Zone, ZoneKind

BANGKOK = ZoneInfo("Asia/Bangkok")
DAY = date(2026, 3, 1)
NOON_UTC = datetime(2026, 3, 1, 5, 0, tzinfo=UTC)
CENTRE = LonLat(99.40, 7.20)
DEGREE_M = radians(1) * MEAN_EARTH_RADIUS_M
CLOSED, SLOW = RuleName.BOAT_IN_CLOSED_ZONE, RuleName.BOAT_IN_GO_SLOW_ZONE
GEAR = RuleName.GEAR_IN_NO_FISHING_ZONE
KN = 1852 / 3600  # metres a second
KNOTS = AdvisedSpeed(6.0, "a source of the figure")


def moved(east_m: float, north_m: float = 0.0) -> LonLat:
    return LonLat(
        CENTRE.lon + east_m / (DEGREE_M * cos(radians(CENTRE.lat))), CENTRE.lat + north_m / DEGREE_M
    )


def square(zone_id: str, kind: ZoneKind, rule: RuleName, half_m: float = 500.0, **more) -> Zone:
    zone = Zone(
        zone_id=zone_id,
        name_th=f"เขต {zone_id}",
        name_en=f"Zone {zone_id}",
        kind=kind,
        area=shapely.box(*moved(-half_m, -half_m), *moved(half_m, half_m)),
        rules=frozenset({rule}),
        citation=f"source of {zone_id}",
        citation_th=f"ที่มาของ {zone_id}",
        binding=Binding.LAW,
        jurisdiction="Trang",
        indicative=False,
        valid_from=None,
        valid_until=None,
    )
    return replace(zone, **more)


def closed(zone_id: str = "closed", **more) -> Zone:
    return square(zone_id, ZoneKind.CLOSED, CLOSED, **more)


def slow(zone_id: str = "slow", **more) -> Zone:
    return square(zone_id, ZoneKind.GO_SLOW, SLOW, **more)


@pytest.fixture
def boat(make_sighting):
    return make_sighting("b", ObjectClass.BOAT, CENTRE, error_m=10.0)


# Times


@pytest.mark.parametrize(
    ("validity", "local", "holds"),
    [
        (Validity(), "2026-03-01 12:00", True),
        (Validity(hours=(Hours(time(9), time(17)),)), "2026-03-01 09:00", True),
        (Validity(hours=(Hours(time(9), time(17)),)), "2026-03-01 17:00", False),
        # over midnight: the small hours belong to the evening before
        (Validity(hours=(Hours(time(18), time(6)),)), "2026-03-01 23:59", True),
        (Validity(hours=(Hours(time(18), time(6)),)), "2026-03-02 05:59", True),
        (Validity(hours=(Hours(time(18), time(6)),)), "2026-03-02 06:00", False),
        (
            Validity(last=date(2026, 3, 1), hours=(Hours(time(18), time(6)),)),
            "2026-03-02 05:00",
            True,
        ),
        (
            Validity(first=date(2026, 3, 2), hours=(Hours(time(18), time(6)),)),
            "2026-03-02 05:00",
            False,
        ),
        (
            Validity(seasons=(Season(MonthDay(11, 1), MonthDay(4, 30)),)),
            "2026-12-31 00:00",
            True,
        ),
        (
            Validity(seasons=(Season(MonthDay(11, 1), MonthDay(4, 30)),)),
            "2026-05-01 00:00",
            False,
        ),
        (
            Validity(
                seasons=(
                    Season(MonthDay(1, 1), MonthDay(1, 31)),
                    Season(MonthDay(5, 1), MonthDay(5, 1)),
                )
            ),
            "2026-05-01 00:00",
            True,
        ),
    ],
)
def test_when_a_zone_holds(validity, local, holds) -> None:
    assert validity.at(datetime.fromisoformat(f"{local}+07:00")) is (
        Holds.YES if holds else Holds.NO
    )


@pytest.mark.parametrize(
    ("utc_hour", "holds"), [(10, False), (11, True), (16, True), (22, True), (23, False)]
)
def test_hours_are_those_of_the_site_over_midnight(site, make_sighting, utc_hour, holds) -> None:
    night = closed(hours=(Hours(time(18), time(6)),))
    at = NOON_UTC.replace(hour=utc_hour)
    boat = make_sighting("b", ObjectClass.BOAT, CENTRE, seen_utc=at)
    assert bool(judge([boat], replace(site, zones=(night,)))) is holds


@pytest.mark.parametrize(
    ("tide_m", "certainty"),
    [(-0.4, Certainty.INSIDE), (0.0, None), (1.2, None), (None, Certainty.UNKNOWN)],
)
def test_a_zone_that_hangs_on_the_tide(site, boat, tide_m, certainty) -> None:
    low = closed(tide=TideRange(above_m=None, below_m=0.0))
    sea = None if tide_m is None else SeaTide(tide_m, 0.0, "a table")
    verdicts = judge([boat], replace(site, zones=(low,)), tide=lambda at: sea)
    assert [v.certainty for v in verdicts] == ([] if certainty is None else [certainty])
    if tide_m is None:
        assert verdicts[0].priority is Priority.LOW
        assert "the tide is not known" in verdicts[0].reason_en
    if certainty is Certainty.INSIDE:
        assert Figure("tide_m", -0.4, 0.0) in verdicts[0].grounds.figures


@pytest.mark.parametrize(
    ("above_m", "below_m", "tide_m", "holds"),
    [
        (None, 0.0, -0.34, Holds.YES),  # 1.645 errors of 0.2 m are 0.329 m
        (None, 0.0, -0.32, Holds.UNKNOWN),
        (None, 0.0, 0.32, Holds.UNKNOWN),
        (None, 0.0, 0.34, Holds.NO),
        (1.0, None, 1.34, Holds.YES),
        (1.0, None, 0.66, Holds.NO),
        (-0.2, 0.2, 0.0, Holds.UNKNOWN),  # narrower than the tide is known
        (-1.0, 1.0, 0.0, Holds.YES),
    ],
)
def test_a_tide_is_never_rounded_to_certainty(above_m, below_m, tide_m, holds) -> None:
    assert TideRange(above_m, below_m).holds_at(SeaTide(tide_m, 0.2, "a table")) is holds


def test_a_tide_in_doubt_is_told_as_that(site, boat) -> None:
    low = closed(tide=TideRange(above_m=None, below_m=0.0))
    sea = SeaTide(0.1, 0.2, "a table")
    (verdict,) = judge([boat], replace(site, zones=(low,)), tide=lambda _: sea)
    assert (verdict.certainty, verdict.priority) == (Certainty.UNKNOWN, Priority.LOW)
    assert "too near the limit" in verdict.reason_en


@pytest.mark.parametrize(
    ("validity", "thai", "english"),
    [
        (Validity(), "", ""),
        (Validity(hours=(Hours(time(18), time(6)),)), "เวลา 18:00–06:00 น.", "18:00–06:00"),
        (
            Validity(tide=TideRange(None, 0.5)),
            "เมื่อน้ำต่ำกว่าระดับทะเลปานกลาง +0.5 ม.",
            "when the sea is below +0.5 m of its mean",
        ),
    ],
)
def test_the_public_is_told_at_which_hours_and_tides_a_zone_holds(
    site, validity, thai, english
) -> None:
    assert validity.within_a_day() == (thai, english)
    zone = replace(slow(), hours=validity.hours, tide=validity.tide)
    (status,) = zone_statuses(replace(site, zones=(zone,)), [], [], DAY)
    assert status.advice_th.endswith(f" ({thai})" if thai else "ทุกวัน")
    assert status.advice_en.endswith(f" ({english})" if english else "every day.")


@given(
    st.dates(date(2020, 1, 1), date(2030, 1, 1)),
    st.dates(date(2020, 1, 1), date(2030, 1, 1)),
    st.dates(date(2020, 1, 1), date(2030, 1, 1)),
    st.times(),
)
def test_no_verdict_comes_from_a_zone_out_of_its_days(
    site, make_sighting, first, last, day, at
) -> None:
    zone = closed(valid_from=first, valid_until=last)
    seen = datetime.combine(day, at, BANGKOK)
    boat = make_sighting("b", ObjectClass.BOAT, CENTRE, seen_utc=seen.astimezone(UTC))
    verdicts = judge([boat], replace(site, zones=(zone,)))
    assert bool(verdicts) is (first <= day <= last)


# Precedence


@pytest.mark.parametrize(
    ("zones", "answers"),
    [
        ((closed(), slow()), ["closed"]),
        ((slow(), closed()), ["closed"]),
        # at the edge of the closed zone nobody can tell, so both answer
        ((closed(area=shapely.box(*moved(5, -500), *moved(500, 500))), slow()), ["closed", "slow"]),
        # a closed zone that only holds at a tide that is not known does not silence the other
        ((closed(tide=TideRange(None, 0.0)), slow()), ["slow", "closed"]),
        ((closed("a", binding=Binding.PROPOSAL), closed("b")), ["b"]),
        ((closed("a", indicative=True), closed("b")), ["b"]),
        ((closed("a"), closed("b", half_m=200)), ["b"]),
        ((closed("b"), closed("a")), ["a"]),
        (
            (
                slow("a", half_m=100, advised_speed=AdvisedSpeed(8, "x")),
                slow("b", advised_speed=AdvisedSpeed(4, "x")),
            ),
            ["b"],
        ),
        # a route or an anchorage does not open a closed zone
        ((square("route", ZoneKind.TOUR_ROUTE, SLOW, 100.0), closed()), ["closed"]),
    ],
)
def test_overlapping_zones_answer_in_the_stated_order(site, boat, zones, answers) -> None:
    fast = replace(boat, speed_m_s=15 * KN, speed_sigma_m_s=0.5 * KN)
    verdicts = judge([fast], replace(site, zones=zones))
    assert sorted(v.zone_id for v in verdicts) == sorted(answers)


def test_a_hole_in_a_zone_is_outside(site, boat) -> None:
    zone = closed()
    holed = replace(zone, area=zone.area.difference(shapely.Point(CENTRE).buffer(0.002)))
    assert not judge([boat], replace(site, zones=(holed,)))


# Speeds


@pytest.mark.parametrize(
    ("knots", "sigma_kn", "pace", "told"),
    [
        (11.3, 0.53, Pace.FAST, True),
        (7.1, 0.53, Pace.FAST, True),  # 7.1 - 1.96 x 0.53 = 6.06
        (7.0, 0.53, Pace.CANNOT_TELL, False),  # 5.96
        (5.2, 0.53, Pace.CANNOT_TELL, False),
        (4.9, 0.53, Pace.SLOW, False),
        (0.5, 0.53, Pace.STILL, False),
        (11.3, 4.0, Pace.CANNOT_TELL, False),
        (None, None, Pace.CANNOT_TELL, False),
    ],
)
def test_only_a_boat_that_is_too_fast_beyond_its_error_is_told(
    site, boat, knots, sigma_kn, pace, told
) -> None:
    """What opens no alert is not lost: the month counts it, by the same limits."""
    boat = replace(
        boat,
        speed_m_s=None if knots is None else knots * KN,
        speed_sigma_m_s=None if sigma_kn is None else sigma_kn * KN,
    )
    zone = slow(advised_speed=KNOTS, version=3)
    seen = BoatSeen(boat.position, boat.speed_m_s, boat.speed_sigma_m_s)
    assert pace_of(seen, zone.advised_speed) is pace
    verdicts = judge([boat], replace(site, zones=(zone,)))
    assert len(verdicts) == told
    for verdict in verdicts:
        assert (verdict.certainty, verdict.priority) == (Certainty.INSIDE, Priority.NORMAL)
        assert (verdict.grounds.zone_version, verdict.grounds.zone_sha256) == (
            3,
            zone_sha256(zone),
        )
        assert 0.999 < verdict.grounds.probability < 1
        speed = {figure.name: figure for figure in verdict.grounds.figures}["speed_m_s"]
        assert (speed.value, speed.sigma) == (boat.speed_m_s, boat.speed_sigma_m_s)
        assert speed.limit == pytest.approx(6 * KN)
        assert verdict.citation == "source of slow a source of the figure"


def test_where_no_speed_is_advised_no_boat_is_too_fast(site, boat) -> None:
    fast = replace(boat, speed_m_s=15 * KN, speed_sigma_m_s=0.1)
    silent = replace(site.rule_parameters, advised_speed=None)
    place = replace(site, zones=(slow(),), rule_parameters=silent)
    assert judge([fast], place) == ()


@pytest.mark.parametrize(
    ("zone", "east_m", "certainty", "words"),
    [
        (slow(), 495, Certainty.BOUNDARY, "it may be inside or outside"),
        (slow(tide=TideRange(None, 0.0)), 0, Certainty.UNKNOWN, "the tide is not known"),
    ],
)
def test_a_fast_boat_is_told_though_its_place_or_the_tide_leaves_a_doubt(
    site, boat, zone, east_m, certainty, words
) -> None:
    fast = replace(boat, position=moved(east_m), speed_m_s=15 * KN, speed_sigma_m_s=0.5 * KN)
    (verdict,) = judge([fast], replace(site, zones=(zone,)))
    assert (verdict.certainty, verdict.priority) == (certainty, Priority.LOW)
    assert words in verdict.reason_en


@given(
    st.floats(-700, 700),
    st.floats(0.5, 150),
    st.floats(1, 5),
    st.floats(0, 12),
    st.floats(0.01, 3),
    st.booleans(),
)
def test_a_wider_error_never_makes_a_verdict_surer(
    site, make_sighting, east_m, error_m, wider, speed_m_s, sigma_m_s, of_speed
) -> None:
    """Nothing unsure becomes sure, be it the place or the speed that is known less well."""
    boat = replace(
        make_sighting("b", ObjectClass.BOAT, moved(east_m), error_m=error_m),
        speed_m_s=speed_m_s,
        speed_sigma_m_s=sigma_m_s,
    )
    loose = (
        replace(boat, speed_sigma_m_s=sigma_m_s * wider)
        if of_speed
        else replace(boat, error_m=error_m * wider)
    )
    place = replace(site, zones=(slow(advised_speed=KNOTS),))
    sure = [v.certainty is Certainty.INSIDE for v in judge([boat], place)]
    assert sure == [True] or not any(v.certainty is Certainty.INSIDE for v in judge([loose], place))


# Permits


def test_a_permit_is_told_with_the_verdict_and_does_not_make_it_go_away(
    site, make_sighting
) -> None:
    gear = make_sighting("g", ObjectClass.FISHING_GEAR, CENTRE)
    zone = square("spared", ZoneKind.NO_FISHING, GEAR)
    first, last = date(2026, 2, 1), date(2026, 3, 1)
    permit = Permit("T-1", "a holder", "traps", frozenset({"spared"}), first, last, "an order")
    place = replace(site, zones=(zone,), permits=(permit,))
    (verdict,) = judge([gear], place)
    assert (verdict.certainty, verdict.priority) == (Certainty.INSIDE, Priority.LOW)
    assert "T-1 (traps)" in verdict.reason_en
    assert "T-1 (traps)" in verdict.reason_th
    assert "a holder" not in verdict.reason_en + verdict.reason_th
    for other in (
        replace(permit, last=date(2026, 2, 28)),
        replace(permit, zone_ids=frozenset({"elsewhere"})),
    ):
        (verdict,) = judge([gear], replace(place, permits=(other,)))
        assert verdict.priority is Priority.HIGH
        assert "T-1" not in verdict.reason_en


# Encounters


def track(make_sighting, sighting_id, object_class, places, *, error_m=1.0, step_s=1.0):
    """A sighting that was found at these places (metres about the centre), one each step."""
    made = make_sighting(sighting_id, object_class, moved(*places[0]), error_m=error_m)
    detections = tuple(
        replace(
            made.best,
            position=moved(*place),
            taken_at_utc=NOON_UTC + timedelta(seconds=step_s * number),
        )
        for number, place in enumerate(places)
    )
    return replace(
        made,
        detections=detections,
        best=detections[0],
        last_seen_utc=detections[-1].taken_at_utc,
    )


def rules_of(verdicts, rule):
    return [v for v in verdicts if v.rule is rule]


def test_how_near_a_boat_came_is_taken_from_its_whole_track(site, make_sighting) -> None:
    """At its best picture the boat is 400 m away; between two fixes it passed at 20 m."""
    boat = track(make_sighting, "b", ObjectClass.BOAT, [(-400, 20), (400, 20)], step_s=60)
    dugong = track(make_sighting, "d", ObjectClass.DUGONG, [(0, 0), (0, 0)], step_s=60)
    bare = replace(site, zones=())
    (verdict,) = rules_of(judge([boat, dugong], bare), RuleName.BOAT_NEAR_DUGONG)
    assert verdict.certainty is Certainty.INSIDE
    assert verdict.grounds.sightings == ("d",)
    assert verdict.grounds.figures[0].value == pytest.approx(20, abs=0.2)
    assert verdict.grounds.figures[0].limit == 100


@pytest.mark.parametrize(
    ("way", "error_m", "certainty"),
    [
        ([(-50, 0), (50, 0)], 1.0, Certainty.INSIDE),  # between animals at 4 m north and south
        ([(-50, 0), (50, 0)], 4.0, Certainty.BOUNDARY),
        ([(-50, 5), (50, 5)], 1.0, Certainty.BOUNDARY),  # 1 m past one of them
        ([(-50, 20), (50, 20)], 1.0, None),
    ],
)
def test_a_boat_between_two_animals(site, make_sighting, way, error_m, certainty) -> None:
    pair = [
        track(make_sighting, name, ObjectClass.DUGONG, [(0, y), (0, y)], error_m=error_m)
        for name, y in (("d1", -4), ("d2", 4))
    ]
    boat = track(make_sighting, "b", ObjectClass.BOAT, way, error_m=error_m)
    verdicts = judge([*pair, boat], replace(site, zones=()))
    found = rules_of(verdicts, RuleName.BOAT_THROUGH_PAIR)
    assert [v.certainty for v in found] == ([] if certainty is None else [certainty])
    for verdict in found:
        assert verdict.grounds.sightings == ("d1", "d2")
        assert "may be a mother and calf" in verdict.reason_en
    apart = replace(pair[1], position=moved(0, 40))
    assert not rules_of(judge([pair[0], apart, boat], site), RuleName.BOAT_THROUGH_PAIR)


PLACES_M = st.tuples(st.floats(-120, 120), st.floats(-120, 120))


@given(st.lists(PLACES_M, min_size=2, max_size=4), PLACES_M, st.floats(0.5, 20))
def test_no_boat_that_may_have_gone_between_two_animals_is_passed_over(
    site, make_sighting, way, middle, error_m
) -> None:
    """However far the way leads elsewhere: it is told exactly when it came within the errors."""
    east, north = middle
    ends = [(east, north - 4), (east, north + 4)]
    pair = [
        track(make_sighting, name, ObjectClass.DUGONG, [end, end], error_m=error_m)
        for name, end in zip(("d1", "d2"), ends, strict=True)
    ]
    boat = track(make_sighting, "b", ObjectClass.BOAT, way, error_m=error_m)
    found = rules_of(judge([*pair, boat], replace(site, zones=())), RuleName.BOAT_THROUGH_PAIR)
    apart_m = shapely.LineString(way).distance(shapely.LineString(ends))
    margin_m = ERRORS_OF_95_PERCENT * error_m * 2**0.5
    if abs(apart_m - margin_m) > 0.05:  # of the sphere against the plane
        assert bool(found) is (apart_m < margin_m)


@pytest.mark.parametrize(
    ("away_m", "error_m", "certainty"),
    [
        ([50, 100, 150], 1.0, None),
        ([50, 100, 150, 200], 1.0, Certainty.INSIDE),
        ([50, 100, 150, 290], 10.0, Certainty.BOUNDARY),
        ([50, 100, 150, 400], 10.0, None),
    ],
)
def test_many_boats_around_an_animal(site, make_sighting, away_m, error_m, certainty) -> None:
    dugongs = [
        make_sighting(name, ObjectClass.DUGONG, CENTRE, error_m=error_m) for name in ("d1", "d2")
    ]
    boats = [
        make_sighting(f"b{away}", ObjectClass.BOAT, moved(away), error_m=error_m) for away in away_m
    ]
    verdicts = judge([*boats, *dugongs], replace(site, zones=()))
    found = rules_of(verdicts, RuleName.BOATS_AROUND_DUGONG)
    # one crowd is told of once, though two animals have it
    assert [v.certainty for v in found] == ([] if certainty is None else [certainty])
    for verdict in found:
        assert verdict.grounds.sightings == tuple(sorted(f"b{away}" for away in away_m))


# What was there before


def before(sighting, east_m, hours, error_m=1.0):
    return EarlierSighting(
        "earlier", "flight0", sighting.object_class, moved(east_m), error_m,
        NOON_UTC - timedelta(hours=hours),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("east_m", "hours", "error_m", "certainty"),
    [
        (5, 48, 1.0, Certainty.INSIDE),
        (29, 48, 4.0, Certainty.BOUNDARY),
        (60, 48, 1.0, None),
        (5, 24 * 15, 1.0, None),
    ],
)
def test_gear_at_the_same_place_again(
    site, make_sighting, east_m, hours, error_m, certainty
) -> None:
    gear = make_sighting("g", ObjectClass.FISHING_GEAR, CENTRE, error_m=1.0)
    seen = [before(gear, east_m, hours, error_m)]
    found = judge([gear], replace(site, zones=()), earlier=seen)
    assert [v.certainty for v in found] == ([] if certainty is None else [certainty])
    for verdict in found:
        assert verdict.rule is RuleName.GEAR_SEEN_AGAIN
        assert verdict.grounds.sightings == ("earlier",)
        assert "in 2 flights since 2026-02-27 12:00" in verdict.reason_en
    assert not judge([gear], site, earlier=[replace(seen[0], flight_id="flight1")])


@pytest.mark.parametrize(
    ("east_m", "hours", "asks"), [(5, 20, True), (5, 2, False), (5, 60, False), (80, 20, False)]
)
def test_a_dugong_that_did_not_move_is_only_a_question(
    site, make_sighting, east_m, hours, asks
) -> None:
    dugong = make_sighting("d", ObjectClass.DUGONG, CENTRE, error_m=1.0)
    verdicts = judge([dugong], site, earlier=[before(dugong, east_m, hours)])
    found = rules_of(verdicts, RuleName.STILL_DUGONG)
    assert [v.certainty for v in found] == ([Certainty.UNKNOWN] if asks else [])
    for verdict in found:
        assert "it may be a carcass" in verdict.reason_en


@given(st.permutations(range(7)))
def test_the_order_of_sightings_does_not_matter(site, make_sighting, order) -> None:
    sightings = [
        *(make_sighting(f"b{n}", ObjectClass.BOAT, moved(30 * n)) for n in range(4)),
        make_sighting("d1", ObjectClass.DUGONG, CENTRE),
        make_sighting("d2", ObjectClass.DUGONG, moved(5)),
        make_sighting("g", ObjectClass.FISHING_GEAR, moved(0, 50)),
    ]
    place = replace(site, zones=(closed(), slow()))
    earlier = [before(each, 3, 20) for each in sightings if each.object_class.value != "boat"]
    expected = judge(sightings, place, earlier=earlier)
    assert len(expected) > 8
    assert judge([sightings[n] for n in order], place, earlier=earlier[::-1]) == expected
