"""The formats that hold incidents in one file: which there are, and incidents written in each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from io import BytesIO

from patrol.exports.darwin_core import write_darwin_core
from patrol.exports.earthranger import incidents_earthranger
from patrol.exports.geojson import incidents_geojson
from patrol.exports.gpx import incidents_gpx
from patrol.exports.kml import incidents_kml
from patrol.exports.sharing_policy import SharingPolicy
from patrol.exports.smart import OWN_MODEL, SmartModel, incidents_smart
from patrol.exports.spreadsheet import incidents_csv
from patrol.incident import Incident
from patrol.site import Site


class FileFormat(StrEnum):
    """For GIS, spreadsheets, Google Earth, plotters, EarthRanger, SMART, science."""

    GEOJSON = "geojson"
    CSV = "csv"
    KML = "kml"
    GPX = "gpx"
    EARTHRANGER = "earthranger"
    SMART = "smart"
    DARWIN_CORE = "darwin-core"


@dataclass(frozen=True)
class FileKind:
    """How a file of a format is named and sent."""

    suffix: str
    media_type: str


KINDS: Mapping[FileFormat, FileKind] = {
    FileFormat.GEOJSON: FileKind(".geojson", "application/geo+json"),
    FileFormat.CSV: FileKind(".csv", "text/csv; charset=utf-8"),
    FileFormat.KML: FileKind(".kml", "application/vnd.google-earth.kml+xml"),
    FileFormat.GPX: FileKind(".gpx", "application/gpx+xml"),
    FileFormat.EARTHRANGER: FileKind(".earthranger.json", "application/json"),
    FileFormat.SMART: FileKind(".smart.json", "application/json"),
    FileFormat.DARWIN_CORE: FileKind(".dwca.zip", "application/zip"),
}


@dataclass(frozen=True)
class IncidentsFile:
    """A file's bytes, and how many incidents (of Darwin Core, animals) it holds."""

    content: bytes
    incidents: int


def incidents_file(
    file_format: FileFormat,
    incidents: Sequence[Incident],
    site: Site,
    today: date,
    *,
    policy: SharingPolicy | None = None,
    smart_model: SmartModel = OWN_MODEL,
) -> IncidentsFile:
    """Write incidents in a format.

    Of Darwin Core, `policy` says what its recipient is told, the plain one without, and `today` is
    the local day it goes by; of SMART, `smart_model` names the keys of its data model.
    """
    if file_format is FileFormat.DARWIN_CORE:
        archive = BytesIO()
        told = write_darwin_core(archive, incidents, site, policy or SharingPolicy(), today)
        return IncidentsFile(archive.getvalue(), told)
    return IncidentsFile(_written(file_format, incidents, site, smart_model), len(incidents))


def _written(
    file_format: FileFormat, incidents: Sequence[Incident], site: Site, smart_model: SmartModel
) -> bytes:
    match file_format:
        case FileFormat.CSV:
            return incidents_csv(incidents, site)
        case FileFormat.KML:
            return incidents_kml(incidents, site)
        case FileFormat.GPX:
            return incidents_gpx(incidents)
        case FileFormat.EARTHRANGER:
            return incidents_earthranger(incidents)
        case FileFormat.SMART:
            return incidents_smart(incidents, site, smart_model)
        case _:
            return incidents_geojson(incidents)
