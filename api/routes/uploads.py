"""Flights on their way: announced by a manifest, sent file by file (see `tus`), then finished."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, Request
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool

from api.deps import ServicesDep
from api.models import PageOut, ProblemOut
from api.paging import Limit, Offset, page_of
from api.sender import DeskDep, Sender
from api.uploads_models import FinishIn, ManifestIn, UploadOut, UploadSummaryOut

PROBLEMS: Mapping[int | str, dict[str, Any]] = {
    401: {"model": ProblemOut, "description": "neither logged in nor a valid device token"},
    403: {"model": ProblemOut, "description": "the CSRF token is missing"},
    404: {"model": ProblemOut, "description": "no such upload, or somebody else's"},
    409: {"model": ProblemOut, "description": "not a step of its state; the text says why"},
    413: {"model": ProblemOut, "description": "more than may be sent"},
}

router = APIRouter(prefix="/api/v1/uploads", tags=["uploads"], responses=dict(PROBLEMS))


def _manifest_schema() -> dict[str, Any]:
    """Return the manifest's schema in one piece: references would lead out of the document."""
    schema = ManifestIn.model_json_schema()
    (offer,) = schema.pop("$defs").values()
    schema["properties"]["files"]["items"] = offer
    return schema


_MANIFEST_BODY: Mapping[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": _manifest_schema()}},
    }
}


@router.post("", openapi_extra=dict(_MANIFEST_BODY))
async def announce(
    request: Request, at_hand: ServicesDep, desk: DeskDep, user: Sender
) -> UploadOut:
    """Name all files of a flight; the answer says which are here already and where to send others.

    The same files announced again are the same upload, which goes on where it was.
    """
    # read by hand: a body is otherwise read before it is known who sends it
    try:
        manifest = ManifestIn.model_validate_json(await request.body())
    except ValidationError as error:
        raise RequestValidationError(error.errors()) from error
    offers = [file.offer() for file in manifest.files]
    upload = await run_in_threadpool(desk.announce, user, manifest.name, offers)
    return UploadOut.of(upload, at_hand.now())


@router.get("")
def uploads(
    at_hand: ServicesDep,
    desk: DeskDep,
    user: Sender,
    limit: Limit = 100,
    offset: Offset = 0,
) -> PageOut[UploadSummaryOut]:
    """One's own flights on their way, or everybody's for officers; the newest first."""
    page = page_of(desk.visible_uploads(user), limit, offset)
    return PageOut(
        items=[UploadSummaryOut.of(upload, at_hand.now()) for upload in page.items],
        total=page.total,
        limit=page.limit,
        offset=page.offset,
    )


@router.get("/{upload_id}")
def upload(at_hand: ServicesDep, desk: DeskDep, user: Sender, upload_id: str) -> UploadOut:
    """One flight on its way, file by file: what has come, what was refused and what to do."""
    return UploadOut.of(desk.visible_upload(user, upload_id), at_hand.now())


@router.post("/{upload_id}/finish", status_code=HTTPStatus.OK)
def finish(
    at_hand: ServicesDep, desk: DeskDep, user: Sender, upload_id: str, said: FinishIn
) -> UploadOut:
    """Say that all is sent; the flight is received when every file is verified or refused."""
    done = desk.finish(user, upload_id, leave_out_missing=said.leave_out_missing)
    return UploadOut.of(done, at_hand.now())
