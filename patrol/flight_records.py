"""Flights in the store, and the labels on their frames."""

from collections.abc import Collection, Sequence

from sqlalchemy import select

from detection.labels.label import LabelledFlight
from detection.types import Sighting
from ingest.errors import LibongError
from patrol.flight_log import FlightLog, FlightPage, FlightSummary, LoggedFrame
from patrol.flight_summaries import flight_page, flight_summaries, flight_summary
from patrol.flight_table import insert_flight, stored_frames, stored_sightings
from patrol.label_table import (
    insert_labels,
    label_history,
    last_reviews,
    stored_labelled_flight,
)
from patrol.labels import FlightLabels, FrameReview, StoredLabel
from patrol.ledger import opening_event
from patrol.ledger_table import append_flight, append_incident, lock_ledger
from patrol.records import Records, pieces, storable
from patrol.rows import FlightLogError, incident_of
from patrol.tables import FlightRow, FrameRow, IncidentRow


class UnknownFlight(LibongError, LookupError):  # noqa: N818  says what is wrong without "Error"
    """No flight of this id is logged."""


def unknown_flight(flight_id: str) -> UnknownFlight:
    """Return the error for a flight that is not there, or not for who asks."""
    return UnknownFlight(f"no flight {flight_id!r} is logged; list them to see their ids")


class FlightRecords(Records):
    """Flights as they were logged, once and for good; labels in all their versions."""

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

    def flight_page(
        self, *, limit: int, offset: int = 0, for_sender: str | None = None
    ) -> FlightPage:
        """Return up to `limit` flights after the first `offset`, the last received first.

        For a sender the flights are left out that only others sent.
        """
        with self._reading() as session:
            return flight_page(session, limit=limit, offset=offset, for_sender=for_sender)

    def flight(self, flight_id: str) -> FlightSummary:
        """Return one flight; raises UnknownFlight."""
        if not storable(flight_id):
            raise unknown_flight(flight_id)
        with self._reading() as session:
            try:
                return flight_summary(session, flight_id)
            except KeyError:
                raise unknown_flight(flight_id) from None

    def flights_of_frames(self, sha256s: Collection[str]) -> dict[str, str]:
        """Return the flight of each frame that is logged already, by the frame's SHA-256."""
        query = select(FrameRow.sha256, FrameRow.flight_id).order_by(FrameRow.flight_id)
        with self._reading() as session:
            return {
                sha256: flight_id
                for piece in pieces(sorted(sha256s))
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

    def add_labels(
        self,
        flight_id: str,
        labels: Sequence[StoredLabel],
        reviews: Sequence[FrameReview] = (),
    ) -> None:
        """Keep further versions of a flight's labels, all or none; raises LabelError."""
        self.add_labels_of_flights([FlightLabels(flight_id, tuple(labels), tuple(reviews))])

    def add_labels_of_flights(self, of_flights: Sequence[FlightLabels]) -> None:
        """Keep further versions of several flights' labels, all or none; raises LabelError."""
        with self._writing() as session, session.begin():
            lock_ledger(session)
            for said in of_flights:
                insert_labels(session, said.flight_id, said.labels, said.reviews)

    def labelled_flight(self, flight_id: str) -> LabelledFlight:
        """Return a flight's frames with their labels as they stand.

        Read while nobody writes, so that decisions and labels belong together.
        """
        with self._writing() as session, session.begin():
            lock_ledger(session)
            return stored_labelled_flight(session, flight_id)

    def frame_reviews(self, flight_id: str) -> dict[str, FrameReview]:
        """Return what was last said of a flight's whole frames, by their SHA-256."""
        with self._reading() as session:
            return last_reviews(session, flight_id)

    def label_history(self, flight_id: str) -> tuple[StoredLabel, ...]:
        """Return every version of a flight's labels, by key, the oldest version first."""
        with self._reading() as session:
            return label_history(session, flight_id)


def _check_same_analysis(known: FlightRow, log: FlightLog) -> None:
    if (known.site_id, known.model_sha256) != (log.site_id, log.model_sha256):
        raise FlightLogError(
            f"flight {known.flight_id} is already logged for the site {known.site_id} with the "
            f"model {known.model_sha256[:12]}; it cannot be logged again for {log.site_id} with "
            f"{log.model_sha256[:12]}, which would report everything twice: use another database"
        )
