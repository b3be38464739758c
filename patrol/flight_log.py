"""What the store is given of one flight, and what it says of it later."""

from dataclasses import dataclass
from datetime import datetime

from detection.types import Detection, Sighting
from ingest.frame import Flight, RefusedFile
from ingest.lonlat import LonLat
from patrol.coverage import ZoneSurvey
from patrol.effort import DayEffort
from patrol.field_flight import FieldSource
from patrol.incident import Incident


@dataclass(frozen=True)
class FlightLog:
    """All that came of one flight, to be logged at once.

    `detections` holds every box, those of the sightings among them. `efforts` are what it looked
    at, day by day. `record` is the document of all that was read and found, from which the flight
    can be logged elsewhere too; `field_source` is set for one that came so.
    """

    flight: Flight
    sightings: tuple[Sighting, ...]
    detections: tuple[Detection, ...]
    incidents: tuple[Incident, ...]
    surveyed: tuple[ZoneSurvey, ...]
    model_sha256: str
    site_id: str
    received_at_utc: datetime
    efforts: tuple[DayEffort, ...] = ()
    record: bytes = b""
    field_source: FieldSource | None = None


@dataclass(frozen=True)
class FlightSummary:
    """A logged flight: `frames`, `detections` and `sightings` are counts."""

    flight_id: str
    site_id: str
    received_at_utc: datetime
    first_taken_utc: datetime | None
    last_taken_utc: datetime | None
    frames: int
    refused: tuple[RefusedFile, ...]
    detections: int
    sightings: int
    model_sha256: str


@dataclass(frozen=True)
class FlightPage:
    """A piece of the list of `total` flights."""

    flights: tuple[FlightSummary, ...]
    total: int


@dataclass(frozen=True)
class LoggedFrame:
    """A frame as logged: where its original is in the media store, and where it was taken."""

    sha256: str
    file_name: str
    taken_at_utc: datetime
    width_px: int
    height_px: int
    position: LonLat
    height_above_sea_m: float
    error_m: float | None
