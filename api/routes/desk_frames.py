"""The frame viewer of the desk, and its form to say that a photo was looked through as a whole."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from api.deps import OfficerForm, OfficerSession, ServicesDep
from api.language import mark
from api.routes.desk import desk_response
from api.routes.desk_data import script_data
from api.routes.v1 import Sha256
from api.shown_frame import labelled_frame, last_review, review_frame, shown_frame
from detection.types import ObjectClass

# what the viewer's script says
VIEWER_WORDS: Mapping[str, str] = {
    "measure": mark("Tap the points of a line; its length on the sea is told here."),
    "draw": mark("Drag from one corner of the thing to the other."),
    "outline": mark("Drag the new outline from corner to corner."),
    "choose_box": mark("First choose a box."),
    "length": mark("Length"),
    "metres": mark("m"),
}

router = APIRouter(prefix="/desk/frames", include_in_schema=False)


@router.get("/{sha256}")
def frame_page(
    request: Request,
    at_hand: ServicesDep,
    session: OfficerSession,
    sha256: Sha256,
    incident: Annotated[str, Query(max_length=64)] = "",
) -> Response:
    """Show a frame with its boxes; `incident` is the one it was opened from."""
    shown = shown_frame(at_hand, sha256)
    reader = at_hand.pages.reader(request)
    view = at_hand.store.views.of_frame(shown.flight_id, sha256)
    return desk_response(
        request,
        at_hand,
        session,
        "officer/desk_frame.html",
        shown=shown,
        labelled=labelled_frame(at_hand, shown),
        review=last_review(at_hand, shown),
        view=view,
        has_picture=at_hand.media.has(sha256),
        kept={each.sha256 for each in shown.neighbours if at_hand.media.has(each.sha256)},
        opened_from=incident,
        incidents=[
            each
            for each in at_hand.store.incidents(flight_id=shown.flight_id)
            if each.frame_sha256 == sha256
        ],
        classes=tuple(ObjectClass),
        frame_data=script_data(reader, session, VIEWER_WORDS),
    )


@router.post("/{sha256}/review")
def review(
    at_hand: ServicesDep,
    session: OfficerForm,
    sha256: Sha256,
    complete: Annotated[bool, Form()],
    incident: Annotated[str, Form(max_length=64)] = "",
) -> Response:
    """Keep that an officer looked through the whole photo, or takes that back."""
    review_frame(at_hand, shown_frame(at_hand, sha256), session.user, complete=complete)
    query = f"?{urlencode({'incident': incident})}" if incident else ""
    return RedirectResponse(f"/desk/frames/{sha256}{query}#review", HTTPStatus.SEE_OTHER)
