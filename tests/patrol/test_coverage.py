"""How much of a zone was seen: exact shares of square zones."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
import shapely

from ingest.lonlat import LonLat
from patrol.coverage import ZoneSurvey, zone_surveys

TZ_DAY = datetime(2026, 3, 1, 5, 0, tzinfo=UTC)


def ring(west: float, south: float, east: float, north: float) -> tuple[LonLat, ...]:
    return tuple(
        LonLat(lon, lat) for lon, lat in shapely.box(west, south, east, north).exterior.coords
    )


@pytest.fixture
def zones(site):
    unit = replace(site.zones[0], zone_id="unit", area=shapely.box(99, 7, 100, 8))
    far = replace(site.zones[0], zone_id="far", area=shapely.box(89, 7, 90, 8))
    return unit, far


@pytest.mark.parametrize(
    ("rings", "fraction"),
    [
        ([ring(99, 7, 99.5, 8)], 0.5),
        ([ring(99, 7, 99.5, 8), ring(99.25, 7, 99.75, 8)], 0.75),  # the overlap counts once
        ([ring(99, 7, 99.5, 8)] * 3, 0.5),
        ([ring(98, 6, 101, 9)], 1.0),
        ([ring(100, 7, 101, 8)], None),  # only touches
        ([None], None),
        ([], None),
    ],
)
def test_the_share_seen(site, zones, make_frame, rings, fraction) -> None:
    frames = [make_frame(footprint, TZ_DAY) for footprint in rings]
    surveys = zone_surveys(frames, zones, site.reference.timezone)
    if fraction is None:
        assert surveys == ()
    else:
        assert surveys == (ZoneSurvey("unit", date(2026, 3, 1), pytest.approx(fraction)),)


def test_days_are_local_and_ordered(site, zones, make_frame) -> None:
    half = ring(99, 7, 99.5, 8)
    frames = [
        make_frame(half, datetime(2026, 3, 1, 17, 0, tzinfo=UTC)),  # midnight in Trang
        make_frame(ring(99, 7, 99.25, 8), datetime(2026, 3, 1, 16, 59, tzinfo=UTC)),
    ]
    surveys = zone_surveys(frames, zones, site.reference.timezone)
    assert [(s.day, round(s.seen_fraction, 9)) for s in surveys] == [
        (date(2026, 3, 1), 0.25),
        (date(2026, 3, 2), 0.5),
    ]


def test_a_footprint_that_crosses_itself_does_not_lose_the_flight(site, zones, make_frame) -> None:
    bow_tie = (LonLat(99, 7), LonLat(100, 8), LonLat(100, 7), LonLat(99, 8), LonLat(99, 7))
    (survey,) = zone_surveys([make_frame(bow_tie)], zones, site.reference.timezone)
    assert survey.seen_fraction == pytest.approx(0.5)


def test_an_expired_zone_is_not_surveyed(site, zones, make_frame) -> None:
    ended = replace(zones[0], valid_until=date(2026, 2, 28))
    assert zone_surveys([make_frame(ring(99, 7, 100, 8))], [ended], site.reference.timezone) == ()
