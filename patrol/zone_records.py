"""The zones of a site as the store keeps them: in every version, with who changed what and why."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from patrol.ledger_table import append_zone_version, lock_ledger
from patrol.records import Records, storable
from patrol.site import Site
from patrol.zone_version_table import (
    latest_versions,
    site_in_force,
    version_of_row,
    version_row,
    zone_version_rows,
)
from patrol.zone_versions import (
    StaleZone,
    UnknownZone,
    ZoneOrigin,
    ZoneVersion,
    check_zone,
    file_changes,
    version_of,
)
from patrol.zones import Zone


class ZoneRecords(Records):
    """Zones in all their versions; each change is an entry of the ledger."""

    def follow_file(self, site: Site, at_utc: datetime) -> tuple[ZoneVersion, ...]:
        """Keep what is new in the site's file, and return the versions that this made.

        `site` is as its folder says. Zones that a person changed stay as that person left them.
        """
        with self._reading() as session:
            if not tuple(file_changes(site.zones, latest_versions(session, site.site_id), at_utc)):
                return ()
        with self._writing() as session, session.begin():
            lock_ledger(session)
            return _follow(session, site, at_utc)

    def in_force(self, site: Site) -> Site:
        """Return the site with the zones that hold now; its file's while none was kept yet."""
        with self._reading() as session:
            return site_in_force(session, site)

    def latest(self, site_id: str) -> tuple[ZoneVersion, ...]:
        """Return the latest version of each zone by id, of those taken away too."""
        with self._reading() as session:
            return tuple(latest_versions(session, site_id).values())

    def history(self, site_id: str, zone_id: str) -> tuple[ZoneVersion, ...]:
        """Return all versions of a zone, the oldest first; raises UnknownZone."""
        with self._reading() as session:
            rows = zone_version_rows(session, site_id, zone_id) if storable(zone_id) else ()
            versions = tuple(map(version_of_row, rows))
        if not versions:
            raise UnknownZone(f"no zone {zone_id!r} was kept; list the zones to see their ids")
        return versions

    def version(self, site_id: str, zone_id: str, number: int) -> ZoneVersion:
        """Return one version of a zone; raises UnknownZone."""
        for version in self.history(site_id, zone_id):
            if version.zone.version == number:
                return version
        raise UnknownZone(f"zone {zone_id!r} has no version {number}; look at its history")

    def put(
        self,
        site: Site,
        zone: Zone,
        *,
        expected_version: int | None,
        actor: str,
        reason: str,
        at_utc: datetime,
    ) -> ZoneVersion:
        """Keep a zone as a person drew it, and return its new version.

        `expected_version` is the version that the person saw, None for a zone that is new. The same
        zone again makes no new version. Raises StaleZone, ZoneError and ZoneChangeError.
        """
        (version,) = self.put_all(
            site,
            [(zone, expected_version)],
            actor=actor,
            reason=reason,
            at_utc=at_utc,
        )
        return version

    def put_all(
        self,
        site: Site,
        zones: Sequence[tuple[Zone, int | None]],
        *,
        actor: str,
        reason: str,
        at_utc: datetime,
        retire: Sequence[tuple[str, int]] = (),
    ) -> tuple[ZoneVersion, ...]:
        """Keep several zones and take others away, all or nothing; as `put` and `retire`."""
        with self._writing() as session, session.begin():
            lock_ledger(session)
            _follow(session, site, at_utc)
            latest = latest_versions(session, site.site_id)
            for zone_id, seen in retire:
                before = _as_seen(zone_id, latest.get(zone_id), seen)
                gone = version_of(
                    before.zone,
                    before,
                    origin=ZoneOrigin.PERSON,
                    actor=actor,
                    reason=reason,
                    at_utc=at_utc,
                    retired=True,
                )
                latest[zone_id] = _kept(session, site.site_id, gone)
            made = []
            for zone, expected in zones:
                before_it = latest.get(zone.zone_id)
                if expected is not None:
                    _as_seen(zone.zone_id, before_it, expected)
                elif before_it is not None and not before_it.retired:
                    raise StaleZone(
                        f"there is a zone {zone.zone_id} already, at version "
                        f"{before_it.zone.version}: look at it, then change it"
                    )
                version = version_of(
                    zone,
                    before_it,
                    origin=ZoneOrigin.PERSON,
                    actor=actor,
                    reason=reason,
                    at_utc=at_utc,
                )
                if (
                    before_it is not None
                    and not before_it.retired
                    and before_it.sha256 == version.sha256
                ):
                    made.append(before_it)
                    continue
                latest[zone.zone_id] = _kept(session, site.site_id, version)
                made.append(version)
            others = [version.zone for version in latest.values() if not version.retired]
            for zone, _ in zones:
                check_zone(zone, replace(site, zones=tuple(others)))
            return tuple(made)

    def retire(
        self,
        site: Site,
        zone_id: str,
        *,
        expected_version: int,
        actor: str,
        reason: str,
        at_utc: datetime,
    ) -> ZoneVersion:
        """Take a zone away from now on; its versions stay. Raises UnknownZone and StaleZone."""
        self.put_all(
            site,
            [],
            retire=[(zone_id, expected_version)],
            actor=actor,
            reason=reason,
            at_utc=at_utc,
        )
        return self.history(site.site_id, zone_id)[-1]


def _follow(session: Session, site: Site, at_utc: datetime) -> tuple[ZoneVersion, ...]:
    latest = latest_versions(session, site.site_id)
    made = tuple(file_changes(site.zones, latest, at_utc))
    for version in made:
        _kept(session, site.site_id, version)
    return made


def _kept(session: Session, site_id: str, version: ZoneVersion) -> ZoneVersion:
    row = version_row(site_id, version)
    session.add(row)
    session.flush()
    append_zone_version(session, site_id, version)
    return version


def _as_seen(zone_id: str, latest: ZoneVersion | None, expected: int) -> ZoneVersion:
    if latest is None:
        raise UnknownZone(f"no zone {zone_id!r} was kept; list the zones to see their ids")
    if latest.retired or latest.zone.version != expected:
        state = "taken away" if latest.retired else f"at version {latest.zone.version}"
        raise StaleZone(
            f"zone {zone_id} is {state}, not at version {expected}: someone else changed it; look "
            "again, then decide"
        )
    return latest
