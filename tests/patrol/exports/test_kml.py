"""KML: what a viewer needs, in the schema's order, and no markup of a stranger's."""

from dataclasses import replace
from html import unescape
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.lonlat import LonLat, distance_m
from patrol.exports.kml import incidents_kml
from patrol.exports.plain_text import plain_text
from patrol.place_error import ERRORS_OF_95_PERCENT
from patrol.verdict import Priority

NS = {"k": "http://www.opengis.net/kml/2.2"}


def read(data: bytes) -> ElementTree.Element:
    return ElementTree.fromstring(data)  # noqa: S314  our own file


def children(element: ElementTree.Element) -> list[str]:
    return [child.tag.removeprefix("{http://www.opengis.net/kml/2.2}") for child in element]


def test_a_known_incident(boat, site) -> None:
    root = read(incidents_kml([boat], site))
    assert root.tag == "{http://www.opengis.net/kml/2.2}kml"
    assert root.findtext("k:Document/k:name", namespaces=NS) == "เกาะลิบง · Koh Libong"
    (placemark,) = root.findall("k:Document/k:Placemark", NS)
    assert children(placemark) == [
        "name", "description", "TimeStamp", "styleUrl", "ExtendedData", "MultiGeometry",
    ]  # fmt: skip
    assert placemark.findtext("k:name", namespaces=NS) == "เรือ · Boat"
    assert placemark.findtext("k:TimeStamp/k:when", namespaces=NS) == "2026-03-01T05:00:00Z"
    assert placemark.findtext("k:description", namespaces=NS) == (
        "เรืออยู่ในเขตงดเข้า · Boat in a closed zone<br>แหลมจุโหย · Laem Chu Hoi flat<br>"
        "เรืออยู่ที่ขอบ<br>Boat at the edge<br>ใหม่ · New<br>a source"
    )
    data = {
        item.get("name"): item.findtext("k:value", namespaces=NS)
        for item in placemark.findall("k:ExtendedData/k:Data", NS)
    }
    assert data["id"] == "0123456789abcdef"
    assert (data["state"], data["certainty"], data["score"]) == ("new", "boundary", "0.9000")
    point = placemark.findtext("k:MultiGeometry/k:Point/k:coordinates", namespaces=NS)
    assert point == "99.4560000,7.2560000"


def test_the_circle_holds_the_position_with_95_percent(boat, site) -> None:
    root = read(incidents_kml([boat], site))
    ring = root.findtext(".//k:LinearRing/k:coordinates", namespaces=NS).split()
    corners = [LonLat(*map(float, corner.split(","))) for corner in ring]
    assert corners[0] == corners[-1]
    for corner in corners:
        expected_m = ERRORS_OF_95_PERCENT * 4.0
        assert distance_m(boat.position, corner) == pytest.approx(expected_m, rel=0.01)


@pytest.mark.parametrize("priority", Priority)
def test_every_priority_has_its_style(boat, site, priority) -> None:
    root = read(incidents_kml([replace(boat, priority=priority)], site))
    url = root.findtext(".//k:Placemark/k:styleUrl", namespaces=NS)
    (style,) = [s for s in root.findall("k:Document/k:Style", NS) if f"#{s.get('id')}" == url]
    assert children(style) == ["IconStyle", "LineStyle", "PolyStyle"]
    colours = {"high": "38108a", "normal": "0057c2", "low": "7d775a"}
    colour = style.findtext("k:IconStyle/k:color", namespaces=NS)
    assert colour == f"ff{colours[priority.value]}"


@given(st.data())
def test_hostile_texts_stay_text_in_xml_and_in_the_balloon(boat, site, hostile_texts, data) -> None:
    text = data.draw(hostile_texts)
    written = incidents_kml([replace(boat, reason_en=text, citation="")], site)
    (placemark,) = read(written).findall("k:Document/k:Placemark", NS)
    (reason,) = [
        item.findtext("k:value", namespaces=NS)
        for item in placemark.findall("k:ExtendedData/k:Data", NS)
        if item.get("name") == "reason_en"
    ]
    assert reason == plain_text(text)
    balloon = placemark.findtext("k:description", namespaces=NS)
    assert balloon.count("<") == balloon.count("<br>")
    if text.strip():
        assert plain_text(text) in unescape(balloon.replace("<br>", "\n"))
