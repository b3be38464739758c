"""The JSON interface for officers' tools, version 1."""

from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi import Path as FromPath
from fastapi.responses import JSONResponse

from api.crops import CropError, without_metadata
from api.deps import (
    ActingOfficer,
    OfficerSession,
    RangerSession,
    ServicesDep,
    readable_flight,
    readable_flights,
)
from api.field_mark import mark_of
from api.models import (
    FlightOut,
    IncidentOut,
    IncidentWithHistory,
    PageOut,
    ProblemOut,
    SessionOut,
    StepIn,
    flight_page,
    incident_page,
)
from api.officer_features import incident_feature
from api.paging import Limit, Offset
from api.public.zone_feature import GEOJSON_MEDIA_TYPE, feature_collection, zone_feature
from api.revalidation import revalidated
from api.routes.incident_query import Asked, States
from api.sender import Sender
from api.uploads_models import UploadOut
from patrol.incident_list import PLACE_PATTERN, Listing, Place, place_of
from patrol.uploads import UnknownUpload

PROBLEMS: Mapping[int | str, dict[str, Any]] = {
    401: {"model": ProblemOut, "description": "not logged in"},
    403: {"model": ProblemOut, "description": "the role does not allow it"},
}
NOT_FOUND: Mapping[int | str, dict[str, Any]] = {
    404: {"model": ProblemOut, "description": "no such thing"}
}
CONFLICT: Mapping[int | str, dict[str, Any]] = {
    409: {"model": ProblemOut, "description": "somebody was faster, or the step is not allowed"}
}


class GeoJsonResponse(JSONResponse):
    """An answer in GeoJSON (RFC 7946)."""

    media_type = GEOJSON_MEDIA_TYPE


router = APIRouter(prefix="/api/v1", tags=["officers"], responses=dict(PROBLEMS))

After = Annotated[
    str | None,
    Query(
        pattern=PLACE_PATTERN,
        description="`next` of the page before: goes on there, whatever has come or gone since; "
        "`offset` counts from there",
    ),
]
Sha256 = Annotated[str, FromPath(pattern=r"^[0-9a-f]{64}$")]


@router.get("/session")
def session(session: RangerSession) -> SessionOut:
    """Who is logged in, and the CSRF token for changes."""
    return SessionOut(name=session.user.name, role=session.user.role, csrf_token=session.csrf_token)


@router.get("/alerts")
def alerts(
    at_hand: ServicesDep,
    _: OfficerSession,
    asked: Asked,
    limit: Limit = 100,
    offset: Offset = 0,
    after: After = None,
) -> PageOut[IncidentOut]:
    """Incidents that wait for a person, the most urgent first."""
    found = at_hand.store.incident_page(
        Listing.WAITING, asked, limit=limit, after=_place(after), offset=offset
    )
    return incident_page(found, limit, offset)


@router.get("/incidents")
def incidents(
    at_hand: ServicesDep,
    _: OfficerSession,
    asked: Asked,
    limit: Limit = 100,
    offset: Offset = 0,
    after: After = None,
) -> PageOut[IncidentOut]:
    """All incidents, newest first; `state` may be given several times."""
    found = at_hand.store.incident_page(
        Listing.EVERY, asked, limit=limit, after=_place(after), offset=offset
    )
    return incident_page(found, limit, offset)


@router.get("/incidents.geojson", response_class=GeoJsonResponse)
def incidents_geojson(
    at_hand: ServicesDep, _: OfficerSession, state: States = None, zone_id: str | None = None
) -> Response:
    """Incidents as points for a map; state and zone narrow them."""
    found = at_hand.store.incidents(states=state, zone_id=zone_id)
    return GeoJsonResponse(feature_collection(incident_feature(each) for each in found))


@router.get("/incidents/{incident_id}", responses=dict(NOT_FOUND))
def incident(at_hand: ServicesDep, _: OfficerSession, incident_id: str) -> IncidentWithHistory:
    """One incident with its history."""
    return IncidentWithHistory.with_events(
        at_hand.store.incident(incident_id), at_hand.store.events(incident_id)
    )


@router.post("/incidents/{incident_id}/transitions", responses={**NOT_FOUND, **CONFLICT})
def transition(
    at_hand: ServicesDep, officer: ActingOfficer, incident_id: str, step: StepIn
) -> IncidentOut:
    """Take a step; needs the header X-CSRF-Token with the token of /api/v1/session."""
    return IncidentOut.of(
        at_hand.store.transition(
            incident_id,
            step.to,
            actor=officer.user.name,
            reason=step.reason,
            expected_version=step.expected_version,
            at_utc=at_hand.now(),
        )
    )


@router.get("/flights")
def flights(
    at_hand: ServicesDep, session: RangerSession, limit: Limit = 100, offset: Offset = 0
) -> PageOut[FlightOut]:
    """Flights logged, newest first, with their refused files; rangers see none of other people."""
    page = readable_flights(at_hand, session.user, limit, offset)
    return flight_page(page, partial(mark_of, at_hand))


@router.get("/flights/{flight_id}", responses=dict(NOT_FOUND))
def flight(at_hand: ServicesDep, user: Sender, flight_id: str) -> FlightOut | UploadOut:
    """One flight, by its id; or how far it is, by the id of its upload until it is logged."""
    # an upload's id or else a logged flight's, or nothing's
    if at_hand.desk is not None:
        with suppress(UnknownUpload):
            return UploadOut.of(at_hand.desk.visible_upload(user, flight_id), at_hand.now())
    return FlightOut.of(readable_flight(at_hand, user, flight_id), mark_of(at_hand, flight_id))


@router.get("/zones", response_class=GeoJsonResponse)
def zones(at_hand: ServicesDep, _: RangerSession) -> Response:
    """Zones with their status today, as GeoJSON."""
    statuses = at_hand.store.zone_statuses(at_hand.site, at_hand.today())
    return GeoJsonResponse(feature_collection(zone_feature(zone) for zone in statuses))


@router.get(
    "/crops/{sha256}",
    response_class=Response,
    responses={**NOT_FOUND, 200: {"content": {"image/jpeg": {}}, "description": "the picture"}},
)
def crop(request: Request, at_hand: ServicesDep, _: OfficerSession, sha256: Sha256) -> Response:
    """The picture of an incident, without its metadata."""
    if not at_hand.store.is_crop(sha256):  # originals and other files are in the media store too
        raise CropError(f"no incident has the crop {sha256}")
    picture = without_metadata(at_hand.media.get(sha256))
    # kept by this browser alone, and asked for each time: after a logout the answer is no
    return revalidated(request, picture, "image/jpeg", "private, no-cache")


def _place(after: str | None) -> Place | None:
    return None if after is None else place_of(after)
