"""The report of a simulated month gives back what was put in, the same on page, PDF and CSV."""

import csv
import importlib.util
import io
import re
import sys
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pypdfium2
import pytest
import shapely

from api.language import Language, Reader
from api.report.page import report_page
from api.report.pdf import report_pdf
from api.report.spreadsheet import report_csv
from api.report.text import report_text
from ingest.equal_area import EqualAreaPlane
from ingest.lonlat import LonLat
from patrol.report.costs import CostFigure, PatrolCosts
from patrol.report.figures import Looked, month_figures
from patrol.report.month import Month
from patrol.report.reading import read_report
from patrol.report.response import Moment
from patrol.site import shipped_site
from patrol.store import Store
from patrol.zones import sea_of

_spec = importlib.util.spec_from_file_location(
    "simulated_month", Path(__file__).with_name("simulated_month.py")
)
_simulated = importlib.util.module_from_spec(_spec)
sys.modules["simulated_month"] = _simulated
_spec.loader.exec_module(_simulated)
TRUTH, simulate_month = _simulated.TRUTH, _simulated.simulate_month
simulated_site = _simulated.simulated_site

pytestmark = pytest.mark.deep  # thirty flights are logged

MONTH = Month(2026, 11)
TODAY = date(2026, 12, 2)
MADE = datetime(2026, 12, 2, 2, 0, tzinfo=UTC)
COSTS = PatrolCosts(
    CostFigure(612.0, "a ledger"), CostFigure(1507.0, "another"), CostFigure(0.7, "a third")
)


@pytest.fixture(scope="module")
def flown(tmp_path_factory):
    """A month flown, its figures, and what is true of it."""
    store = Store(f"sqlite:///{tmp_path_factory.mktemp('month')}/libong.sqlite3")
    store.migrate()
    site = replace(simulated_site(shipped_site()), costs=COSTS)
    truth = simulate_month(store, site, MONTH, seed=11)
    figures = month_figures(store.reports.facts(site, MONTH, TODAY), site, TODAY)
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


class _Text(HTMLParser):
    """The words of a page, each element's apart."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.parts: list[str] = []
        self._hidden = False
        self.feed(page)

    def handle_starttag(self, tag, _attributes):
        self._hidden = tag == "style"

    def handle_data(self, data):
        if not self._hidden and data.strip():
            self.parts.append(data.strip())


@pytest.fixture(scope="module")
def told(flown):
    """The report in each language: what is to be written, the page, the PDF's text; and the CSV."""
    store, *_ = flown
    site = replace(simulated_site(shipped_site()), costs=COSTS)
    found = read_report(store.reports, site, MONTH, TODAY)
    by_language = {}
    for language in Language:
        reader = Reader(language, site.reference.timezone)
        text = report_text(found, reader.pick(site.name_th, site.name_en), 0.25, reader)
        with closing(pypdfium2.PdfDocument(report_pdf(text, MADE))) as pdf:
            pages = [page.get_textpage().get_text_bounded() for page in pdf]
        by_language[language] = (
            text,
            _Text(report_page(text, language).decode()).parts,
            "\n".join(pages),
        )
    rows = csv.DictReader(io.StringIO(report_csv(found.months).decode("utf-8-sig")))
    table = {(row["zone"], row["measure"]): row for row in rows if row["month"] == str(MONTH)}
    return by_language, table


def numbers(text: str) -> list[str]:
    return re.findall(r"\d[\d,]*(?:\.\d+)?", text)


@pytest.mark.parametrize("language", Language)
def test_page_and_pdf_tell_every_cell(told, language) -> None:
    text, page, pdf = told[0][language]
    squeezed = re.sub(r"\s+", "", pdf)
    cells = [
        cell for part in text.sections if part.table for row in part.table.rows for cell in row
    ]
    captions = [area.caption for part in text.sections for area in part.maps]
    bars = [bar.text for part in text.sections if part.chart for bar in part.chart.bars]
    assert len(cells) > 150
    for cell in (*cells, *captions, *bars):
        assert cell in page
        if numbers(cell):
            # the order of Thai signs in a PDF is not that of the text; that of digits is
            for number in numbers(cell):
                assert number in squeezed, cell


