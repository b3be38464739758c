"""Between the rows of the tables and the values the rest of the software speaks of."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from itertools import count
from pathlib import Path

from detection.types import Detection, ObjectClass, Sighting
from ingest.errors import LibongError
from ingest.frame import Flight, Note, RefusedFile
from ingest.lonlat import LonLat
from patrol.coverage import ZoneSurvey
from patrol.flight_log import FlightLog, LoggedFrame
from patrol.grounds_text import grounds_of_text, grounds_text
from patrol.incident import Incident, State, standing_of, with_standing
from patrol.incident_event import Standing
from patrol.incident_split import split_of_text, split_text
from patrol.ledger import LedgerEntry
from patrol.tables import (
    DetectionRow,
    FrameRow,
    IncidentRow,
    LedgerRow,
    RefusedFileRow,
    SightingRow,
    SurveyRow,
    UserRow,
)
from patrol.user import Role, User
from patrol.verdict import Certainty, Priority
from patrol.zones import RuleName


class FlightLogError(LibongError, ValueError):
    """A flight log that contradicts itself."""


def frame_rows(flight: Flight) -> Iterator[FrameRow]:
    """Yield a row for each frame of a flight."""
    for ordinal, frame in enumerate(flight.frames):
        yield FrameRow(
            flight_id=flight.flight_id,
            ordinal=ordinal,
            sha256=frame.sha256,
            file_name=frame.path.name,
            taken_at_utc=frame.taken_at_utc,
            width_px=frame.width_px,
            height_px=frame.height_px,
            lon=frame.pose.position.lon,
            lat=frame.pose.position.lat,
            height_above_sea_m=frame.pose.height_above_sea_m,
            error_m=frame.error_m,
        )


def logged_frame(row: FrameRow) -> LoggedFrame:
    """Return the logged frame of a row."""
    return LoggedFrame(
        sha256=row.sha256,
        file_name=row.file_name,
        taken_at_utc=row.taken_at_utc,
        width_px=row.width_px,
        height_px=row.height_px,
        position=LonLat(row.lon, row.lat),
        height_above_sea_m=row.height_above_sea_m,
        error_m=row.error_m,
    )


def refused_file_rows(flight: Flight) -> Iterator[RefusedFileRow]:
    """Yield a row for each file of a flight that did not become a frame."""
    for ordinal, refused in enumerate(flight.refused):
        yield RefusedFileRow(
            flight_id=flight.flight_id,
            ordinal=ordinal,
            path=str(refused.path),
            sha256=refused.sha256,
            code=refused.reason.code,
            text=refused.reason.text,
            remedy=refused.remedy,
        )


def refused_file(row: RefusedFileRow) -> RefusedFile:
    """Return the refused file of a row."""
    return RefusedFile(Path(row.path), row.sha256, Note(row.code, row.text), row.remedy)


def sighting_rows(log: FlightLog) -> Iterator[SightingRow]:
    """Yield a row for each sighting of a flight."""
    for ordinal, sighting in enumerate(log.sightings):
        yield SightingRow(
            flight_id=log.flight.flight_id,
            sighting_id=sighting.sighting_id,
            ordinal=ordinal,
            object_class=sighting.object_class.value,
            score=sighting.score,
            lon=sighting.position.lon,
            lat=sighting.position.lat,
            error_m=sighting.error_m,
            first_seen_utc=sighting.first_seen_utc,
            last_seen_utc=sighting.last_seen_utc,
            speed_m_s=sighting.speed_m_s,
            speed_sigma_m_s=sighting.speed_sigma_m_s,
        )


def detection_rows(log: FlightLog) -> Iterator[DetectionRow]:
    """Yield a row for each detection: first those of the sightings, then the others.

    Raises FlightLogError when a sighting holds a detection that the log does not.
    """
    others = Counter(log.detections)
    ordinals = count()
    for sighting in log.sightings:
        best = sighting.detections.index(sighting.best)
        for place, detection in enumerate(sighting.detections):
            if not others[detection]:
                raise FlightLogError(
                    f"sighting {sighting.sighting_id} holds a detection in frame "
                    f"{detection.frame_sha256} that is not among the flight's detections"
                )
            others[detection] -= 1
            yield _detection_row(
                log, next(ordinals), detection, sighting.sighting_id, place == best
            )
    for detection in others.elements():
        yield _detection_row(log, next(ordinals), detection, None, is_best=False)


def _detection_row(
    log: FlightLog, ordinal: int, detection: Detection, sighting_id: str | None, is_best: bool
) -> DetectionRow:
    left, top, right, bottom = detection.xyxy_px
    position = detection.position
    return DetectionRow(
        flight_id=log.flight.flight_id,
        ordinal=ordinal,
        sighting_id=sighting_id,
        is_best=is_best,
        object_class=detection.object_class.value,
        score=detection.score,
        left_px=left,
        top_px=top,
        right_px=right,
        bottom_px=bottom,
        frame_sha256=detection.frame_sha256,
        taken_at_utc=detection.taken_at_utc,
        lon=None if position is None else position.lon,
        lat=None if position is None else position.lat,
        error_m=detection.error_m,
        model_sha256=detection.model_sha256,
    )


def detection_of(row: DetectionRow) -> Detection:
    """Return the detection of a row."""
    position = None if row.lon is None or row.lat is None else LonLat(row.lon, row.lat)
    return Detection(
        object_class=ObjectClass(row.object_class),
        score=row.score,
        xyxy_px=(row.left_px, row.top_px, row.right_px, row.bottom_px),
        frame_sha256=row.frame_sha256,
        taken_at_utc=row.taken_at_utc,
        position=position,
        error_m=row.error_m,
        model_sha256=row.model_sha256,
    )


def sightings_of(
    rows: Iterable[SightingRow], found: Iterable[tuple[str | None, bool, Detection]]
) -> tuple[Sighting, ...]:
    """Return the sightings of rows.

    `found` gives detections in order, each with its sighting's id and whether it is its best.
    """
    of_sighting: dict[str | None, list[tuple[bool, Detection]]] = {}
    for sighting_id, is_best, detection in found:
        of_sighting.setdefault(sighting_id, []).append((is_best, detection))
    return tuple(_sighting(row, of_sighting[row.sighting_id]) for row in rows)


def _sighting(row: SightingRow, found: Sequence[tuple[bool, Detection]]) -> Sighting:
    return Sighting(
        sighting_id=row.sighting_id,
        flight_id=row.flight_id,
        object_class=ObjectClass(row.object_class),
        score=row.score,
        position=LonLat(row.lon, row.lat),
        error_m=row.error_m,
        first_seen_utc=row.first_seen_utc,
        last_seen_utc=row.last_seen_utc,
        detections=tuple(detection for _, detection in found),
        best=next(detection for is_best, detection in found if is_best),
        speed_m_s=row.speed_m_s,
        speed_sigma_m_s=row.speed_sigma_m_s,
    )


def zone_survey(row: SurveyRow) -> ZoneSurvey:
    """Return the survey of a row."""
    return ZoneSurvey(row.zone_id, row.day, row.seen_fraction)


def incident_row(incident: Incident) -> IncidentRow:
    """Return the row of an incident."""
    left, top, right, bottom = incident.xyxy_px
    return IncidentRow(
        incident_id=incident.incident_id,
        rule=incident.rule.value,
        zone_id=incident.zone_id,
        object_class=incident.object_class.value,
        state=incident.state.value,
        priority=incident.priority.value,
        certainty=incident.certainty.value,
        reason_th=incident.reason_th,
        reason_en=incident.reason_en,
        flight_id=incident.flight_id,
        sighting_id=incident.sighting_id,
        score=incident.score,
        lon=incident.position.lon,
        lat=incident.position.lat,
        error_m=incident.error_m,
        occurred_at_utc=incident.occurred_at_utc,
        frame_sha256=incident.frame_sha256,
        left_px=left,
        top_px=top,
        right_px=right,
        bottom_px=bottom,
        crop_sha256=incident.crop_sha256,
        version=incident.version,
        citation=incident.citation,
        grounds=grounds_text(incident.grounds),
        split_from=split_text(incident.split_from),
    )


def write_decisions(row: IncidentRow, incident: Incident) -> None:
    """Write into a row all that people decide of an incident; its facts stay as they are."""
    standing = standing_of(incident)
    row.state, row.version = incident.state.value, incident.version
    row.set_priority = None if standing.priority is None else standing.priority.value
    row.assignee, row.joined_to = standing.assignee, standing.joined_to


def incident_of(row: IncidentRow) -> Incident:
    """Return the incident of a row."""
    opened = Incident(
        incident_id=row.incident_id,
        rule=RuleName(row.rule),
        zone_id=row.zone_id,
        object_class=ObjectClass(row.object_class),
        state=State(row.state),
        priority=Priority(row.priority),
        certainty=Certainty(row.certainty),
        reason_th=row.reason_th,
        reason_en=row.reason_en,
        flight_id=row.flight_id,
        sighting_id=row.sighting_id,
        score=row.score,
        position=LonLat(row.lon, row.lat),
        error_m=row.error_m,
        occurred_at_utc=row.occurred_at_utc,
        frame_sha256=row.frame_sha256,
        xyxy_px=(row.left_px, row.top_px, row.right_px, row.bottom_px),
        crop_sha256=row.crop_sha256,
        version=row.version,
        citation=row.citation,
        grounds=grounds_of_text(row.grounds),
        split_from=split_of_text(row.split_from),
    )
    set_priority = None if row.set_priority is None else Priority(row.set_priority)
    return with_standing(opened, Standing(set_priority, row.assignee, row.joined_to))


def ledger_row(entry: LedgerEntry) -> LedgerRow:
    """Return the row of a ledger entry."""
    return LedgerRow(
        sequence=entry.sequence,
        at_utc=entry.at_utc,
        kind=entry.kind,
        subject=entry.subject,
        payload=entry.payload,
        previous_hash=entry.previous_hash,
        entry_hash=entry.entry_hash,
    )


# The values of an entry in their order, for reading many: mapping each to a row's object takes as
# long as reading it.
ENTRY_COLUMNS = tuple(LedgerRow.__table__.columns[field.name] for field in fields(LedgerEntry))


def ledger_entry(row: LedgerRow) -> LedgerEntry:
    """Return the ledger entry of a row."""
    return LedgerEntry(
        sequence=row.sequence,
        at_utc=row.at_utc,
        kind=row.kind,
        subject=row.subject,
        payload=row.payload,
        previous_hash=row.previous_hash,
        entry_hash=row.entry_hash,
    )


def user_of(row: UserRow) -> User:
    """Return the user of a row."""
    return User(
        row.name,
        row.password_hash,
        Role(row.role),
        row.created_at_utc,
        row.session_epoch,
        row.closed_at_utc,
        row.factor_since_utc is not None,
    )
