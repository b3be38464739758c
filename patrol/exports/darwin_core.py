"""Confirmed dugongs as a Darwin Core Archive, for science: places made coarse, and said so.

A place is given as the centre of a cell of whole degrees or decimal parts of one, as Chapman (2020,
Current Best Practices for Generalizing Sensitive Species Occurrence Data, GBIF) recommends: made
coarse, never moved at random, with the loss recorded. Times of day are left out.
"""

import csv
import io
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date
from math import cos, floor, hypot, radians
from typing import IO
from xml.etree.ElementTree import Element, SubElement

from detection.types import ObjectClass
from patrol.exports.plain_text import plain_text
from patrol.exports.sharing_policy import DateDetail, SharingPolicy
from patrol.exports.xml_file import child_text, xml_bytes
from patrol.incident import Incident
from patrol.incident_state import VOUCHED_FOR
from patrol.site import Site

_TERMS = "http://rs.tdwg.org/dwc/terms/"
_TEXT = "http://rs.tdwg.org/dwc/text/"
_DUBLIN_CORE = "http://purl.org/dc/terms/"
_EML = "eml://ecoinformatics.org/eml-2.1.1"
_M_PER_DEGREE = 111_320.0  # of latitude, and of longitude at the equator

_COLUMNS = (
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
    "license",
)
_OF_DUBLIN_CORE = frozenset({"license"})


def write_darwin_core(
    file: IO[bytes],
    incidents: Sequence[Incident],
    site: Site,
    policy: SharingPolicy,
    today: date,
) -> int:
    """Write the archive of the confirmed dugongs among `incidents`; return how many there are.

    An animal that raised several incidents of one flight, or that officers joined to another, is
    one occurrence. `today` is a local day: younger sightings than the policy tells are left out.
    Rows are in the order of what they tell, not of the hours that they do not.
    """
    rows = sorted(
        _row(incident, site, policy)
        for incident in _animals(incidents)
        if policy.tells(_day(incident, site), today)
    )
    table = io.StringIO()
    writer = csv.writer(table)
    writer.writerow(_COLUMNS)
    writer.writerows(rows)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("occurrence.csv", table.getvalue())
        archive.writestr("meta.xml", _meta())
        archive.writestr("eml.xml", _metadata(rows, site, policy, today))
    return len(rows)


def _animals(incidents: Sequence[Incident]) -> Iterator[Incident]:
    told = set()
    for incident in sorted(incidents, key=lambda it: (it.occurred_at_utc, it.incident_id)):
        animal = incident.flight_id, incident.sighting_id
        if (
            incident.object_class is ObjectClass.DUGONG
            and incident.state in VOUCHED_FOR
            and incident.joined_to is None
            and animal not in told
        ):
            told.add(animal)
            yield incident


def _day(incident: Incident, site: Site) -> date:
    return incident.occurred_at_utc.astimezone(site.reference.timezone).date()


def _row(incident: Incident, site: Site, policy: SharingPolicy) -> tuple[str, ...]:
    side = policy.cell.value
    lon, lat = (round((floor(v / side) + 0.5) * side, 6) for v in incident.position)
    half_diagonal_m = hypot(1, cos(radians(lat))) * side / 2 * _M_PER_DEGREE
    told = {
        "occurrenceID": f"urn:libong-watch:{site.site_id}:{incident.incident_id}",
        "basisOfRecord": "MachineObservation",
        "scientificName": "Dugong dugon (Müller, 1776)",
        "scientificNameAuthorship": "(Müller, 1776)",
        "kingdom": "Animalia",
        "phylum": "Chordata",
        "class": "Mammalia",
        "order": "Sirenia",
        "family": "Dugongidae",
        "genus": "Dugong",
        "specificEpithet": "dugon",
        "taxonRank": "species",
        "vernacularName": "พะยูน",
        "occurrenceStatus": "present",
        "individualCount": "1",
        "eventDate": policy.dates.told(_day(incident, site)),
        "locality": plain_text(site.name_en),
        "decimalLatitude": _degrees(lat),
        "decimalLongitude": _degrees(lon),
        "geodeticDatum": "EPSG:4326",
        "coordinateUncertaintyInMeters": str(round(half_diagonal_m + incident.error_m)),
        "dataGeneralizations": policy.generalisations,
        "informationWithheld": policy.withheld,
        "samplingProtocol": "drone survey; detector's finding confirmed by an officer",
        "identificationVerificationStatus": "verified",
        "license": policy.licence,
    }
    return tuple(told[column] for column in _COLUMNS)


