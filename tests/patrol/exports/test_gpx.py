"""GPX: exact for a known incident, and whole whatever a text holds."""

from dataclasses import replace
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patrol.exports.gpx import incidents_gpx
from patrol.exports.plain_text import plain_text
from patrol.verdict import Priority

NS = {"g": "http://www.topografix.com/GPX/1/1"}


def read(data: bytes) -> ElementTree.Element:
    return ElementTree.fromstring(data)  # noqa: S314  our own file


def test_a_known_incident(boat) -> None:
    assert incidents_gpx([boat]).decode() == (
        "<?xml version='1.0' encoding='utf-8'?>\n"
        '<gpx version="1.1" creator="Libong Watch" xmlns="http://www.topografix.com/GPX/1/1">\n'
        ' <wpt lat="7.2560000" lon="99.4560000">\n'
        "  <time>2026-03-01T05:00:00Z</time>\n"
        "  <name>Boat 012345</name>\n"
        "  <desc>เรืออยู่ที่ขอบ\nBoat at the edge\n± 7 m (95 %)\na source</desc>\n"
        "  <src>Libong Watch, incident 0123456789abcdef</src>\n"
        "  <sym>Flag, Red</sym>\n"
        "  <type>boat_in_closed_zone</type>\n"
        " </wpt>\n"
        "</gpx>\n"
    )


def test_none_is_a_file_too() -> None:
    root = read(incidents_gpx([]))
    assert root.tag == "{http://www.topografix.com/GPX/1/1}gpx"
    assert list(root) == []


@pytest.mark.parametrize(
    ("priority", "symbol"),
    [
        (Priority.HIGH, "Flag, Red"),
        (Priority.NORMAL, "Flag, Blue"),
        (Priority.LOW, "Flag, Green"),
    ],
)
def test_symbols_follow_the_priority(boat, priority, symbol) -> None:
    root = read(incidents_gpx([replace(boat, priority=priority)]))
    assert root.findtext("g:wpt/g:sym", namespaces=NS) == symbol


@given(st.data())
def test_hostile_texts_come_back_as_text(boat, hostile_texts, data) -> None:
    text = data.draw(hostile_texts)
    root = read(incidents_gpx([replace(boat, reason_th="t", reason_en=text, citation="c")]))
    told = plain_text(text) + "\n" if text.strip() else ""
    assert root.findtext("g:wpt/g:desc", namespaces=NS) == f"t\n{told}± 7 m (95 %)\nc"
