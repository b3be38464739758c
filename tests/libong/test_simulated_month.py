"""The report of a simulated month gives back what the simulation put in."""

from datetime import date, timedelta

import numpy as np
import pytest
import shapely

from ingest.equal_area import EqualAreaPlane
from ingest.lonlat import LonLat
from libong.simulated_month import TRUTH, simulate_month, simulated_site
from patrol.effort import sea_of
from patrol.report.figures import Looked, month_figures
from patrol.report.month import Month
from patrol.report.response import Moment
from patrol.site import shipped_site
from patrol.store import Store

MONTH = Month(2026, 11)


@pytest.fixture(scope="module")
def flown(tmp_path_factory):
    """A month flown, its figures, and what is true of it."""
    store = Store(f"sqlite:///{tmp_path_factory.mktemp('month')}/libong.sqlite3")
    store.migrate()
    site = simulated_site(shipped_site())
    truth = simulate_month(store, site, MONTH, seed=11)
    facts = store.reports.facts(site, MONTH, date(2026, 12, 2))
    figures = month_figures(facts, site, date(2026, 12, 2))
    yield store, figures, {zone.zone.zone_id: zone for zone in figures.zones}, truth
    store.close()


def test_thirty_flights(flown) -> None:
    store, figures, _, truth = flown
    assert figures.flights == truth.flights == sum(told.days for told in TRUTH.values()) == 30
    assert figures.flights_without_effort == 0
    assert store.verify().faults == ()


@pytest.mark.parametrize("zone_id", TRUTH)
def test_counts_and_areas_are_those_that_were_made(flown, zone_id) -> None:
    _, _, zones, truth = flown
    zone = zones[zone_id]
    assert zone.dugongs.count == truth.dugongs[zone_id]
    assert zone.effort.usable_km2 == pytest.approx(truth.usable_km2[zone_id])
    if zone.compliance is not None:
        assert (zone.compliance.slow, zone.compliance.fast, zone.compliance.cannot_tell) == (
            truth.slow[zone_id],
            truth.fast[zone_id],
            truth.unmeasured[zone_id],
        )


@pytest.mark.parametrize("zone_id", TRUTH)
def test_intervals_hold_the_rates_that_were_drawn_from(flown, zone_id) -> None:
    _, _, zones, _ = flown
    zone, told = zones[zone_id], TRUTH[zone_id]
    assert zone.dugongs.low <= told.dugongs_per_km2 <= zone.dugongs.high
    if zone.compliance is not None:
        share = zone.compliance.slow_share
        assert share.low <= told.slow_share <= share.high


def test_none_seen_and_not_surveyed(flown) -> None:
    _, _, zones, _ = flown
    assert zones["hat_yao_channel"].looked is Looked.NONE_SEEN
    assert zones["ko_muk_east"].looked is Looked.NOT_SURVEYED
    assert zones["ko_muk_east"].dugongs.per_km2 is None
    assert zones["laem_chu_hoi"].looked is Looked.SEEN
    assert zones["laem_chu_hoi"].days_raised >= 15


def test_the_steps_take_as_long_as_they_were_told(flown) -> None:
    _, figures, _, _ = flown
    found = {(lapse.since, lapse.until): lapse.median for lapse in figures.lapses}
    assert found[Moment.ALERTED, Moment.DECIDED] == timedelta(minutes=25)
    assert found[Moment.DECIDED, Moment.RESPONDED] == timedelta(minutes=15)
    assert found[Moment.RESPONDED, Moment.RESOLVED] == timedelta(minutes=80)


def test_usable_sea_is_what_points_strewn_over_it_say(flown) -> None:
    """Of one flight, by the frames' own footprints, within 1 %."""
    store, _, _, _ = flown
    (found, *_) = store.effort.of_site("koh_libong", MONTH.first, MONTH.last)
    area = found.effort.usable_area
    west, south, east, north = area.bounds
    rng = np.random.default_rng(3)
    lon, lat = rng.uniform(west, east, 400_000), rng.uniform(south, north, 400_000)
    box = EqualAreaPlane(LonLat(west, south)).metres(shapely.box(west, south, east, north)).area
    strewn_km2 = shapely.contains_xy(area, lon, lat).mean() * box / 1e6
    assert found.effort.sea.usable_km2 == pytest.approx(strewn_km2, rel=0.01)


def test_covered_is_of_the_zones_sea(flown) -> None:
    site = shipped_site()
    _, _, zones, _ = flown
    for zone in site.zones:
        assert zones[zone.zone_id].zone_km2 <= 1.001 * (
            EqualAreaPlane(LonLat(99.4, 7.3)).metres(zone.area).area / 1e6
        )
        assert sea_of(zone, site.coast).area > 0
        assert 0 <= zones[zone.zone_id].covered <= 1
