"""The ledger: every event carries the hash of the one before, so that any edit or gap shows.

Pure: entries in, entries and faults out. The store keeps the rows.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha256
from typing import Any

from detection.types import Detection, Sighting
from ingest.frame import RefusedFile
from patrol.coverage import ZoneSurvey
from patrol.flight_log import LoggedFrame
from patrol.incident import Incident, IncidentEvent, State, standing_of
from patrol.incident_event import SOFTWARE, Deed, Standing
from patrol.ledger_form import (
    detection_form,
    frame_form,
    incident_facts,
    refused_form,
    sighting_form,
)
from patrol.verdict import Priority

# Written before whatever is hashed, so that no hash of this ledger means anything elsewhere.
_DOMAIN = b"libong-watch ledger v1\n"

GENESIS_HASH = sha256(_DOMAIN + b"genesis").hexdigest()

INCIDENT_EVENT = "incident_event"
FLIGHT_LOGGED = "flight_logged"
ACCOUNT_CHANGED = "account_changed"


@dataclass(frozen=True)
class LedgerEntry:
    """One link of the chain.

    `sequence` counts from 1 without gaps. `at_utc` is ISO 8601 text, kept as it was hashed.
    `subject` is the id of what it happened to, `payload` the canonical JSON of what happened.
    `entry_hash` is over all other fields.
    """

    sequence: int
    at_utc: str
    kind: str
    subject: str
    payload: str
    previous_hash: str
    entry_hash: str


@dataclass(frozen=True)
class LedgerHead:
    """Where the chain ends; kept apart from the entries so that a cut-off tail shows."""

    sequence: int
    entry_hash: str


@dataclass(frozen=True)
class LedgerFault:
    """Something wrong at an entry (`sequence`; 0 where no entry exists) and what it is."""

    sequence: int
    what: str


@dataclass(frozen=True)
class LedgerReport:
    """The outcome of a check of the whole ledger.

    Whoever may edit the database and knows this software can rebuild the whole chain, but not its
    signed `checkpoints`; one that is kept elsewhere shows even what was cut off with them.
    """

    events: int
    faults: tuple[LedgerFault, ...]
    head_hash: str
    checkpoints: int = 0


EMPTY_HEAD = LedgerHead(0, GENESIS_HASH)


def canonical_json(value: Any) -> str:
    """Return the one JSON text of a value: sorted keys, no spaces, times in UTC, no NaN."""
    return _CANONICAL.encode(value)


def digest(value: Any) -> str:
    """Return the SHA-256 of the canonical JSON of a value."""
    return sha256(_DOMAIN + canonical_json(value).encode()).hexdigest()


def appended(
    head: LedgerHead, *, at_utc: datetime, kind: str, subject: str, payload: str
) -> LedgerEntry:
    """Return the entry that follows `head`."""
    entry = LedgerEntry(
        sequence=head.sequence + 1,
        at_utc=_utc_text(at_utc),
        kind=kind,
        subject=subject,
        payload=payload,
        previous_hash=head.entry_hash,
        entry_hash="",
    )
    return replace(entry, entry_hash=_hash(entry))


def head_after(entry: LedgerEntry) -> LedgerHead:
    """Return the head of a chain that ends with `entry`."""
    return LedgerHead(entry.sequence, entry.entry_hash)


def verify_chain(
    entries: Iterable[LedgerEntry], head: LedgerHead | None
) -> tuple[LedgerFault, ...]:
    """Return what is wrong with a chain given in order of sequence: nothing for an honest one.

    Finds entries that were edited, removed, inserted or reordered, and a tail cut off before
    `head`, where that is known. Checking goes on after a fault, so that one edit does not hide
    another. The entries are gone through once, and none is kept.
    """
    faults: list[LedgerFault] = []
    last = EMPTY_HEAD
    for entry in entries:
        if entry.sequence != last.sequence + 1:
            faults.append(
                LedgerFault(
                    entry.sequence,
                    f"entry {last.sequence + 1} was expected here; found {entry.sequence}",
                )
            )
        if entry.previous_hash != last.entry_hash:
            faults.append(LedgerFault(entry.sequence, "does not follow from the entry before it"))
        if not _is_whole(entry):
            faults.append(LedgerFault(entry.sequence, "was changed after it was written"))
        last = head_after(entry)
    if head is not None and last != head:
        faults.append(
            LedgerFault(
                last.sequence,
                f"the ledger ends at entry {last.sequence}; it was last written at {head.sequence}",
            )
        )
    return tuple(faults)


def facts_digest(incident: Incident) -> str:
    """Return the digest of an incident's facts."""
    return digest(incident_facts(incident))


def opening_event(incident: Incident, at_utc: datetime) -> IncidentEvent:
    """Return the event with which the software itself opens an incident."""
    return IncidentEvent(
        incident_id=incident.incident_id,
        version=1,
        at_utc=at_utc,
        actor=SOFTWARE,
        from_state=None,
        to_state=State.NEW,
        reason=f"opened by the rule {incident.rule}",
        deed=Deed.OPENED,
    )


