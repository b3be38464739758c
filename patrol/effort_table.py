"""Survey effort in the database: one row a flight and local day, and one for each zone of it."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import shapely
from sqlalchemy import ForeignKey, ForeignKeyConstraint, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from patrol.effort import DayEffort, SeaEffort, ZoneEffort
from patrol.ledger_form import effort_form
from patrol.tables import Base, FlightRow


class EffortRow(Base):
    """What a flight looked at on a local day; `usable_area` is hexadecimal WKB in degrees."""

    __tablename__ = "efforts"

    flight_id: Mapped[str] = mapped_column(
        String(64), ForeignKey("flights.flight_id"), primary_key=True
    )
    day: Mapped[date] = mapped_column(primary_key=True, index=True)
    frames: Mapped[int]
    usable_frames: Mapped[int]
    flown_km: Mapped[float]
    minutes: Mapped[float]
    seen_km2: Mapped[float]
    usable_km2: Mapped[float]
    effective_km2: Mapped[float]
    usable_area: Mapped[str]
    ashore: Mapped[int]


class ZoneEffortRow(Base):
    """What of a zone a flight looked at on a local day."""

    __tablename__ = "zone_efforts"
    __table_args__ = (
        ForeignKeyConstraint(["flight_id", "day"], ["efforts.flight_id", "efforts.day"]),
    )

    flight_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    zone_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    zone_km2: Mapped[float]
    seen_km2: Mapped[float]
    usable_km2: Mapped[float]
    effective_km2: Mapped[float]


@dataclass(frozen=True)
class FlightEffort:
    """A day's effort, and the flight it is of."""

    flight_id: str
    effort: DayEffort


def insert_efforts(session: Session, flight_id: str, efforts: Iterable[DayEffort]) -> None:
    """Write the efforts of a flight whose own row is written."""
    efforts = tuple(efforts)
    for effort in efforts:
        session.add(
            EffortRow(
                flight_id=flight_id,
                day=effort.day,
                frames=effort.frames,
                usable_frames=effort.usable_frames,
                flown_km=effort.flown_km,
                minutes=effort.minutes,
                **asdict(effort.sea),
                usable_area=effort.usable_area.wkb_hex,
                ashore=effort.ashore,
            )
        )
    session.flush()
    session.add_all(
        ZoneEffortRow(flight_id, effort.day, zone.zone_id, zone.zone_km2, **asdict(zone.sea))
        for effort in efforts
        for zone in effort.zones
    )


def efforts_of(session: Session, flight_id: str) -> tuple[DayEffort, ...]:
    """Return a flight's effort day by day; nothing for one logged before effort was kept."""
    rows = session.scalars(select(EffortRow).where(EffortRow.flight_id == flight_id))
    return tuple(found.effort for found in _read(session, rows.all()))


def efforts_between(
    session: Session, site_id: str, first: date, last: date
) -> tuple[FlightEffort, ...]:
    """Return the efforts of a site's flights on local days, both inclusive, in order of day."""
    rows = session.scalars(
        select(EffortRow)
        .join(FlightRow, FlightRow.flight_id == EffortRow.flight_id)
        .where(FlightRow.site_id == site_id, EffortRow.day.between(first, last))
    )
    return _read(session, rows.all())


def effort_documents(efforts: Iterable[DayEffort]) -> list[dict[str, Any]]:
    """Return efforts as plain values, for the ledger to vouch for."""
    return [effort_form(effort) for effort in efforts]


def _read(session: Session, rows: Sequence[EffortRow]) -> tuple[FlightEffort, ...]:
    """Read rows with their zones, sorted here, for databases order text each in their own way."""
    flights = sorted({row.flight_id for row in rows})
    zones: dict[tuple[str, date], list[ZoneEffortRow]] = {}
    for start in range(0, len(flights), 500):
        piece = flights[start : start + 500]
        of_these = select(ZoneEffortRow).where(ZoneEffortRow.flight_id.in_(piece))
        for row in session.scalars(of_these):
            zones.setdefault((row.flight_id, row.day), []).append(row)
    return tuple(
        FlightEffort(row.flight_id, _effort(row, zones.get((row.flight_id, row.day), ())))
        for row in sorted(rows, key=lambda row: (row.day, row.flight_id))
    )


def _effort(row: EffortRow, zones: Sequence[ZoneEffortRow]) -> DayEffort:
    return DayEffort(
        day=row.day,
        frames=row.frames,
        usable_frames=row.usable_frames,
        flown_km=row.flown_km,
        minutes=row.minutes,
        sea=_sea(row),
        zones=tuple(
            ZoneEffort(zone.zone_id, zone.zone_km2, _sea(zone))
            for zone in sorted(zones, key=lambda zone: zone.zone_id)
        ),
        usable_area=shapely.from_wkb(row.usable_area),
        ashore=row.ashore,
    )


def _sea(row: EffortRow | ZoneEffortRow) -> SeaEffort:
    return SeaEffort(row.seen_km2, row.usable_km2, row.effective_km2)
