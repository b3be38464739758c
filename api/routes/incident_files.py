"""Incidents as files for other programs: maps, spreadsheets, patrol boats, EarthRanger, SMART."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Response

from api.deps import OfficerSession, ServicesDep
from api.routes.incident_query import States
from api.routes.v1 import PROBLEMS
from patrol.exports.file_format import KINDS, FileFormat, incidents_file

router = APIRouter(prefix="/api/v1", tags=["officers"], responses=dict(PROBLEMS))

_CONTENT: Mapping[int | str, dict[str, Any]] = {
    200: {
        "content": {kind.media_type.partition(";")[0]: {} for kind in KINDS.values()},
        "description": "the file",
    }
}


@router.get("/incidents/files/{file_format}", response_class=Response, responses=dict(_CONTENT))
def incidents_as_file(
    at_hand: ServicesDep,
    _: OfficerSession,
    file_format: FileFormat,
    state: States = None,
    zone_id: str | None = None,
) -> Response:
    """Incidents in one file, as `libong incidents export` writes it; state and zone narrow them.

    All but `darwin-core` tell positions, and are for officers alone. That holds the confirmed
    dugongs for science, their places made coarse and without times of day.
    """
    site = at_hand.site_now()
    incidents = at_hand.store.incidents(states=state, zone_id=zone_id)
    made = incidents_file(file_format, incidents, site, at_hand.today())
    kind = KINDS[file_format]
    name = f"{site.site_id}-incidents{kind.suffix}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(made.content, media_type=kind.media_type, headers=headers)
