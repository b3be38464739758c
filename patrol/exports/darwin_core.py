"""Confirmed dugongs as a Darwin Core Archive, for science: places made coarse, and said so.

A place is given as the centre of a cell of whole degrees or decimal parts of one, as Chapman (2020,
Current Best Practices for Generalizing Sensitive Species Occurrence Data, GBIF) recommends: made
coarse, never moved at random, with the loss recorded. Times of day are left out.
"""

import csv
import io
import zipfile
from collections.abc import Iterator, Sequence
from enum import Enum
from math import cos, floor, hypot, radians
from typing import IO
from xml.etree.ElementTree import Element, SubElement

from detection.types import ObjectClass
from patrol.exports.plain_text import plain_text
from patrol.exports.xml_file import child_text, xml_bytes
from patrol.incident import Incident, State
from patrol.site import Site

_CONFIRMED = frozenset({State.CONFIRMED, State.RESPONDING, State.RESOLVED})
_TERMS = "http://rs.tdwg.org/dwc/terms/"
_TEXT = "http://rs.tdwg.org/dwc/text/"
_M_PER_DEGREE = 111_320.0  # of latitude, and of longitude at the equator

_COLUMNS = (
    "occurrenceID",
    "basisOfRecord",
    "scientificName",
    "scientificNameAuthorship",
    "kingdom",
    "class",
    "order",
    "family",
    "vernacularName",
    "taxonRank",
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


class Cell(Enum):
    """How coarse places are made: the side of a cell in degrees (Chapman's categories)."""

    ONE = 1.0
    TENTH = 0.1
    HUNDREDTH = 0.01
    THOUSANDTH = 0.001


def write_darwin_core(
    file: IO[bytes], incidents: Sequence[Incident], site: Site, cell: Cell
) -> int:
    """Write the archive of the confirmed dugongs among `incidents`; return how many there are.

    An animal that raised several incidents of one flight, or that officers joined to another, is
    one occurrence.
    """
    rows = [_row(incident, site, cell) for incident in _animals(incidents)]
    table = io.StringIO()
    writer = csv.writer(table)
    writer.writerow(_COLUMNS)
    writer.writerows(rows)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("occurrence.csv", table.getvalue())
        archive.writestr("meta.xml", _meta())
    return len(rows)


def _animals(incidents: Sequence[Incident]) -> Iterator[Incident]:
    told = set()
    for incident in sorted(incidents, key=lambda it: (it.occurred_at_utc, it.incident_id)):
        animal = incident.flight_id, incident.sighting_id
        if (
            incident.object_class is ObjectClass.DUGONG
            and incident.state in _CONFIRMED
            and incident.joined_to is None
            and animal not in told
        ):
            told.add(animal)
            yield incident


def _row(incident: Incident, site: Site, cell: Cell) -> tuple[object, ...]:
    side = cell.value
    lon, lat = (round((floor(v / side) + 0.5) * side, 6) for v in incident.position)
    half_diagonal_m = hypot(1, cos(radians(lat))) * side / 2 * _M_PER_DEGREE
    day = incident.occurred_at_utc.astimezone(site.reference.timezone).date()
    return (
        f"urn:libong-watch:{site.site_id}:{incident.incident_id}",
        "MachineObservation",
        "Dugong dugon (Müller, 1776)",
        "(Müller, 1776)",
        "Animalia",
        "Mammalia",
        "Sirenia",
        "Dugongidae",
        "พะยูน",
        "species",
        "present",
        1,
        day.isoformat(),
        plain_text(site.name_en),
        lat,
        lon,
        "EPSG:4326",
        round(half_diagonal_m + incident.error_m),
        f"place given as the centre of its cell of {side:g} degrees",
        "exact place and time of day: the species is hunted and disturbed",
        "drone survey; detector's finding confirmed by an officer",
        "verified",
    )


def _meta() -> bytes:
    archive = Element("archive", {"xmlns": _TEXT})
    core = SubElement(
        archive,
        "core",
        {
            "encoding": "UTF-8",
            "fieldsTerminatedBy": ",",
            "linesTerminatedBy": "\\r\\n",
            "fieldsEnclosedBy": '"',
            "ignoreHeaderLines": "1",
            "rowType": f"{_TERMS}Occurrence",
        },
    )
    child_text(SubElement(core, "files"), "location", "occurrence.csv")
    SubElement(core, "id", {"index": "0"})
    for index, column in enumerate(_COLUMNS):
        SubElement(core, "field", {"index": str(index), "term": f"{_TERMS}{column}"})
    return xml_bytes(archive)
