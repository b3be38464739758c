"""The archive for science: whole, coarse, and of confirmed dugongs alone."""

import csv
import io
import zipfile
from dataclasses import replace
from datetime import date, timedelta
from math import floor
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from detection.types import ObjectClass
from ingest.lonlat import LonLat
from patrol.exports.darwin_core import write_darwin_core
from patrol.exports.sharing_policy import (
    Cell,
    DateDetail,
    SharingPolicy,
    SharingPolicyError,
    read_sharing_policy,
)
from patrol.incident import State


@pytest.fixture(scope="module")
def dugong(make_incident):
    return replace(
        make_incident(object_class=ObjectClass.DUGONG),
        state=State.CONFIRMED,
        position=LonLat(99.456123, 7.256789),
    )


TODAY = date(2026, 12, 1)


def rows(incidents, site, cell=Cell.TENTH, **policy) -> list[dict[str, str]]:
    file = io.BytesIO()
    count = write_darwin_core(file, incidents, site, SharingPolicy(cell=cell, **policy), TODAY)
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


# Terms of Darwin Core (TDWG, rs.tdwg.org/dwc/terms) and of Dublin Core that the archive may use.
DWC = (
    "occurrenceID",
    "basisOfRecord",
    "scientificName",
    "scientificNameAuthorship",
    "kingdom",
    "phylum",
    "class",
    "order",
    "family",
    "genus",
    "specificEpithet",
    "taxonRank",
    "vernacularName",
    "occurrenceStatus",
    "individualCount",
    "eventDate",
    "locality",
    "decimalLatitude",
    "decimalLongitude",
    "geodeticDatum",
    "coordinateUncertaintyInMeters",
    "dataGeneralizations",
    "informationWithheld",
    "samplingProtocol",
    "identificationVerificationStatus",
)
TERMS = {f"http://rs.tdwg.org/dwc/terms/{name}" for name in DWC} | {
    "http://purl.org/dc/terms/license"
}
SPACE = "{http://rs.tdwg.org/dwc/text/}"


def archive_of(incidents, site, policy=SharingPolicy()) -> zipfile.ZipFile:  # noqa: B008  frozen
    file = io.BytesIO()
    write_darwin_core(file, incidents, site, policy, TODAY)
    return zipfile.ZipFile(file)


def test_the_archive_says_what_its_columns_mean(dugong, site) -> None:
    with archive_of([dugong], site) as archive:
        assert archive.testzip() is None
        meta = ElementTree.fromstring(archive.read("meta.xml"))  # noqa: S314  written above
        core = meta.find(f"{SPACE}core")
        # as the Darwin Core text guide reads it: separators, quotes and lines as it says
        table = archive.read(core.find(f"{SPACE}files/{SPACE}location").text).decode(
            core.get("encoding")
        )
        assert meta.get("metadata") in archive.namelist()
    assert core.get("rowType") == "http://rs.tdwg.org/dwc/terms/Occurrence"
    assert (core.get("fieldsTerminatedBy"), core.get("fieldsEnclosedBy")) == (",", '"')
    lines = table.split(core.get("linesTerminatedBy").encode().decode("unicode_escape"))
    assert int(core.get("ignoreHeaderLines")) == 1
    header = lines[0].split(",")
    fields = core.findall(f"{SPACE}field")
    assert [int(field.get("index")) for field in fields] == list(range(len(header)))
    assert [field.get("term").rpartition("/")[2] for field in fields] == header
    assert {field.get("term") for field in fields} <= TERMS
    assert len({field.get("term") for field in fields}) == len(fields)
    assert header[int(core.find(f"{SPACE}id").get("index"))] == "occurrenceID"
    (values,) = csv.reader([lines[1]])
    assert len(values) == len(header)