def _degrees(value: float) -> str:
    return f"{value:.6f}".rstrip("0").rstrip(".")


def _meta() -> bytes:
    archive = Element("archive", {"xmlns": _TEXT, "metadata": "eml.xml"})
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
        space = _DUBLIN_CORE if column in _OF_DUBLIN_CORE else _TERMS
        SubElement(core, "field", {"index": str(index), "term": f"{space}{column}"})
    return xml_bytes(archive)


def _metadata(
    rows: Sequence[tuple[str, ...]], site: Site, policy: SharingPolicy, today: date
) -> bytes:
    """Return what the archive is, in the Ecological Metadata Language that GBIF reads."""
    root = Element(
        "eml:eml",
        {
            "xmlns:eml": _EML,
            "packageId": f"urn:libong-watch:{site.site_id}:{today.isoformat()}",
            "system": "libong-watch",
            "scope": "system",
            "xml:lang": "en",
        },
    )
    dataset = SubElement(root, "dataset")
    name = plain_text(site.name_en)
    child_text(dataset, "title", f"Dugongs confirmed in drone surveys of {name}")
    _party(dataset, "creator", site, policy)
    _party(dataset, "metadataProvider", site, policy)
    child_text(dataset, "pubDate", today.isoformat())
    child_text(dataset, "language", "en")
    recipient = f" Made for {policy.recipient}." if policy.recipient else ""
    child_text(
        SubElement(dataset, "abstract"),
        "para",
        plain_text(
            f"{len(rows)} sightings.{recipient} Generalised: {policy.generalisations}. Withheld: "
            f"{policy.withheld}."
        ),
    )
    if policy.licence:
        rights = SubElement(dataset, "intellectualRights")
        child_text(rights, "para", plain_text(policy.licence))
    if rows:
        _coverage(SubElement(dataset, "coverage"), rows, name, policy)
    _party(dataset, "contact", site, policy)
    return xml_bytes(root)


def _party(dataset: Element, role: str, site: Site, policy: SharingPolicy) -> None:
    party = SubElement(dataset, role)
    child_text(party, "organizationName", plain_text(policy.contact or f"{site.name_en} site"))


def _coverage(
    coverage: Element, rows: Sequence[tuple[str, ...]], name: str, policy: SharingPolicy
) -> None:
    """Write where and when: of the cells and dates that are told, and nothing finer."""
    half = policy.cell.value / 2
    told = [dict(zip(_COLUMNS, row, strict=True)) for row in rows]
    lons, lats = (
        [float(row[column]) for row in told] for column in ("decimalLongitude", "decimalLatitude")
    )
    place = SubElement(coverage, "geographicCoverage")
    child_text(place, "geographicDescription", name)
    box = SubElement(place, "boundingCoordinates")
    for edge, value in (
        ("west", min(lons) - half),
        ("east", max(lons) + half),
        ("north", max(lats) + half),
        ("south", min(lats) - half),
    ):
        child_text(box, f"{edge}BoundingCoordinate", _degrees(value))
    span = SubElement(SubElement(coverage, "temporalCoverage"), "rangeOfDates")
    dates = [row["eventDate"] for row in told]
    for edge, when in (("beginDate", min(dates)), ("endDate", max(dates))):
        # EML knows days and years; a month is told by its year
        day = when if policy.dates is DateDetail.DAY else when[:4]
        child_text(SubElement(span, edge), "calendarDate", day)
