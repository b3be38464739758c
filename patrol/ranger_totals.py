"""What each ranger's flights amount to, and by which name others may know it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ForeignKey, String, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from detection.types import ObjectClass
from patrol.effort_table import EffortRow
from patrol.incident_state import TAKEN_BACK
from patrol.records import Records
from patrol.tables import Base, FrameRow, IncidentRow, SightingRow, UserRow
from patrol.uploads_rows import UploadRow
from patrol.zones import RuleName


class RangerCreditRow(Base):
    """The name by which a user is shown to others; nobody is named who has not chosen to be."""

    __tablename__ = "ranger_credits"

    user_name: Mapped[str] = mapped_column(String(64), ForeignKey("users.name"), primary_key=True)
    credit_name: Mapped[str | None]
    chosen_at_utc: Mapped[datetime]


@dataclass(frozen=True)
class RangerTotals:
    """One ranger in figures: logged flights, frames, km² of sea seen, dugongs found.

    Areas of flights are added, so a place flown twice counts twice. A dugong counts unless an
    officer dismissed or retracted it. `credit_name` is None for who stays unnamed.
    """

    flights: int
    photos: int
    seen_km2: float
    dugongs: int
    credit_name: str | None


class Rangers(Records):
    """Totals of who sent flights; each call is one transaction."""

    def seen_km2(self, flight_id: str) -> float:
        """Return the sea seen by a flight; 0 for one logged before effort was kept."""
        with self._reading() as session:
            return _seen_km2(session, (flight_id,))

    def totals(self, name: str) -> RangerTotals:
        """Return a user's totals."""
        with self._reading() as session:
            return _totals(session, name)

    def everybody(self) -> tuple[RangerTotals, ...]:
        """Return the totals of all whose flights were logged, the widest seen first."""
        senders = select(UploadRow.owner).where(UploadRow.flight_id.is_not(None)).distinct()
        with self._reading() as session:
            found = [_totals(session, name) for name in session.scalars(senders).all()]
        return tuple(sorted(found, key=lambda each: (-each.seen_km2, each.credit_name or "")))

    def set_credit(self, name: str, credit_name: str | None, at_utc: datetime) -> None:
        """Show a user to others by this name, or by none."""
        with self._writing() as session, session.begin():
            session.get_one(UserRow, name, with_for_update=True)
            session.merge(RangerCreditRow(name, credit_name, at_utc))


def _totals(session: Session, name: str) -> RangerTotals:
    flights = set(
        session.scalars(
            select(UploadRow.flight_id).where(
                UploadRow.owner == name, UploadRow.flight_id.is_not(None)
            )
        )
    )
    credit = session.get(RangerCreditRow, name)
    in_them = IncidentRow.flight_id.in_(flights)
    sighted = in_them & (IncidentRow.rule == RuleName.DUGONG_SIGHTING.value)
    gone = IncidentRow.state.in_(TAKEN_BACK) | IncidentRow.joined_to.is_not(None)
    taken_back = select(IncidentRow.sighting_id).where(sighted, gone)
    split_off = select(func.count(IncidentRow.sighting_id.distinct())).where(
        sighted, ~gone, IncidentRow.split_from.is_not(None)
    )
    dugongs = select(func.count()).where(
        SightingRow.flight_id.in_(flights),
        SightingRow.object_class == ObjectClass.DUGONG.value,
        SightingRow.sighting_id.not_in(taken_back),
    )
    photos = select(func.count()).where(FrameRow.flight_id.in_(flights))
    return RangerTotals(
        flights=len(flights),
        photos=session.scalar(photos) or 0,
        seen_km2=_seen_km2(session, tuple(flight for flight in flights if flight)),
        dugongs=(session.scalar(dugongs) or 0) + (session.scalar(split_off) or 0),
        credit_name=None if credit is None else credit.credit_name,
    )


def _seen_km2(session: Session, flight_ids: tuple[str, ...]) -> float:
    query = select(func.sum(EffortRow.seen_km2)).where(EffortRow.flight_id.in_(flight_ids))
    return float(session.scalar(query) or 0.0)
