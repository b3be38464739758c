"""The store: flights, labels, incidents, the ledger and users, kept in one database.

Values in, values out; every call is one transaction. Beside this module only the modules it calls
(`database`, `device_tokens`, `flight_table`, `label_table`, `ledger_table`, `uploads_table`,
`uploads_queue`) and `migrations/` speak SQL.
"""

from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime, time, timedelta

from sqlalchemy import case, select
from sqlalchemy.orm import Session

from detection.labels.label import LabelledFlight
from detection.types import Sighting
from ingest.errors import LibongError
from patrol.case_file import CaseFile
from patrol.coverage import ZoneSurvey
from patrol.database import Database, StoreError
from patrol.device_tokens import DeviceTokens
from patrol.flight_log import FlightLog, FlightSummary, LoggedFrame
from patrol.flight_table import (
    flight_summaries,
    insert_flight,
    stored_frames,
    stored_sightings,
)
from patrol.incident import Incident, IncidentEvent, State, TransitionError, step
from patrol.label_table import insert_labels, label_history, stored_labelled_flight
from patrol.labels import FrameReview, StoredLabel
from patrol.ledger import LedgerFault, LedgerReport, event_of, opening_event
from patrol.ledger_table import (
    UNREADABLE,
    append_flight,
    append_incident,
    incident_entries,
    ledger_proof,
    ledger_report,
    lock_ledger,
)
from patrol.presence import zone_statuses
from patrol.rows import FlightLogError, incident_of, user_of, zone_survey
from patrol.site import Site
from patrol.tables import (
    FlightRow,
    FrameRow,
    IncidentRow,
    SurveyRow,
    UserRow,
)
from patrol.uploads_queue import FlightQueue
from patrol.uploads_table import UploadTable
from patrol.user import Role, User
from patrol.verdict import Priority
from patrol.zone_status import ZoneStatus
from patrol.zones import RuleName

__all__ = [
    "FlightLog",
    "FlightLogError",
    "FlightSummary",
    "LedgerFault",
    "LedgerReport",
    "LoggedFrame",
    "Role",
    "StaleVersion",
    "Store",
    "StoreError",
    "TransitionError",
    "UnknownFlight",
    "UnknownIncident",
    "UnknownUser",
    "User",
    "UserError",
    "ZoneSurvey",
    "unknown_flight",
]

_OPEN = (State.NEW, State.CONFIRMED, State.RESPONDING)
_PRIORITY_RANK = {priority.value: rank for rank, priority in enumerate(Priority)}
_LONGEST_USER_NAME = 64


class UnknownFlight(LibongError, LookupError):  # noqa: N818  says what is wrong without "Error"
    """No flight of this id is logged."""


def unknown_flight(flight_id: str) -> UnknownFlight:
    """Return the error for a flight that is not there, or not for who asks."""
    return UnknownFlight(f"no flight {flight_id!r} is logged; list them to see their ids")


class UnknownIncident(LibongError, LookupError):  # noqa: N818
    """No incident of this id is logged."""


class UnknownUser(LibongError, LookupError):  # noqa: N818
    """No user of this name."""


class StaleVersion(LibongError, ValueError):  # noqa: N818
    """Someone else changed the incident after it was read."""


class UserError(LibongError, ValueError):
    """A user that cannot be added."""


