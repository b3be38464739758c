"""The archive for science: whole, coarse, and of confirmed dugongs alone."""

import csv
import io
import zipfile
from dataclasses import replace
from datetime import timedelta
from math import floor
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from detection.types import ObjectClass
from ingest.lonlat import LonLat
from patrol.exports.darwin_core import Cell, write_darwin_core
from patrol.incident import State


@pytest.fixture(scope="module")
def dugong(make_incident):
    return replace(
        make_incident(object_class=ObjectClass.DUGONG),
        state=State.CONFIRMED,
        position=LonLat(99.456123, 7.256789),
    )


def rows(incidents, site, cell=Cell.TENTH) -> list[dict[str, str]]:
    file = io.BytesIO()
    count = write_darwin_core(file, incidents, site, cell)
    with zipfile.ZipFile(file) as archive:
        text = archive.read("occurrence.csv").decode()
    found = list(csv.DictReader(io.StringIO(text)))
    assert len(found) == count
    return found


def test_a_known_animal(dugong, site) -> None:
    (row,) = rows([dugong], site)
    assert row["scientificName"] == "Dugong dugon (Müller, 1776)"
    assert (row["decimalLatitude"], row["decimalLongitude"]) == ("7.25", "99.45")
    assert row["eventDate"] == "2026-03-01"
    assert row["dataGeneralizations"] == "place given as the centre of its cell of 0.1 degrees"
    assert row["informationWithheld"]


@pytest.mark.parametrize("cell", Cell)
@given(lon=st.floats(-179, 179), lat=st.floats(-70, 70))
def test_the_animal_is_within_the_uncertainty_and_its_place_is_not_told(
    dugong, site, cell, lon, lat
) -> None:
    (row,) = rows([replace(dugong, position=LonLat(lon, lat))], site, cell)
    told = float(row["decimalLongitude"]), float(row["decimalLatitude"])
    distance_m = Geod(ellps="WGS84").inv(lon, lat, *told)[2]
    assert distance_m <= float(row["coordinateUncertaintyInMeters"]) * 1.01
    neighbour = LonLat(
        (floor(lon / cell.value) + 0.25) * cell.value, (floor(lat / cell.value) + 0.75) * cell.value
    )
    assert rows([replace(dugong, position=neighbour)], site, cell) == [row]


def test_the_time_of_day_is_left_out(dugong, site) -> None:
    later = replace(dugong, occurred_at_utc=dugong.occurred_at_utc + timedelta(hours=3))
    assert rows([later], site) == rows([dugong], site)


@pytest.mark.parametrize("state", State)
def test_only_what_an_officer_confirmed_is_told(dugong, site, state) -> None:
    told = len(rows([replace(dugong, state=state)], site))
    assert told == (state in (State.CONFIRMED, State.RESPONDING, State.RESOLVED))


def test_each_animal_is_told_once_and_nothing_but_animals(dugong, site) -> None:
    same = replace(dugong, incident_id="f" * 16)
    joined = replace(dugong, incident_id="e" * 16, sighting_id="other", joined_to="f" * 16)
    boat = replace(dugong, sighting_id="boat", object_class=ObjectClass.BOAT)
    assert len(rows([dugong, same, joined, boat], site)) == 1
    assert rows([boat], site) == []


def test_the_archive_says_what_its_columns_mean(dugong, site) -> None:
    file = io.BytesIO()
    write_darwin_core(file, [dugong], site, Cell.TENTH)
    with zipfile.ZipFile(file) as archive:
        assert archive.testzip() is None
        meta = ElementTree.fromstring(archive.read("meta.xml"))  # noqa: S314  written above
        header = archive.read("occurrence.csv").decode().splitlines()[0].split(",")
    space = "{http://rs.tdwg.org/dwc/text/}"
    fields = meta.findall(f"{space}core/{space}field")
    assert [field.get("term").rpartition("/")[2] for field in fields] == header
    assert meta.find(f"{space}core/{space}files/{space}location").text == "occurrence.csv"
