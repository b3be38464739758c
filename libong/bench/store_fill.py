"""A store filled with made-up flights, in bulk: as large as after years of patrols, and honest.

Every row is one that the software could have written: the ledger vouches for all of it, so that
`verify` finds nothing.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random

from sqlalchemy.orm import Session

from libong.bench.made_up_flight import (
    DETECTIONS_A_FLIGHT,
    MODEL,
    SIGHTINGS_A_FLIGHT,
    FlightMaker,
    MadeUpFlight,
    taken_utc,
)
from libong.bench.store_batch import Batch
from patrol.checkpoint import Checkpoint, is_due, sign
from patrol.checkpoint_key import SiteKey
from patrol.checkpoint_table import key_of
from patrol.database import Database
from patrol.incident import Incident, IncidentEvent, State
from patrol.incident_event import Deed
from patrol.ledger import (
    FLIGHT_LOGGED,
    INCIDENT_EVENT,
    LedgerHead,
    appended,
    flight_payload,
    head_after,
    incident_payload,
    opening_event,
)
from patrol.ledger_table import lock_ledger
from patrol.site import Site
from patrol.tables import LedgerHeadRow

OFFICERS = ("mali", "nid", "don")
_FLIGHTS_AT_ONCE = 20

# how most incidents end; those of the last flights are still open
_ENDS = (
    (State.CONFIRMED, State.RESPONDING, State.RESOLVED),
    (State.CONFIRMED, State.RESPONDING, State.RESOLVED),
    (State.DISMISSED,),
    (State.CONFIRMED, State.RETRACTED),
)
_OPEN = ((), (), (State.CONFIRMED,), (State.CONFIRMED, State.RESPONDING))


@dataclass(frozen=True)
class StoreSize:
    """How much is made up: `open_alerts` of the incidents, the last ones, wait for a person."""

    detections: int = 1_000_000
    incidents: int = 100_000
    open_alerts: int = 3_000

    @property
    def flights(self) -> int:
        """How many flights hold so many detections."""
        return max(self.detections // DETECTIONS_A_FLIGHT, 1)

    @property
    def tenth(self) -> "StoreSize":
        """A tenth of it."""
        return StoreSize(self.detections // 10, self.incidents // 10, self.open_alerts // 10)


@dataclass(frozen=True)
class Filled:
    """What was written: entries of the ledger, and when the last flight was."""

    entries: int
    last_utc: datetime


def fill(
    database: Database,
    site: Site,
    size: StoreSize,
    told: Callable[[int, int], None] = lambda _done, _flights: None,
) -> Filled:
    """Write flights, incidents and their entries into an empty database that was migrated.

    One flight follows another every twelve hours; the same size gives the same store. The ledger
    is signed where the database was opened with a key. `told` hears how many flights are written.
    Raises ValueError for more incidents than sightings, or a ledger that is not empty.
    """
    if size.incidents > size.flights * SIGHTINGS_A_FLIGHT:
        raise ValueError(f"{size.flights} flights have no {size.incidents} sightings")
    chance = Random(0)  # noqa: S311  the same store each time
    maker = FlightMaker(site, chance)
    with Session(database.writer) as session, session.begin():
        head = lock_ledger(session)
        if head.sequence:
            raise ValueError("the store to be filled must be empty")
        chain = _Chain(head, size, chance, key_of(database.writer))
        for start in range(0, size.flights, _FLIGHTS_AT_ONCE):
            batch = Batch()
            for number in range(start, min(start + _FLIGHTS_AT_ONCE, size.flights)):
                first = number * size.incidents // size.flights
                until = (number + 1) * size.incidents // size.flights
                chain.log(maker.flight(number, until - first), site.site_id, first, batch)
            batch.write(session)
            told(min(start + _FLIGHTS_AT_ONCE, size.flights), size.flights)
        session.get_one(LedgerHeadRow, 1).sequence = chain.head.sequence
        session.get_one(LedgerHeadRow, 1).entry_hash = chain.head.entry_hash
    return Filled(chain.head.sequence, taken_utc(size.flights - 1))


class _Chain:
    """The ledger's end, which moves on with each flight and each step of an officer."""

    def __init__(
        self, head: LedgerHead, size: StoreSize, chance: Random, key: SiteKey | None
    ) -> None:
        self.head = head
        self._size, self._chance, self._key = size, chance, key
        self._signed: Checkpoint | None = None

    def log(self, made: MadeUpFlight, site_id: str, first: int, batch: Batch) -> None:
        """Log a flight and what officers did with its incidents, of which `first` is the number."""
        batch.add_flight(
            made.flight_id,
            site_id,
            MODEL,
            made.received_at_utc,
            made.frames,
            made.sightings,
            made.surveys,
        )
        payload = flight_payload(
            site_id=site_id,
            model_sha256=MODEL,
            received_at_utc=made.received_at_utc,
            frames=made.frames,
            refused=(),
            detections=[each for sighting in made.sightings for each in sighting.detections],
            sightings=made.sightings,
            surveys=made.surveys,
        )
        self._append(made.received_at_utc, FLIGHT_LOGGED, made.flight_id, payload, batch)
        for number, incident in enumerate(made.incidents, start=first):
            for event, stands in self._steps(number, incident, made.received_at_utc):
                payload = incident_payload(event, stands)
                self._append(event.at_utc, INCIDENT_EVENT, stands.incident_id, payload, batch)
            batch.add_incident(stands)

    def _steps(
        self, number: int, incident: Incident, opened_utc: datetime
    ) -> Iterator[tuple[IncidentEvent, Incident]]:
        """Yield the events of an incident, and how it stands after each."""
        is_open = number >= self._size.incidents - self._size.open_alerts
        way = self._chance.choice(_OPEN if is_open else _ENDS)
        yield opening_event(incident, opened_utc), incident
        for version, state in enumerate(way, start=2):
            event = IncidentEvent(
                incident_id=incident.incident_id,
                version=version,
                at_utc=opened_utc + timedelta(minutes=10 * version),
                actor=OFFICERS[number % len(OFFICERS)],
                from_state=incident.state,
                to_state=state,
                reason="as seen in the picture",
                deed=Deed.MOVED,
            )
            incident = replace(incident, state=state, version=version)
            yield event, incident

    def _append(
        self, at_utc: datetime, kind: str, subject: str, payload: str, batch: Batch
    ) -> None:
        entry = appended(self.head, at_utc=at_utc, kind=kind, subject=subject, payload=payload)
        batch.add_entry(entry)
        self.head = head_after(entry)
        if self._key is not None and is_due(self._signed, self.head, at_utc):
            number = 1 if self._signed is None else self._signed.number + 1
            self._signed = sign(number, self.head, at_utc, self._key)
            batch.add_checkpoint(self._signed)
