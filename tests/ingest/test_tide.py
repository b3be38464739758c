"""The tide: predicted from constants, read from tables, and unknown where nothing tells of it."""

import pickle
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.lonlat import LonLat
from ingest.pose import CameraPose, HeightSource
from ingest.site_reference import SiteReference
from ingest.tide import (
    CONSTITUENTS,
    Constituent,
    HarmonicTide,
    SeaTide,
    TideError,
    Tides,
    TideTable,
    argument_deg,
    nodal_of,
    speed_deg_h,
)
from ingest.tide_height import at_tide

MORNING = datetime(2026, 3, 1, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "degrees_an_hour"),
    [  # as NOAA lists them with the constants of its stations (tidesandcurrents.noaa.gov)
        ("M2", 28.9841042),
        ("S2", 30.0),
        ("N2", 28.4397295),
        ("K2", 30.0821373),
        ("K1", 15.0410686),
        ("O1", 13.9430356),
        ("P1", 14.9589314),
        ("Q1", 13.3986609),
        ("M4", 57.9682084),
        ("MS4", 58.9841042),
        ("MM", 0.5443747),
        ("MF", 1.0980331),
        ("SA", 0.0410686),
        ("SSA", 0.0821373),
    ],
)
def test_speeds_are_the_published_ones(name, degrees_an_hour) -> None:
    assert speed_deg_h(name) == pytest.approx(degrees_an_hour, abs=2e-6)


@pytest.mark.parametrize(
    ("at", "name", "factor", "phase_deg", "argument"),
    [  # as the package uptide 1.2 tells them, whose nodal terms are Pugh's too
        (MORNING, "M2", 0.9655, 0.75, 211.78),
        (MORNING, "N2", 0.9655, 0.75, 151.54),
        (MORNING, "K2", 1.2911, 6.33, 108.05),
        (MORNING, "K1", 1.1134, 3.18, 144.03),
        (MORNING, "O1", 1.1836, -3.86, 67.76),
        (MORNING, "P1", 1.0, 0.0, 5.97),
        (MORNING, "Q1", 1.1836, -3.86, 7.52),
        (MORNING, "MF", 1.4296, 8.48, 256.27),
        (datetime(2015, 7, 15, 18, tzinfo=UTC), "M2", 1.0369, 0.17, 197.56),
        (datetime(2015, 7, 15, 18, tzinfo=UTC), "K1", 0.8914, 0.71, 113.28),
        (datetime(2015, 7, 15, 18, tzinfo=UTC), "O1", 0.8226, -0.86, 84.28),
        (datetime(2034, 1, 1, tzinfo=UTC), "M2", 1.0367, 0.27, 102.63),
        (datetime(2034, 1, 1, tzinfo=UTC), "Q1", 0.8236, -1.4, 69.31),
    ],
)
def test_arguments_and_nodal_terms_agree_with_another_program(
    at, name, factor, phase_deg, argument
) -> None:
    assert nodal_of(name, at) == (
        pytest.approx(factor, abs=2e-4),
        pytest.approx(phase_deg, abs=0.02),
    )
    assert argument_deg(name, at) == pytest.approx(argument, abs=0.08)


@pytest.mark.parametrize(
    ("at", "name", "factor", "phase_deg", "argument"),
    [  # as pytides2 0.0.5 computes them by Schureman's formulas, from the moon's inclined path
        (MORNING, "M2", 0.9657, 0.77, 211.81),
        (MORNING, "K2", 1.2975, 5.87, 108.05),
        (MORNING, "K1", 1.1073, 2.77, 144.03),
        (MORNING, "O1", 1.1736, -3.11, 67.79),
        (MORNING, "MM", 0.8798, 0.0, 60.23),
        (MORNING, "MF", 1.4263, 6.99, 256.24),
        (MORNING, "M4", 0.9325, 1.54, 63.63),
        (MORNING, "MS4", 0.9657, 0.77, 1.81),
        (datetime(2020, 7, 1, tzinfo=UTC), "M2", 0.9993, -2.14, 112.21),
        (datetime(2020, 7, 1, tzinfo=UTC), "K2", 1.0233, -17.74, 199.03),
        (datetime(2020, 7, 1, tzinfo=UTC), "K1", 1.0176, -8.77, 189.52),
        (datetime(2020, 7, 1, tzinfo=UTC), "O1", 1.0278, 10.55, 282.70),
        (datetime(2020, 7, 1, tzinfo=UTC), "P1", 1.0, 0.0, 170.48),
        (datetime(2020, 7, 1, tzinfo=UTC), "MF", 1.0571, -23.24, 86.82),
        (datetime(2034, 1, 1, tzinfo=UTC), "N2", 1.0375, 0.27, 80.09),
        (datetime(2034, 1, 1, tzinfo=UTC), "Q1", 0.8077, -1.84, 69.36),
        (datetime(2034, 1, 1, tzinfo=UTC), "M4", 1.0764, 0.55, 205.33),
    ],
)
def test_arguments_and_nodal_terms_are_near_schuremans(
    at, name, factor, phase_deg, argument
) -> None:
    assert nodal_of(name, at) == (
        pytest.approx(factor, abs=0.02),
        pytest.approx(phase_deg, abs=1.5),
    )
    assert argument_deg(name, at) == pytest.approx(argument, abs=0.05)


