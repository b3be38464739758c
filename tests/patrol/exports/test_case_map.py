"""The map: drawn to scale, whole by itself, wherever the incident is."""

import re
from dataclasses import replace
from xml.etree import ElementTree

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from ingest.lonlat import LonLat
from patrol.exports.case_map import case_map
from patrol.place_error import ERRORS_OF_95_PERCENT

NS = {"s": "http://www.w3.org/2000/svg"}


def read(data: bytes) -> ElementTree.Element:
    return ElementTree.fromstring(data)  # noqa: S314  our own file


def words(element: ElementTree.Element) -> list[str]:
    return [text.text for text in element.iterfind(".//s:text", NS)]


def test_it_names_the_place_the_zone_and_the_credit(boat, site) -> None:
    told = words(read(case_map(boat, site)))
    assert "7.256000° N 99.456000° E ± 7 m (95 %)" in told
    assert {"แหลมจุโหย", "Laem Chu Hoi flat"} <= set(told)
    assert f"{site.coast_credit_th} · {site.coast_credit_en}" in told


def metres_per_px(panel: ElementTree.Element) -> float:
    """From the scale bar: its length in the words, and in the path drawn."""
    (length_m,) = [float(t[:-2]) for t in words(panel) if re.fullmatch(r"\d+ m", t)]
    (bar,) = [
        m.group(1)
        for path in panel.iterfind("s:path", NS)
        if (m := re.fullmatch(r"M\S+ \S+v6h(\S+)v-6", path.get("d")))
    ]
    return length_m / float(bar)


@pytest.mark.parametrize("error_m", [0.5, 4.0, 40.0])
def test_both_circles_are_to_scale(boat, site, error_m) -> None:
    panels = read(case_map(replace(boat, error_m=error_m), site)).findall("s:svg", NS)
    assert len(panels) == 2
    for panel in panels:
        radius_px = float(panel.find("s:circle", NS).get("r"))
        expected_m = ERRORS_OF_95_PERCENT * error_m
        assert radius_px == pytest.approx(expected_m / metres_per_px(panel), abs=0.1)
    assert metres_per_px(panels[1]) < metres_per_px(panels[0])


def test_the_zone_reaches_neither_past_the_overview_nor_is_it_tiny(boat, site) -> None:
    overview = read(case_map(boat, site)).find("s:svg", NS)
    (judged,) = [p for p in overview.iterfind("s:path", NS) if p.get("stroke-width") == "2.5"]
    corners = [float(value) for value in re.findall(r"-?[\d.]+", judged.get("d"))]
    assert min(corners) >= 0
    assert max(corners) <= 560
    assert max(corners) - min(corners) > 280


@given(st.floats(-179, 179), st.floats(-75, 75), st.sampled_from([None, "old", "laem_chu_hoi"]))
def test_it_is_whole_wherever_the_incident_is(boat, site, lon, lat, zone_id) -> None:
    place = replace(boat, position=LonLat(lon, lat), zone_id=zone_id)
    root = read(case_map(place, site))
    told = next(text for text in words(root) if "95 %" in text)
    assert ("S" in told, "W" in told) == (lat < 0, lon < 0)
    assert not {name for e in root.iter() for name in e.attrib} & {"href", "style", "class"}
    assert b"url(" not in case_map(place, site)


def test_an_incident_on_the_line_between_two_zones_is_drawn(boat, site) -> None:
    # Shares of an outline, not only of areas, come out of such cuts.
    halves = (shapely.box(99.40, 7.20, 99.456, 7.30), shapely.box(99.456, 7.20, 99.50, 7.30))
    zones = tuple(
        replace(zone, area=half, zone_id=name)
        for zone, half, name in zip(site.zones, halves, ("west", "east"), strict=False)
    )
    root = read(case_map(replace(boat, zone_id="west"), replace(site, zones=zones)))
    assert len([t for t in words(root) if t == zones[0].name_th]) == 1
    assert len([t for t in words(root) if t == zones[1].name_th]) == 1
