"""All that the store knows of one incident, read at one moment."""

from dataclasses import dataclass

from detection.types import Sighting
from patrol.checkpoint import Checkpoint
from patrol.conditions import CONDITIONS_TOLD, ToldConditions, conditions_of
from patrol.field_flight import FieldSource
from patrol.flight_log import FlightSummary, LoggedFrame
from patrol.incident import Incident, IncidentEvent
from patrol.ledger import LedgerEntry, LedgerHead
from patrol.zones import Zone


@dataclass(frozen=True)
class ProvenEntry:
    """An entry of the ledger; `next_hash` is the hash of the entry after it, None at the head."""

    entry: LedgerEntry
    next_hash: str | None


@dataclass(frozen=True)
class LedgerProof:
    """The entries about one incident and its flight, in order, and the head of the ledger.

    `checkpoints` are the signed ones from the first of these entries on.
    """

    entries: tuple[ProvenEntry, ...]
    head: LedgerHead
    checkpoints: tuple[Checkpoint, ...] = ()


@dataclass(frozen=True)
class CaseFile:
    """One incident with its history, what was seen, and the flight and ledger it comes from.

    `frames` are all of the flight's, in the order they were logged. `field_source` is set for a
    flight that was processed in the field and sent without its originals. `judged_zone` is the
    version of the zone that the incident was judged by; None where it names none, or it is unknown.
    """

    incident: Incident
    events: tuple[IncidentEvent, ...]
    sighting: Sighting
    flight: FlightSummary
    frames: tuple[LoggedFrame, ...]
    proof: LedgerProof
    field_source: FieldSource | None = None
    judged_zone: Zone | None = None

    @property
    def conditions(self) -> tuple[ToldConditions, ...]:
        """What was told of sea and weather during the flight, the oldest first."""
        entries = (proven.entry for proven in self.proof.entries)
        return tuple(conditions_of(entry) for entry in entries if entry.kind == CONDITIONS_TOLD)