def test_the_metadata_tells_what_was_made_coarse_and_nothing_finer(dugong, site) -> None:
    policy = SharingPolicy(
        recipient="A museum", cell=Cell.ONE, dates=DateDetail.MONTH, licence="CC BY-NC 4.0",
        review=date(2027, 6, 1),
    )  # fmt: skip
    with archive_of([dugong], site, policy) as archive:
        text = archive.read("eml.xml").decode()
    root = ElementTree.fromstring(text)  # noqa: S314  written above
    dataset = root.find("dataset")
    order = [child.tag for child in dataset]
    assert order == [
        "title", "creator", "metadataProvider", "pubDate", "language", "abstract",
        "intellectualRights", "coverage", "contact",
    ]  # fmt: skip
    abstract = dataset.find("abstract/para").text
    for told in ("A museum", "cell of 1 degrees", "its month", "reviewed on 2027-06-01"):
        assert told in abstract
    box = {edge.tag: edge.text for edge in dataset.find("coverage/geographicCoverage/"
                                                       "boundingCoordinates")}  # fmt: skip
    assert set(box.values()) == {"99", "100", "8", "7"}
    for finer in ("99.4", "7.25", "2026-03"):
        assert finer not in text


@pytest.mark.parametrize(
    ("dates", "told"),
    [(DateDetail.DAY, "2026-03-01"), (DateDetail.MONTH, "2026-03"), (DateDetail.YEAR, "2026")],
)
def test_dates_are_as_fine_as_the_policy_says(dugong, site, dates, told) -> None:
    (row,) = rows([dugong], site, dates=dates, review=date(2027, 6, 1))
    assert row["eventDate"] == told
    assert ("date given" in row["dataGeneralizations"]) == (dates is not DateDetail.DAY)
    assert "reviewed on 2027-06-01" in row["dataGeneralizations"]


def test_what_is_held_back_is_told_later(dugong, site) -> None:
    days = (TODAY - date(2026, 3, 1)).days
    assert len(rows([dugong], site, held_back_days=days)) == 1
    assert rows([dugong], site, held_back_days=days + 1) == []
    assert (
        f"told {days} days later"
        in rows([dugong], site, held_back_days=days)[0]["informationWithheld"]
    )


def test_rows_tell_nothing_by_their_order(dugong, site) -> None:
    early = replace(dugong, incident_id="f" * 16, sighting_id="early")
    late = replace(
        dugong, sighting_id="late", occurred_at_utc=dugong.occurred_at_utc + timedelta(hours=2)
    )
    swapped = [
        replace(early, occurred_at_utc=late.occurred_at_utc),
        replace(late, occurred_at_utc=early.occurred_at_utc),
    ]
    assert rows([early, late], site) == rows(swapped, site)


POLICY = """
recipient = "A museum"
cell_deg = 1.0
dates = "month"
held_back_days = 90
licence = "CC BY-NC 4.0"
contact = "The park"
reason = "poaching"
review = 2027-06-01
"""


def test_a_policy_is_read_from_its_file(tmp_path) -> None:
    path = tmp_path / "museum.toml"
    path.write_text(POLICY)
    assert read_sharing_policy(path) == SharingPolicy(
        "A museum", Cell.ONE, DateDetail.MONTH, 90, "CC BY-NC 4.0", "The park", "poaching",
        date(2027, 6, 1),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("cell_deg = 1.0", "cell_deg = 0.05", "cell_deg"),
        ("held_back_days = 90", "held_back_days = -1", "held_back_days"),
        ("review = 2027-06-01", "", "review"),
        ('dates = "month"', 'dates = "hour"', "dates"),
        ('reason = "poaching"', 'reason = " "', "reason"),
        ("recipient", "receiver", "recipient"),
        ("cell_deg = 1.0", "cell_deg =", "cannot be read"),
    ],
)
def test_a_policy_at_fault_is_refused_with_the_place(tmp_path, old, new, said) -> None:
    path = tmp_path / "museum.toml"
    path.write_text(POLICY.replace(old, new))
    with pytest.raises(SharingPolicyError, match=said):
        read_sharing_policy(path)
