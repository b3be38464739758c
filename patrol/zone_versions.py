"""Versions of zones: every one is kept, for an incident names the one it was judged by.

Pure: zones in, versions out. The store keeps the rows, the ledger an entry for each.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from ingest.errors import LibongError
from patrol.ledger import canonical_json
from patrol.site import Site
from patrol.watched_zones import size_fault
from patrol.zone_document import ZoneError, overlap_faults, zone_sha256
from patrol.zone_geometry import FaultCode, ZoneFault, far_fault
from patrol.zones import Zone

ZONE_CHANGED = "zone_changed"

# Why the software itself makes a version; pages tell it in the reader's language.
AS_IN_FILE = "as in the file of the site"
NOT_IN_FILE = "no longer in the file of the site"


class ZoneOrigin(StrEnum):
    """Where a version came from: the site's file, or a person."""

    FILE = "file"
    PERSON = "person"


class UnknownZone(LibongError, LookupError):  # noqa: N818  says what is wrong without "Error"
    """No zone, or no version of it, of this id."""


class StaleZone(LibongError, ValueError):  # noqa: N818
    """Someone else changed the zone after it was read."""


class ZoneChangeError(LibongError, ValueError):
    """A change of a zone that lacks who or why."""


@dataclass(frozen=True)
class ZoneVersion:
    """One version of a zone: who made it, when and why.

    `zone` is as it was drawn, also in a version that took it away (`retired`). `sha256` is over
    the zone's feature (`patrol.zone_document`).
    """

    zone: Zone
    sha256: str
    retired: bool
    origin: ZoneOrigin
    actor: str
    reason: str
    at_utc: datetime


def version_of(
    zone: Zone,
    before: ZoneVersion | None,
    *,
    origin: ZoneOrigin,
    actor: str,
    reason: str,
    at_utc: datetime,
    retired: bool = False,
) -> ZoneVersion:
    """Return the version that follows `before`; raises ZoneChangeError without actor or reason."""
    for name, text in (("name of who makes it", actor), ("reason", reason)):
        if not text.strip() or not text.isprintable():
            raise ZoneChangeError(
                f"a change of a zone needs a {name} of printable characters; got {text!r}"
            )
    number = 1 if before is None else before.zone.version + 1
    return ZoneVersion(
        zone=replace(zone, version=number),
        sha256=zone_sha256(zone),
        retired=retired,
        origin=origin,
        actor=actor.strip(),
        reason=reason.strip(),
        at_utc=at_utc,
    )


def file_changes(
    zones: Iterable[Zone], latest: dict[str, ZoneVersion], at_utc: datetime
) -> Iterator[ZoneVersion]:
    """Yield the versions by which the store follows a site's file.

    Zones that a person drew, changed or took away stay as that person left them.
    """
    named: set[str] = set()
    for zone in zones:
        named.add(zone.zone_id)
        before = latest.get(zone.zone_id)
        if before is None or (
            before.origin is ZoneOrigin.FILE
            and (before.retired or before.sha256 != zone_sha256(zone))
        ):
            yield version_of(
                zone,
                before,
                origin=ZoneOrigin.FILE,
                actor="libong",
                reason=AS_IN_FILE,
                at_utc=at_utc,
            )
    for zone_id, before in latest.items():
        if zone_id not in named and before.origin is ZoneOrigin.FILE and not before.retired:
            yield version_of(
                before.zone,
                before,
                origin=ZoneOrigin.FILE,
                actor="libong",
                reason=NOT_IN_FILE,
                at_utc=at_utc,
                retired=True,
            )


def zone_of_days(
    versions: Sequence[ZoneVersion], first: date, last: date, timezone: ZoneInfo, *, named: bool
) -> Zone | None:
    """Return a zone as it stood on the last of some local days, both inclusive; None if on none.

    `versions` are all of the zone, the oldest first. One of the site's file stood before it was
    kept; one that a person drew stands from the day of that, or from an earlier one that it names.
    One that was taken away ends the day before. A zone that is `named` by what was flown on these
    days stood on them, however late it was kept.
    """
    days = [version.at_utc.astimezone(timezone).date() for version in versions]
    begins = [_begin(versions[0], days[0]), *days[1:]]
    stood = [
        _until(version.zone, ends) if follower is None or follower.retired else version.zone
        for version, begin, ends, follower in zip(
            versions, begins, [*days[1:], None], [*versions[1:], None], strict=True
        )
        if not version.retired and begin <= last and (ends is None or max(begin, first) < ends)
    ]
    if stood:
        return stood[-1]
    return versions[0].zone if named else None


def _begin(version: ZoneVersion, made: date) -> date:
    if version.origin is ZoneOrigin.FILE:
        return date.min
    return min(version.zone.valid_from or made, made)


def _until(zone: Zone, ends: date | None) -> Zone:
    """Return a zone that holds before a day, its own last day at the latest."""
    if ends is None:
        return zone
    before = ends - timedelta(days=1)
    return replace(zone, valid_until=min(zone.valid_until or before, before))


def check_zone(zone: Zone, site: Site) -> None:
    """Raise ZoneError where a zone fits neither the site nor its other zones."""
    faults = [*overlap_faults(zone, site.zones)]
    too_small = size_fault(zone, site.coast)
    if too_small is not None:
        faults.append(ZoneFault(FaultCode.TOO_SMALL, too_small))
    far = far_fault(zone.area, site.coast)
    if far is not None:
        faults.append(far)
    if faults:
        raise ZoneError(faults)


def zone_payload(site_id: str, version: ZoneVersion) -> str:
    """Return what the ledger says of a version: it vouches for the outline and all its rules."""
    return canonical_json(
        {
            "site_id": site_id,
            "version": version.zone.version,
            "sha256": version.sha256,
            "retired": version.retired,
            "origin": version.origin,
            "actor": version.actor,
            "reason": version.reason,
            "at_utc": version.at_utc,
        }
    )