def event_document(event: IncidentEvent) -> dict[str, Any]:
    """Return an event as the ledger tells it, without its time, which the entry has.

    Only what is not plain is told, so that an entry of version 0.1.0 reads back as it was written.
    """
    document: dict[str, Any] = {
        "version": event.version,
        "actor": event.actor,
        "from_state": event.from_state,
        "to_state": event.to_state,
        "reason": event.reason,
    }
    if event.deed not in (Deed.OPENED, Deed.MOVED):
        document["deed"] = event.deed
    more = {
        "priority": event.standing.priority,
        "assignee": event.standing.assignee,
        "joined_to": event.standing.joined_to,
        "undoes": event.undoes,
        "split_off": event.split_off,
    }
    return document | {name: value for name, value in more.items() if value is not None}


def incident_payload(event: IncidentEvent, incident: Incident) -> str:
    """Return the payload of an incident's event, which also vouches for the incident's facts."""
    return canonical_json(event_document(event) | {"facts": facts_digest(incident)})


def flight_payload(
    *,
    site_id: str,
    model_sha256: str,
    received_at_utc: datetime,
    frames: Iterable[LoggedFrame],
    refused: Iterable[RefusedFile],
    detections: Iterable[Detection],
    sightings: Iterable[Sighting],
    surveys: Iterable[ZoneSurvey],
    efforts: Sequence[Mapping[str, Any]] = (),
    origin: Mapping[str, Any] | None = None,
) -> str:
    """Return the payload of a logged flight: it vouches for all that is known of it.

    That is frames (their content, and where and when they were taken), refused files, detections
    (of sightings or not), sightings, surveys, and what flights of version 0.1.0 lack: effort, and
    the origin (the record that it was logged from, and whose device in the field made it).
    """
    return canonical_json(
        {
            "site_id": site_id,
            "model_sha256": model_sha256,
            "received_at_utc": received_at_utc,
            "frames": digest([frame_form(frame) for frame in frames]),
            "refused": digest([refused_form(file) for file in refused]),
            "detections": digest([detection_form(detection) for detection in detections]),
            "sightings": digest([sighting_form(sighting) for sighting in sightings]),
            # Sorted here, for databases order text each in their own way.
            "surveys": digest(
                sorted((it.zone_id, it.day.isoformat(), it.seen_fraction) for it in surveys)
            ),
        }
        | ({"efforts": digest(efforts)} if efforts else {})
        | ({"origin": dict(origin)} if origin else {})
    )


def event_of(entry: LedgerEntry) -> IncidentEvent:
    """Return the incident's event that an entry of kind INCIDENT_EVENT records."""
    payload = json.loads(entry.payload)
    before = payload["from_state"]
    return IncidentEvent(
        incident_id=entry.subject,
        version=payload["version"],
        at_utc=datetime.fromisoformat(entry.at_utc),
        actor=payload["actor"],
        from_state=None if before is None else State(before),
        to_state=State(payload["to_state"]),
        reason=payload["reason"],
        deed=Deed(payload.get("deed", Deed.OPENED if before is None else Deed.MOVED)),
        standing=_standing(payload),
        undoes=payload.get("undoes"),
        split_off=payload.get("split_off"),
    )


def _standing(payload: dict[str, Any]) -> Standing:
    priority = payload.get("priority")
    return Standing(
        priority=None if priority is None else Priority(priority),
        assignee=payload.get("assignee"),
        joined_to=payload.get("joined_to"),
    )


def incident_changed(incident: Incident, latest: LedgerEntry) -> bool:
    """Return whether an incident differs from what the latest entry about it vouches for."""
    payload = json.loads(latest.payload)
    vouched = (payload["to_state"], payload["version"], payload["facts"])
    return vouched != (incident.state, incident.version, facts_digest(incident)) or _standing(
        payload
    ) != standing_of(incident)


def _is_whole(entry: LedgerEntry) -> bool:
    try:
        return entry.entry_hash == _hash(entry)
    except (TypeError, ValueError):  # bytes, or text that is no UTF-8: never written by this module
        return False


def _hash(entry: LedgerEntry) -> str:
    return digest(
        {
            "sequence": entry.sequence,
            "at_utc": entry.at_utc,
            "kind": entry.kind,
            "subject": entry.subject,
            "payload": entry.payload,
            "previous_hash": entry.previous_hash,
        }
    )


def _utc_text(value: object) -> str:
    if isinstance(value, datetime) and value.tzinfo is not None:
        return _moment_text(value)
    raise TypeError(f"the ledger takes plain values and aware times; got {value!r}")


@lru_cache(maxsize=4096)  # all that one frame shows has its time, and equal times have one text
def _moment_text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


_CANONICAL = json.JSONEncoder(
    sort_keys=True,
    separators=(",", ":"),
    ensure_ascii=False,
    allow_nan=False,
    default=_utc_text,
)
