"""Versions of zones in the database: added, never changed; triggers see to that."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from patrol.incident import Incident
from patrol.ledger import canonical_json
from patrol.site import Site
from patrol.tables import Base
from patrol.zone_document import ZoneFeature, feature_of, stored_zone
from patrol.zone_versions import ZoneOrigin, ZoneVersion, zone_of_days
from patrol.zones import Zone


class ZoneVersionRow(Base):
    """A version of a zone; the highest holds, unless it took the zone away."""

    __tablename__ = "zone_versions"

    site_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    zone_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    document: Mapped[str]
    sha256: Mapped[str] = mapped_column(String(64))
    retired: Mapped[bool]
    origin: Mapped[str] = mapped_column(String(16))
    actor: Mapped[str] = mapped_column(String(64))
    reason: Mapped[str]
    at_utc: Mapped[datetime]


def version_row(site_id: str, version: ZoneVersion) -> ZoneVersionRow:
    """Return the row of a version."""
    return ZoneVersionRow(
        site_id=site_id,
        zone_id=version.zone.zone_id,
        version=version.zone.version,
        document=canonical_json(feature_of(version.zone)),
        sha256=version.sha256,
        retired=version.retired,
        origin=version.origin.value,
        actor=version.actor,
        reason=version.reason,
        at_utc=version.at_utc,
    )


def version_of_row(row: ZoneVersionRow) -> ZoneVersion:
    """Return the version of a row; raises ValueError for one that somebody edited."""
    feature = ZoneFeature.model_validate(json.loads(row.document))
    return ZoneVersion(
        zone=replace(stored_zone(feature), version=row.version),
        sha256=row.sha256,
        retired=row.retired,
        origin=ZoneOrigin(row.origin),
        actor=row.actor,
        reason=row.reason,
        at_utc=row.at_utc,
    )


def latest_versions(session: Session, site_id: str) -> dict[str, ZoneVersion]:
    """Return the latest version of each zone of a site, by id; of those taken away too."""
    query = select(ZoneVersionRow).where(ZoneVersionRow.site_id == site_id)
    latest = {
        row.zone_id: row
        for row in session.scalars(query.order_by(ZoneVersionRow.zone_id, ZoneVersionRow.version))
    }
    return {zone_id: version_of_row(row) for zone_id, row in latest.items()}


def site_in_force(session: Session, site: Site) -> Site:
    """Return a site with the zones that hold now: its file's while none was kept yet."""
    latest = latest_versions(session, site.site_id)
    if not latest:
        return site
    return _with_zones(site, (kept.zone for kept in latest.values() if not kept.retired))


def site_of_days(
    session: Session, site: Site, first: date, last: date, named: Collection[str] = ()
) -> Site:
    """Return a site with the zones that stood on local days, both inclusive.

    Those of its file while none was kept yet. `named` are the zones that what was flown on these
    days was judged by.
    """
    query = select(ZoneVersionRow).where(ZoneVersionRow.site_id == site.site_id)
    versions: dict[str, list[ZoneVersion]] = defaultdict(list)
    for row in session.scalars(query.order_by(ZoneVersionRow.zone_id, ZoneVersionRow.version)):
        versions[row.zone_id].append(version_of_row(row))
    if not versions:
        return site
    stood = (
        zone_of_days(kept, first, last, site.reference.timezone, named=zone_id in named)
        for zone_id, kept in versions.items()
    )
    return _with_zones(site, (zone for zone in stood if zone is not None))


def _with_zones(site: Site, zones: Iterable[Zone]) -> Site:
    """Return a site with these zones, those of its file first, in its order."""
    order = {zone.zone_id: place for place, zone in enumerate(site.zones)}
    return replace(
        site,
        zones=tuple(
            sorted(zones, key=lambda zone: (order.get(zone.zone_id, len(order)), zone.zone_id))
        ),
    )


def judged_zone(session: Session, site_id: str, incident: Incident) -> Zone | None:
    """Return the version of the zone that an incident was judged by, by its SHA-256."""
    if incident.zone_id is None or incident.grounds is None:
        return None
    for row in zone_version_rows(session, site_id, incident.zone_id):
        if row.sha256 == incident.grounds.zone_sha256:
            return version_of_row(row).zone
    return None


def zone_version_rows(session: Session, site_id: str, zone_id: str) -> Iterator[ZoneVersionRow]:
    """Yield the versions of one zone, the oldest first."""
    query = select(ZoneVersionRow).where(
        ZoneVersionRow.site_id == site_id, ZoneVersionRow.zone_id == zone_id
    )
    yield from session.scalars(query.order_by(ZoneVersionRow.version))