class Store:
    """All that is remembered, in SQLite or PostgreSQL. Safe to use from several threads.

    `uploads`, `queue` and `device_tokens` are the flights on their way here.
    """

    def __init__(self, url: str) -> None:
        """Open the database; raises StoreError for a URL that is none of the two."""
        self._database = Database(url)
        self.uploads = UploadTable(self._database)
        self.queue = FlightQueue(self._database)
        self.device_tokens = DeviceTokens(self._database)

    def migrate(self) -> None:
        """Bring the tables to this version's, all or nothing; raises StoreError."""
        self._database.migrate()

    def close(self) -> None:
        """Close all connections."""
        self._database.close()

    # Flights

    def log_flight(self, log: FlightLog) -> bool:
        """Log all that came of a flight, and open its incidents; all or nothing.

        Returns False and changes nothing when it was logged before. Raises FlightLogError when it
        was logged with another model or for another site, or the log contradicts itself.
        """
        with self._writing() as session, session.begin():
            lock_ledger(session)
            known = session.get(FlightRow, log.flight.flight_id)
            if known is not None:
                _check_same_analysis(known, log)
                return False
            flight = insert_flight(session, log)
            # Read back, the ledger vouches for what is stored, not for what was meant to be.
            session.expire_all()
            append_flight(session, flight)
            for incident in log.incidents:
                stored = incident_of(session.get_one(IncidentRow, incident.incident_id))
                append_incident(session, opening_event(stored, log.received_at_utc), stored)
        return True

    def flights(self) -> tuple[FlightSummary, ...]:
        """Return all flights, the last received first."""
        with self._reading() as session:
            return flight_summaries(session)

    def flight(self, flight_id: str) -> FlightSummary:
        """Return one flight; raises UnknownFlight."""
        with self._reading() as session:
            found = flight_summaries(session, flight_id) if _storable(flight_id) else ()
        if not found:
            raise unknown_flight(flight_id)
        return found[0]

    def flights_of_frames(self, sha256s: Collection[str]) -> dict[str, str]:
        """Return the flight of each frame that is logged already, by the frame's SHA-256."""
        query = select(FrameRow.sha256, FrameRow.flight_id).order_by(FrameRow.flight_id)
        with self._reading() as session:
            return {
                sha256: flight_id
                for piece in _pieces(sorted(sha256s))
                for sha256, flight_id in session.execute(query.where(FrameRow.sha256.in_(piece)))
            }

    def frames(self, flight_id: str) -> tuple[LoggedFrame, ...]:
        """Return a flight's frames in order of time; none for an unknown flight."""
        with self._reading() as session:
            return stored_frames(session, flight_id)

    def sightings(self, flight_id: str) -> tuple[Sighting, ...]:
        """Return a flight's sightings as they were logged; none for an unknown flight."""
        with self._reading() as session:
            return stored_sightings(session, flight_id)

    # Labels

    def add_labels(
        self,
        flight_id: str,
        labels: Sequence[StoredLabel],
        reviews: Sequence[FrameReview] = (),
    ) -> None:
        """Keep further versions of a flight's labels, all or none; raises LabelError."""
        with self._writing() as session, session.begin():
            lock_ledger(session)
            insert_labels(session, flight_id, labels, reviews)

    def labelled_flight(self, flight_id: str) -> LabelledFlight:
        """Return a flight's frames with their labels as they stand.

        Read while nobody writes, so that decisions and labels belong together.
        """
        with self._writing() as session, session.begin():
            lock_ledger(session)
            return stored_labelled_flight(session, flight_id)

    def label_history(self, flight_id: str) -> tuple[StoredLabel, ...]:
        """Return every version of a flight's labels, by key, the oldest version first."""
        with self._reading() as session:
            return label_history(session, flight_id)

    # Incidents

    def incidents(
        self,
        *,
        states: Collection[State] | None = None,
        zone_id: str | None = None,
        flight_id: str | None = None,
    ) -> tuple[Incident, ...]:
        """Return incidents, newest first; each filter that is given narrows them."""
        query = select(IncidentRow).order_by(
            IncidentRow.occurred_at_utc.desc(), IncidentRow.incident_id
        )
        if states is not None:
            query = query.where(IncidentRow.state.in_([state.value for state in states]))
        if zone_id is not None:
            query = query.where(IncidentRow.zone_id == zone_id)
        if flight_id is not None:
            query = query.where(IncidentRow.flight_id == flight_id)
        with self._reading() as session:
            return tuple(map(incident_of, session.scalars(query)))

    def alerts(self) -> tuple[Incident, ...]:
        """Return the incidents that still want a person: most urgent first, then newest first."""
        query = (
            select(IncidentRow)
            .where(IncidentRow.state.in_([state.value for state in _OPEN]))
            .order_by(
                case(_PRIORITY_RANK, value=IncidentRow.priority),
                IncidentRow.occurred_at_utc.desc(),
                IncidentRow.incident_id,
            )
        )
        with self._reading() as session:
            return tuple(map(incident_of, session.scalars(query)))

    def incident(self, incident_id: str) -> Incident:
        """Return one incident; raises UnknownIncident."""
        with self._reading() as session:
            return incident_of(_incident_row(session, incident_id))

    def is_crop(self, sha256: str) -> bool:
        """Return whether some incident has the crop of this SHA-256 (hex)."""
        query = select(IncidentRow.incident_id).where(IncidentRow.crop_sha256 == sha256).limit(1)
        with self._reading() as session:
            return session.scalar(query) is not None

    def events(self, incident_id: str) -> tuple[IncidentEvent, ...]:
        """Return what happened to an incident, oldest first; raises UnknownIncident."""
        with self._reading() as session:
            _incident_row(session, incident_id)
            return tuple(map(event_of, incident_entries(session, incident_id)))

    def case_file(self, incident_id: str) -> CaseFile:
        """Return all that is known of one incident, read while nobody writes.

        Raises UnknownIncident, and StoreError when its records were damaged.
        """
        with self._writing() as session, session.begin():
            lock_ledger(session)
            try:
                incident = incident_of(_incident_row(session, incident_id))
                (flight,) = flight_summaries(session, incident.flight_id)
                sightings = stored_sightings(session, incident.flight_id)
                return CaseFile(
                    incident=incident,
                    events=tuple(map(event_of, incident_entries(session, incident_id))),
                    sighting={s.sighting_id: s for s in sightings}[incident.sighting_id],
                    flight=flight,
                    frames=stored_frames(session, incident.flight_id),
                    proof=ledger_proof(session, incident),
                )
            except UNREADABLE as error:
                raise StoreError(
                    f"the records of incident {incident_id} are damaged; `libong verify` names "
                    "what was changed: restore the database from a backup"
                ) from error

    def transition(
        self,
        incident_id: str,
        to_state: State,
        *,
        actor: str,
        reason: str,
        expected_version: int | None,
        at_utc: datetime,
    ) -> Incident:
        """Take an incident a step further and return it.

        `expected_version` is the version the actor saw, None to skip the check. Raises
        UnknownIncident, StaleVersion when someone was faster, TransitionError for a step that is
        not allowed.
        """
        with self._writing() as session, session.begin():
            lock_ledger(session)
            row = _incident_row(session, incident_id)
            if expected_version is not None and row.version != expected_version:
                raise StaleVersion(
                    f"incident {incident_id} is at version {row.version} ({row.state}), not "
                    f"{expected_version}: someone else changed it; look again, then decide"
                )
            after, event = step(
                incident_of(row), to_state, actor=actor, reason=reason, at_utc=at_utc
            )
            row.state, row.version = after.state.value, after.version
            append_incident(session, event, after)
        return after

    # The public side

    def zone_statuses(self, site: Site, today: date) -> tuple[ZoneStatus, ...]:
        """Return the status of a site's zones on a local day, from this site's flights alone."""
        surveys = (
            select(SurveyRow)
            .join(FlightRow, FlightRow.flight_id == SurveyRow.flight_id)
            .where(FlightRow.site_id == site.site_id)
        )
        with self._reading() as session:
            dugong_incidents = _recent_dugongs(session, site, today)
            surveyed = tuple(map(zone_survey, session.scalars(surveys)))
        return zone_statuses(
            site.zones,
            dugong_incidents,
            surveyed,
            today,
            site.rule_parameters,
            site.reference.timezone,
        )

    # The ledger

    def verify(self) -> LedgerReport:
        """Check the whole ledger, and that incidents and flights are as it says."""
        with self._writing() as session, session.begin():
            return ledger_report(session)

    # Users

    def add_user(self, name: str, password_hash: str, role: Role, at_utc: datetime) -> User:
        """Add a user; raises UserError for a name that is taken, empty or too long."""
        if not (
            name.isprintable() and 0 < len(name) <= _LONGEST_USER_NAME and name == name.strip()
        ):
            raise UserError(
                f"a user name must be 1 to {_LONGEST_USER_NAME} printable characters without "
                f"spaces around it; got {name!r}"
            )
        with self._writing() as session, session.begin():
            lock_ledger(session)
            if session.get(UserRow, name) is not None:
                raise UserError(f"there is a user {name!r} already; choose another name")
            row = UserRow(name, password_hash, role.value, at_utc, session_epoch=0)
            session.add(row)
            session.flush()
            session.refresh(row)
            return user_of(row)

    def user(self, name: str) -> User | None:
        """Return a user, or None where there is no such name."""
        with self._reading() as session:
            row = session.get(UserRow, name) if _storable(name) else None
            return None if row is None else user_of(row)

    def users(self) -> tuple[User, ...]:
        """Return all users by name."""
        with self._reading() as session:
            return tuple(map(user_of, session.scalars(select(UserRow).order_by(UserRow.name))))

    def set_password_hash(self, name: str, password_hash: str) -> User:
        """Change a user's password and end all of the user's sessions; raises UnknownUser."""
        with self._writing() as session, session.begin():
            row = _user_row(session, name)
            row.password_hash = password_hash
            row.session_epoch += 1
            return user_of(row)

    def end_sessions(self, name: str) -> User:
        """End all of a user's sessions; raises UnknownUser."""
        with self._writing() as session, session.begin():
            row = _user_row(session, name)
            row.session_epoch += 1
            return user_of(row)

    def _reading(self) -> Session:
        return Session(self._database.reader)

    def _writing(self) -> Session:
        return Session(self._database.writer, expire_on_commit=False)


