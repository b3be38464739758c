"""The JSON interface for drawing zones: every change is a new version, none overwrites another."""

import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Header, Response
from fastapi import Path as FromPath

from api.deps import ActingOfficer, OfficerSession, ServicesDep
from api.models import ProblemOut
from api.zones_models import (
    NoPreconditionError,
    ZoneFaultOut,
    ZoneFaultsOut,
    ZoneIn,
    ZoneRetiredIn,
    ZoneToCheckIn,
    ZoneVersionOut,
    ZoneVersionsOut,
)
from patrol.zone_document import ZoneError, zone_of
from patrol.zone_geometry import FaultCode, ZoneFault
from patrol.zone_versions import UnknownZone, ZoneVersion, check_zone

PROBLEMS: Mapping[int | str, dict[str, Any]] = {
    401: {"model": ProblemOut, "description": "not logged in"},
    403: {"model": ProblemOut, "description": "the role does not allow it, or no CSRF token"},
    404: {"model": ProblemOut, "description": "no such zone or version"},
    412: {"model": ProblemOut, "description": "somebody else changed the zone"},
    422: {"model": ProblemOut, "description": "the zone cannot be so; `faults` say why and where"},
    428: {"model": ProblemOut, "description": "If-Match or If-None-Match is missing"},
}

router = APIRouter(prefix="/api/v1/zones", tags=["zones"], responses=dict(PROBLEMS))

ZoneId = Annotated[str, FromPath(pattern=r"^[a-z0-9_]+$", max_length=64)]
_ETAG = re.compile(r'"(?P<version>[1-9]\d{0,8})-[0-9a-f]{12}"')


IfMatch = Annotated[str | None, Header(description="the ETag of the version you looked at")]
IfNoneMatch = Annotated[str | None, Header(description="* for a zone that is new")]


@router.get("/versions")
def latest_versions(at_hand: ServicesDep, _: OfficerSession) -> ZoneVersionsOut:
    """The latest version of each zone, with all that a desk needs to draw and change it."""
    return ZoneVersionsOut.of(at_hand.store.zones.latest(at_hand.site.site_id))


@router.post("/check")
def check(at_hand: ServicesDep, _: ActingOfficer, drawn: ZoneToCheckIn) -> ZoneFaultsOut:
    """All that is wrong with a zone as it is drawn; keeps nothing."""
    try:
        check_zone(zone_of(drawn.feature), at_hand.site_now())
    except ZoneError as error:
        return ZoneFaultsOut(faults=[ZoneFaultOut.of(fault) for fault in error.faults])
    return ZoneFaultsOut(faults=[])


@router.get("/{zone_id}")
def zone(
    at_hand: ServicesDep, _: OfficerSession, zone_id: ZoneId, response: Response
) -> ZoneVersionOut:
    """The latest version of a zone; its ETag goes into If-Match of a change."""
    return _answer(at_hand.store.zones.history(at_hand.site.site_id, zone_id)[-1], response)


@router.put("/{zone_id}")
def put_zone(
    at_hand: ServicesDep,
    officer: ActingOfficer,
    zone_id: ZoneId,
    drawn: ZoneIn,
    response: Response,
    if_match: IfMatch = None,
    if_none_match: IfNoneMatch = None,
) -> ZoneVersionOut:
    """Keep a zone as it is drawn, as a new version; needs If-Match, or If-None-Match: * if new."""
    zone = zone_of(drawn.feature)
    if zone.zone_id != zone_id:
        raise ZoneError(
            [
                ZoneFault(
                    FaultCode.OTHER_ID,
                    f"the address is of {zone_id}, the zone_id is {zone.zone_id}",
                )
            ]
        )
    version = at_hand.store.zones.put(
        at_hand.site,
        zone,
        expected_version=_expected(if_match, if_none_match),
        actor=officer.user.name,
        reason=drawn.reason,
        at_utc=at_hand.now(),
    )
    if version.zone.version == 1:
        response.status_code = HTTPStatus.CREATED
    return _answer(version, response)


@router.post("/{zone_id}/retire")
def retire(
    at_hand: ServicesDep,
    officer: ActingOfficer,
    zone_id: ZoneId,
    said: ZoneRetiredIn,
    response: Response,
    if_match: IfMatch = None,
) -> ZoneVersionOut:
    """Take a zone away from now on; all its versions stay. Needs If-Match."""
    expected = _expected(if_match, None)
    if expected is None:
        raise UnknownZone(f"zone {zone_id!r} must exist to be taken away")
    version = at_hand.store.zones.retire(
        at_hand.site,
        zone_id,
        expected_version=expected,
        actor=officer.user.name,
        reason=said.reason,
        at_utc=at_hand.now(),
    )
    return _answer(version, response)


@router.get("/{zone_id}/versions")
def versions(at_hand: ServicesDep, _: OfficerSession, zone_id: ZoneId) -> ZoneVersionsOut:
    """All versions of a zone, the oldest first."""
    return ZoneVersionsOut.of(at_hand.store.zones.history(at_hand.site.site_id, zone_id))


@router.get("/{zone_id}/versions/{number}")
def version(
    at_hand: ServicesDep,
    _: OfficerSession,
    zone_id: ZoneId,
    number: Annotated[int, FromPath(ge=1, le=10**9)],
) -> ZoneVersionOut:
    """One version of a zone, as incidents name it."""
    return ZoneVersionOut.of(at_hand.store.zones.version(at_hand.site.site_id, zone_id, number))


def _answer(version: ZoneVersion, response: Response) -> ZoneVersionOut:
    response.headers["ETag"] = f'"{version.zone.version}-{version.sha256[:12]}"'
    return ZoneVersionOut.of(version)


def _expected(if_match: str | None, if_none_match: str | None) -> int | None:
    """Return the version that a change follows, None for a new zone."""
    if if_match is None and if_none_match == "*":
        return None
    found = None if if_match is None else _ETAG.fullmatch(if_match.strip())
    if found is None:
        raise NoPreconditionError(
            "send If-Match with the ETag of the version you looked at, or If-None-Match: * for a "
            f"zone that is new; got If-Match {if_match!r}"
        )
    return int(found["version"])
