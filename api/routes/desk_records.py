"""Records at the desk: the evidence of an incident as one ZIP, and the trail of what was done."""

from collections.abc import Iterator, Mapping
from tempfile import SpooledTemporaryFile
from typing import IO, Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse

from api.deps import OfficerSession, ServicesDep
from api.language import mark
from api.paging import LONGEST
from api.routes.desk import desk_response
from patrol.conditions import CONDITIONS_TOLD
from patrol.exports.evidence import write_evidence
from patrol.ledger import FLIGHT_LOGGED, INCIDENT_EVENT
from patrol.notice_proof import NOTICE_ENDED
from patrol.permit_history import PERMIT_CHANGED
from patrol.tide_history import TIDES_IMPORTED
from patrol.zone_versions import ZONE_CHANGED

router = APIRouter(prefix="/desk", include_in_schema=False)

ENTRIES_A_PAGE = 100
_IN_MEMORY_BYTES = 8 * 2**20
_PIECE_BYTES = 256 * 2**10

# entries about accounts are shown to administrators by their own page
KIND_WORDS: Mapping[str, str] = {
    INCIDENT_EVENT: mark("Alert"),
    FLIGHT_LOGGED: mark("Flight logged"),
    CONDITIONS_TOLD: mark("Sea and weather"),
    NOTICE_ENDED: mark("Message"),
    ZONE_CHANGED: mark("Zone"),
    PERMIT_CHANGED: mark("Permit"),
    TIDES_IMPORTED: mark("Tide table"),
}

Text = Annotated[str, Query(max_length=64)]


@router.get("/incidents/{incident_id}/evidence.zip")
def evidence(at_hand: ServicesDep, _: OfficerSession, incident_id: str) -> Response:
    """Return the evidence of an incident: originals, crop, history, map, and how to check it."""
    case = at_hand.store.case_file(incident_id)
    faults = at_hand.store.verify_case(case.incident).faults
    file = SpooledTemporaryFile(max_size=_IN_MEMORY_BYTES)  # noqa: SIM115  closed when it is sent
    try:
        write_evidence(
            file,
            case,
            at_hand.store.tides.in_force(at_hand.site_now()),
            at_hand.media,
            ledger_faults=faults,
            sign=at_hand.store.sign_evidence,
        )
        size = file.tell()
        file.seek(0)
    except BaseException:
        file.close()
        raise
    headers = {
        "Content-Disposition": f'attachment; filename="evidence-{case.incident.incident_id}.zip"',
        "Content-Length": str(size),
    }
    return StreamingResponse(_pieces(file), media_type="application/zip", headers=headers)


@router.get("/trail")
def trail(
    request: Request,
    at_hand: ServicesDep,
    session: OfficerSession,
    actor: Text = "",
    subject: Text = "",
    before: Annotated[int | None, Query(ge=1, le=LONGEST)] = None,
) -> Response:
    """Show what was done, newest first: by one person, or with one incident or flight."""
    found = at_hand.store.tail.trail(
        actor=actor or None,
        subject=subject or None,
        kinds=tuple(KIND_WORDS),
        before=before,
        limit=ENTRIES_A_PAGE + 1,
    )
    return desk_response(
        request,
        at_hand,
        session,
        "officer/desk_trail.html",
        entries=found[:ENTRIES_A_PAGE],
        older=found[ENTRIES_A_PAGE - 1].sequence if len(found) > ENTRIES_A_PAGE else None,
        kind_words=KIND_WORDS,
        actor=actor,
        subject=subject,
        people=[user.name for user in at_hand.store.users()],
    )


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while piece := file.read(_PIECE_BYTES):
            yield piece
