"""A flight watched again at the desk: its frames along the track, and what was found in each."""

from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, Request, Response

from api.auth import Session
from api.deps import OfficerSession, Services, ServicesDep
from api.field_mark import mark_of
from api.language import Reader
from api.routes.desk import desk_response
from api.routes.desk_data import script_data
from api.words import CLASS_WORDS
from detection.labels.label import Label, LabelledFrame, Undecided, Verdict
from patrol.conditions import CONDITION_LIMITS
from patrol.exports.labels import CONDITION_WORDS
from patrol.flight_log import LoggedFrame

router = APIRouter(prefix="/desk/flights", include_in_schema=False)


@router.get("/{flight_id}")
def replay(
    request: Request, at_hand: ServicesDep, session: OfficerSession, flight_id: str
) -> Response:
    """Show a flight frame by frame, with the boxes as they came."""
    return flight_page(request, at_hand, session, flight_id)


def flight_page(
    request: Request,
    at_hand: Services,
    session: Session,
    flight_id: str,
    *,
    problem: str = "",
    typed: Mapping[str, object] | None = None,
) -> Response:
    """Return the page of a flight; with a problem, of what was typed about sea and weather."""
    reader = at_hand.pages.reader(request)
    flight = at_hand.store.flight(flight_id)
    frames = at_hand.store.frames(flight_id)
    labelled = {frame.sha256: frame for frame in at_hand.store.labelled_flight(flight_id).frames}
    return desk_response(
        request,
        at_hand,
        session,
        "officer/desk_flight.html",
        status=HTTPStatus.CONFLICT if problem else HTTPStatus.OK,
        flight=flight,
        conditions=at_hand.store.conditions.of_flight(flight_id),
        condition_names={
            name: reader.pick(named.th, named.en) for name, named in CONDITION_WORDS.items()
        },
        condition_limits=CONDITION_LIMITS,
        problem=problem,
        typed=typed or {},
        unverified=mark_of(at_hand, flight_id),
        frames=frames,
        labelled=labelled,
        replay_data=script_data(
            reader, session, {}, frames=_told(frames, labelled, reader, at_hand.media.has)
        ),
    )


def _told(
    frames: Sequence[LoggedFrame],
    labelled: Mapping[str, LabelledFrame],
    reader: Reader,
    is_kept: Callable[[str], bool],
) -> list[dict[str, Any]]:
    """Return frames as the script plays them."""
    return [
        {
            "sha256": frame.sha256,
            "lon": frame.position.lon,
            "lat": frame.position.lat,
            "width": frame.width_px,
            "height": frame.height_px,
            "moment": reader.moment(frame.taken_at_utc),
            "kept": is_kept(frame.sha256),
            "boxes": _boxes(labelled[frame.sha256], reader),
        }
        for frame in frames
    ]


def _boxes(frame: LabelledFrame, reader: Reader) -> list[dict[str, Any]]:
    shown: list[Label | Undecided] = [
        label for label in frame.labels if label.verdict is not Verdict.WITHDRAWN
    ]
    return [
        {
            "class": box.object_class.value,
            "name": reader.text(CLASS_WORDS[box.object_class]),
            "xyxy_px": box.xyxy_px,
        }
        for box in shown + list(frame.undecided)
    ]
