"""CSV: exact for a known incident, and nothing in it that a spreadsheet would run."""

import csv
import io
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.lonlat import LonLat
from patrol.exports.plain_text import plain_text
from patrol.exports.spreadsheet import incidents_csv

NUMBERS = {"lon", "lat", "error_m", "score", "version"}


def read(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True))


def test_a_known_incident(boat, site) -> None:
    assert incidents_csv([boat], site) == (
        b"\xef\xbb\xbf"
        + (
            "id,occurred_at_utc,occurred_at_local,state,priority,rule,class,zone,zone_name_th,"
            "zone_name_en,lon,lat,error_m,certainty,score,reason_th,reason_en,citation,flight,"
            "version\r\n"
            "0123456789abcdef,2026-03-01T05:00:00Z,2026-03-01T12:00:00+07:00,new,high,"
            "boat_in_closed_zone,boat,laem_chu_hoi,แหลมจุโหย,Laem Chu Hoi flat,99.4560000,7.2560000,"
            "4.00,boundary,0.9000,เรืออยู่ที่ขอบ,Boat at the edge,a source,flight1,1\r\n"
        ).encode()
    )


def test_zones_that_are_none_or_gone_are_named_so(boat, site) -> None:
    outside, gone = read(
        incidents_csv([replace(boat, zone_id=None), replace(boat, zone_id="old")], site)
    )
    assert (outside["zone"], outside["zone_name_en"]) == ("", "Outside all zones")
    assert (gone["zone"], gone["zone_name_en"]) == ("old", "old")


@pytest.mark.parametrize(
    "text",
    ["=1", "+1", "-1", "@a", "\t=1", " =1", "\n=1", "\r=1", "＝1", "＋", "－", "＠", "\xa0=1"],
)
def test_formulas_get_an_apostrophe(boat, site, text) -> None:
    (row,) = read(incidents_csv([replace(boat, reason_en=text)], site))
    assert row["reason_en"] == "'" + plain_text(text)


def test_numbers_stay_numbers_in_the_west_and_south(boat, site) -> None:
    (row,) = read(incidents_csv([replace(boat, position=LonLat(-70.5, -33.25))], site))
    assert (float(row["lon"]), float(row["lat"])) == (-70.5, -33.25)


@given(st.data())
def test_hostile_texts_neither_run_nor_move_a_cell(boat, site, hostile_texts, data) -> None:
    text = data.draw(hostile_texts)
    hostile = replace(boat, reason_th=text, reason_en=text, citation=text)
    (row,) = read(incidents_csv([hostile], site))
    assert row["version"] == "1"
    for name in ("reason_th", "reason_en", "citation"):
        assert row[name] in (plain_text(text), "'" + plain_text(text))
    for name in row.keys() - NUMBERS:
        assert not row[name].lstrip().startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠"))
        assert not row[name].startswith(("\t", "\r", "\n"))
