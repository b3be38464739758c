"""Sightings of other flights at a site, for rules that ask what was at a place before."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from detection.types import ObjectClass, Sighting
from ingest.lonlat import LonLat
from patrol.records import Records
from patrol.rules import EarlierSighting, look_back
from patrol.site import Site
from patrol.tables import FlightRow, SightingRow


class EarlierRecords(Records):
    """What flights saw before."""

    def before(self, site: Site, sightings: Sequence[Sighting]) -> tuple[EarlierSighting, ...]:
        """Return the dugongs and fishing gear that a site's rules may hold against `sightings`.

        Boats move on, so that where one was says nothing later. The oldest come first.
        """
        with self._reading() as session:
            return seen_before(session, site, sightings)


def seen_before(
    session: Session, site: Site, sightings: Sequence[Sighting]
) -> tuple[EarlierSighting, ...]:
    """Return what `EarlierRecords.before` returns, as a session reads it."""
    if not sightings:
        return ()
    since_utc = min(each.first_seen_utc for each in sightings) - look_back(site)
    until_utc = max(each.last_seen_utc for each in sightings)
    classes = (ObjectClass.DUGONG.value, ObjectClass.FISHING_GEAR.value)
    query = (
        select(SightingRow)
        .join(FlightRow, FlightRow.flight_id == SightingRow.flight_id)
        .where(
            FlightRow.site_id == site.site_id,
            SightingRow.object_class.in_(classes),
            SightingRow.first_seen_utc >= since_utc,
            SightingRow.first_seen_utc <= until_utc,
        )
        .order_by(SightingRow.first_seen_utc, SightingRow.sighting_id)
    )
    return tuple(
        EarlierSighting(
            sighting_id=row.sighting_id,
            flight_id=row.flight_id,
            object_class=ObjectClass(row.object_class),
            position=LonLat(row.lon, row.lat),
            error_m=row.error_m,
            seen_utc=row.first_seen_utc,
        )
        for row in session.scalars(query)
    )