def test_thai_and_english_tell_the_same_numbers(told) -> None:
    thai, english = (told[0][language] for language in (Language.THAI, Language.ENGLISH))
    for in_thai, in_english in zip(thai[0].sections, english[0].sections, strict=True):
        if in_thai.table is None:
            continue
        for row, other in zip(in_thai.table.rows, in_english.table.rows, strict=True):
            assert list(map(numbers, row[1:])) == list(map(numbers, other[1:]))


def test_the_spreadsheet_tells_the_same_numbers(told) -> None:
    by_language, table = told
    text, *_ = by_language[Language.ENGLISH]
    sections = {part.title: part for part in text.sections}
    in_short = dict(sections["In short"].table.rows)

    def value(measure, zone="", column="value"):
        return float(table[zone, measure][column])

    for name, measure in (
        ("Flights", "flights"),
        ("Kilometres flown", "flown"),
        ("Sea seen, km²", "sea_seen"),
        ("Sea looked at, km²", "sea_usable"),
        ("Different sea looked at, km²", "sea_distinct"),
        ("Weighed by picture quality, km²", "sea_effective"),
        ("Dugong sightings", "dugong_sightings"),
        ("Boats and gear to act on", "violations"),
    ):
        shown = in_short[name]
        digits = len(shown.partition(".")[2])
        assert f"{value(measure):.{digits}f}" == shown, name
    assert in_short["Hours in the air"] == f"{value('time_in_air') / 60:.1f}"
    zones = {zone.name_en: zone.zone_id for zone in shipped_site().zones}
    for row in sections["Dugongs"].table.rows:
        zone = zones[row[0]]
        assert row[2] == f"{value('dugong_sightings', zone):.0f}"
        assert row[4] == f"{value('days_raised', zone):.0f}"
        if row[3] == "–":
            assert table[zone, "dugong_sightings_rate"]["value"] == ""
        else:
            rates = [
                value("dugong_sightings_rate", zone, c) for c in ("value", "low_95", "high_95")
            ]
            low, high = (f"{rate:.2f}" for rate in rates[1:])
            assert row[3] == f"{rates[0]:.2f} ({low}–{high})"
    for row in sections["Boats in go-slow zones"].table.rows:
        zone = zones.get(row[0], "")
        paces = [value(f"boats_{pace}", zone) for pace in ("slow", "fast", "still", "cannot_tell")]
        assert row[1:6] == tuple(f"{count:.0f}" for count in (sum(paces), *paces))
    costs = dict(sections["Cost"].table.rows)
    for name, measure in (
        ("Drone patrols, baht", "drone_cost"),
        ("Boat search of the same sea, baht", "boat_cost"),
        ("Baht saved", "baht_saved"),
        ("Baht per km² looked at", "drone_cost_per_km2"),
    ):
        assert costs[name] == f"{value(measure):,.0f}"
    assert value("baht_saved") == pytest.approx(value("boat_cost") - value("drone_cost"), abs=1e-3)
    assert "612 (a ledger)" in sections["Cost"].note


@pytest.mark.parametrize("language", Language)
def test_every_chart_has_a_scale_with_its_unit(told, language) -> None:
    text, page, _ = told[0][language]
    charts = [part.chart for part in text.sections if part.chart]
    assert len(charts) >= 4
    for chart in charts:
        assert chart.unit in page
        assert len(chart.ticks) >= 2
        assert chart.ticks[0].at == 0
        assert all(0 <= tick.at <= 1 for tick in chart.ticks)
        # a bar stands where the scale says
        for bar in chart.bars:
            if bar.value is not None and 0 < bar.value < 1:
                last = chart.ticks[-1]
                by_scale = bar.value / last.at * float(last.text)
                assert by_scale == pytest.approx(
                    float(numbers(bar.text)[0]), abs=0.06 + by_scale / 20
                )