def _pieces(values: Sequence[str], size: int = 500) -> Iterator[Sequence[str]]:
    """Cut a list so that no query has more values than a database takes."""
    for start in range(0, len(values), size):
        yield values[start : start + size]


def _storable(text: str) -> bool:
    """Return whether a text can be a key: PostgreSQL takes no NUL, and nothing takes surrogates."""
    return text.isprintable()


def _check_same_analysis(known: FlightRow, log: FlightLog) -> None:
    if (known.site_id, known.model_sha256) != (log.site_id, log.model_sha256):
        raise FlightLogError(
            f"flight {known.flight_id} is already logged for the site {known.site_id} with the "
            f"model {known.model_sha256[:12]}; it cannot be logged again for {log.site_id} with "
            f"{log.model_sha256[:12]}, which would report everything twice: use another database"
        )


def _recent_dugongs(session: Session, site: Site, today: date) -> tuple[Incident, ...]:
    """Return the dugong incidents of a site that the statuses of `today` can depend on.

    A sighting counts for `status_days` after its own day, and adds to a run of raised days that
    one at most a day later began. So from today backwards, periods of that length are read until
    one holds no sighting, before which none can matter.
    """
    days = timedelta(days=site.rule_parameters.status_days + 1)
    midnight = datetime.combine(today, time(), site.reference.timezone)
    until_utc = midnight + timedelta(days=1)
    query = (
        select(IncidentRow)
        .join(FlightRow, FlightRow.flight_id == IncidentRow.flight_id)
        .where(
            FlightRow.site_id == site.site_id,
            IncidentRow.rule == RuleName.DUGONG_SIGHTING.value,
        )
    )
    found: list[Incident] = []
    while True:
        since_utc = until_utc - days
        period = query.where(
            IncidentRow.occurred_at_utc >= since_utc, IncidentRow.occurred_at_utc < until_utc
        )
        incidents = tuple(map(incident_of, session.scalars(period)))
        if not incidents:
            return tuple(found)
        found += incidents
        until_utc = since_utc


def _incident_row(session: Session, incident_id: str) -> IncidentRow:
    row = session.get(IncidentRow, incident_id) if _storable(incident_id) else None
    if row is None:
        raise UnknownIncident(f"no incident {incident_id!r}; list them to see their ids")
    return row


def _user_row(session: Session, name: str) -> UserRow:
    row = session.get(UserRow, name, with_for_update=True) if _storable(name) else None
    if row is None:
        raise UnknownUser(f"no user {name!r}; add it first")
    return row