def test_one_constituent_swings_by_its_amplitude_and_its_factor() -> None:
    tide = HarmonicTide((Constituent("M2", 1.0, 30.0),), 0.1, "made up")
    hours = [MORNING + timedelta(minutes=5 * n) for n in range(150)]
    heights = [tide.at(hour).above_mean_m for hour in hours]
    assert max(heights) == pytest.approx(0.9655, abs=2e-3)
    assert min(heights) == pytest.approx(-0.9655, abs=2e-3)
    # high water when argument and node have caught up with the lag
    high = hours[heights.index(max(heights))]
    assert (argument_deg("M2", high) + 0.75 - 30 + 180) % 360 - 180 == pytest.approx(0, abs=2)


def test_times_in_any_zone_give_the_same_tide() -> None:
    tide = HarmonicTide(tuple(Constituent(n, 0.5, 10.0) for n in CONSTITUENTS), 0.1, "made up")
    local = MORNING.astimezone(ZoneInfo("Asia/Bangkok"))
    assert tide.at(local).above_mean_m == pytest.approx(tide.at(MORNING).above_mean_m, abs=1e-9)


def test_an_unknown_constituent_is_refused_by_name() -> None:
    with pytest.raises(TideError, match="no constituent 'X9' is known here; there are: M2, S2"):
        Constituent("X9", 1.0, 0.0)


def table(*readings: tuple[float, float]) -> TideTable:
    return TideTable(
        tuple((MORNING + timedelta(hours=hour), metres) for hour, metres in readings), 0.2, "t"
    )


@pytest.mark.parametrize(
    ("readings", "hour", "metres"),
    [
        (((0, 1.0), (6, -1.0)), 0, 1.0),
        (((0, 1.0), (6, -1.0)), 3, 0.0),
        (((0, 1.0), (6, -1.0)), 1, 0.866),  # half a cosine: cos 30 degrees
        (((0, 1.0), (6, -1.0)), 6, -1.0),
        (((0, 0.0), (1, 0.5), (2, 0.6)), 0.5, 0.25),  # by the hour: a line
        (((0, 0.0), (1, 0.5), (2, 0.6)), 1, 0.5),
        (((0, 0.0), (2, 0.5)), 1, None),  # neither by the hour nor high and low water
        (((0, 1.0), (20, -1.0)), 3, None),  # one of the two between is missing
        (((0, 1.0), (6, -1.0)), -0.1, None),
        (((0, 1.0), (6, -1.0)), 6.1, None),
    ],
)
def test_a_table_tells_only_what_lies_between_its_lines(readings, hour, metres) -> None:
    found = table(*readings).at(MORNING + timedelta(hours=hour))
    assert (None if found is None else round(found.above_mean_m, 3)) == metres


@given(st.lists(st.floats(-3, 3), min_size=2, max_size=6), st.floats(0, 1))
def test_between_high_and_low_water_nothing_lies_beyond_them(heights, share) -> None:
    made = table(*((6.0 * n, metres) for n, metres in enumerate(heights)))
    found = made.at(MORNING + timedelta(hours=6 * (len(heights) - 1) * share))
    assert found is not None
    assert min(heights) - 1e-9 <= found.above_mean_m <= max(heights) + 1e-9


@pytest.mark.parametrize("readings", [((0, 1.0),), ((1, 1.0), (1, 0.0)), ((1, 1.0), (0, 0.0))])
def test_a_table_out_of_order_is_refused(readings) -> None:
    with pytest.raises(TideError):
        table(*readings)


def test_the_newest_table_holds_then_older_ones_then_constants_then_nothing() -> None:
    harmonic = HarmonicTide((), 0.5, "constants")
    newest, older = table((0, 1.0), (1, 1.0)), table((0, 2.0), (1, 2.0), (2, 2.0))
    tides = Tides((newest, older), harmonic)
    told = [tides.at(MORNING + timedelta(hours=hour)) for hour in (0.5, 1.5, 9)]
    assert [each.above_mean_m for each in told if each] == [1.0, 2.0, 0.0]
    assert Tides((newest,)).at(MORNING + timedelta(hours=9)) is None
    assert Tides().at(MORNING) is None
    assert pickle.loads(pickle.dumps(tides)) == tides  # noqa: S301  it goes to other processes


POSE = CameraPose(
    LonLat(99.4, 7.2), 100.0, HeightSource.RELATIVE, 0.0, -90.0, 0.0, 2.0, 1.5, 2.0, 1.0
)


def reference(*tables: TideTable) -> SiteReference:
    return SiteReference(ZoneInfo("Asia/Bangkok"), -19.8, 2.0, 1.5, tides=Tides(tables))


def test_a_height_is_above_the_sea_as_it_stood() -> None:
    site = reference(table((0, 1.25), (1, 1.25)))
    pose, (note,) = at_tide(POSE, MORNING, site)
    assert pose.height_above_sea_m == 98.75
    assert pose.height_sigma_m == POSE.height_sigma_m
    assert (note.code, "+1.25 m ± 0.20 m" in note.text) == ("tide", True)
    low, _ = at_tide(POSE, MORNING, reference(table((0, -1.0), (1, -1.0))))
    assert low.height_above_sea_m == 101.0


def test_without_a_tide_a_height_stays_as_it_is() -> None:
    assert at_tide(POSE, MORNING, reference()) == (POSE, ())
    site = reference(table((0, 1.0), (1, 1.0)))
    assert at_tide(POSE, MORNING + timedelta(days=1), site) == (POSE, ())
    low = replace(POSE, height_above_sea_m=0.5)  # the sea would stand above the camera
    assert at_tide(low, MORNING, site) == (low, ())
    assert SeaTide(1.0, 0.2, "t") == site.tides.at(MORNING)
