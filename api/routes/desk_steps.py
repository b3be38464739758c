"""Steps taken at the desk by its forms: with one incident or several, without JavaScript too."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated
from urllib.parse import parse_qs, urlsplit

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from api.auth import check_csrf
from api.deps import FormToken, OfficerSession, ServicesDep
from api.error_answers import answer_for
from api.incident_split import split_incident
from api.routes.desk import address_of, desk_page
from api.routes.desk_filter import DeskFilter, desk_filter
from patrol.incident import Incident, State, TransitionError
from patrol.incident_records import StaleVersion, StepRefusal
from patrol.incident_step import Assign, Comment, Join, Move, Prioritise, Separate, Signature, Step
from patrol.incident_step import Undo as UndoStep
from patrol.verdict import Priority

router = APIRouter(prefix="/desk", include_in_schema=False)

MOST_AT_ONCE = 200
MOST_FRAMES = 1000

Seen = Annotated[list[str], Form(max_length=MOST_AT_ONCE)]


@router.post("/steps")
def take_steps(
    request: Request,
    at_hand: ServicesDep,
    session: OfficerSession,
    csrf_token: FormToken,
    do: Annotated[str, Form(max_length=64)],
    seen: Seen = [],  # noqa: B006  pydantic copies it
    reason: Annotated[str, Form(max_length=2000)] = "",
    preset: Annotated[str, Form(max_length=200)] = "",
    assignee: Annotated[str, Form(max_length=64)] = "",
    into: Annotated[str, Form(max_length=64)] = "",
    frames: Annotated[list[str], Form(max_length=MOST_FRAMES)] = [],  # noqa: B006  likewise
    back: Annotated[str, Form(max_length=500)] = "",
    following: Annotated[str, Form(max_length=64)] = "",
) -> Response:
    """Take a step with each incident of `seen` (`id:version`); refusals are shown, notes kept."""
    check_csrf(session, csrf_token)
    asked = _asked(back)
    versions = _versions(seen)
    if not versions:
        return RedirectResponse(address_of(asked), HTTPStatus.SEE_OTHER)
    why = " · ".join(text for text in (preset.strip(), reason.strip()) if text)
    by = Signature(session.user.name, why, at_hand.now())
    if do == "split":
        return _split(request, at_hand, session, asked, versions, frames, by)
    if do == "join":
        step: Step = Join(into, at_hand.store.site_in_force(at_hand.site))
    else:
        step = _step(do, session.user.name, assignee)
    outcomes = at_hand.store.take_steps(versions, step, by)
    refused = {key: came for key, came in outcomes.items() if not isinstance(came, Incident)}
    if refused:
        return _refused(request, at_hand, session, asked, versions, refused, reason)
    stays = do in ("comment", "assign", "take", "undo", "join", "separate")
    chosen = next(iter(versions)) if len(versions) == 1 and (stays or not following) else following
    undone = {} if do in ("undo", "comment") else {"done": ",".join(versions)}
    more = undone | ({"id": chosen} if chosen else {})
    return RedirectResponse(address_of(asked, **more), HTTPStatus.SEE_OTHER)


def _split(
    request: Request,
    at_hand: ServicesDep,
    session: OfficerSession,
    asked: DeskFilter,
    versions: Mapping[str, int],
    frames: list[str],
    by: Signature,
) -> Response:
    """Split the first of the incidents, and choose what it becomes; a refusal keeps the reason."""
    incident_id, version = next(iter(versions.items()))
    try:
        part = split_incident(at_hand, incident_id, frames, by, version)
    except (StaleVersion, TransitionError) as refusal:
        refused = {incident_id: refusal}
        return _refused(request, at_hand, session, asked, versions, refused, by.reason)
    address = address_of(asked, done=incident_id, id=part.incident_id)
    return RedirectResponse(address, HTTPStatus.SEE_OTHER)


@router.post("/undo")
def undo(
    request: Request,
    at_hand: ServicesDep,
    session: OfficerSession,
    csrf_token: FormToken,
    incidents: Annotated[str, Form(max_length=4000)],
    back: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    """Take back the last decision on each of several incidents, which are named with commas."""
    check_csrf(session, csrf_token)
    asked = _asked(back)
    ids = [each for each in incidents.split(",") if each][:MOST_AT_ONCE]
    versions = {each: at_hand.store.incident(each).version for each in ids}
    by = Signature(session.user.name, "", at_hand.now())
    outcomes = at_hand.store.take_steps(versions, UndoStep(), by)
    refused = {key: came for key, came in outcomes.items() if not isinstance(came, Incident)}
    if refused:
        return _refused(request, at_hand, session, asked, versions, refused, "")
    return RedirectResponse(address_of(asked, id=ids[0] if ids else ""), HTTPStatus.SEE_OTHER)


def _refused(
    request: Request,
    at_hand: ServicesDep,
    session: OfficerSession,
    asked: DeskFilter,
    versions: Mapping[str, int],
    refused: Mapping[str, StepRefusal],
    note: str,
) -> Response:
    """Show the first incident that was refused, as it is now, with what was typed."""
    chosen, refusal = next(iter(refused.items()))
    advice = answer_for(refusal).advice
    return desk_page(
        request,
        at_hand,
        session,
        asked,
        chosen,
        status=HTTPStatus.CONFLICT,
        done=",".join(key for key in versions if key not in refused),
        problem=advice,
        note=note,
        seen=versions[chosen],
    )


def _asked(back: str) -> DeskFilter:
    """Return the filter of the desk that a form was sent from."""
    query = {name: values[-1] for name, values in parse_qs(urlsplit(back).query).items()}
    return desk_filter(
        state=query.get("state", ""),
        zone=query.get("zone", ""),
        object_class=query.get("class", ""),
        rule=query.get("rule", ""),
        priority=query.get("priority", ""),
        since=query.get("since", ""),
        mine=query.get("mine") == "1",
        after=query.get("after", ""),
    )


def _versions(seen: list[str]) -> dict[str, int]:
    found = {}
    for each in seen:
        incident_id, _, version = each.partition(":")
        if not version.isdecimal():
            raise TransitionError(f"an incident is named with its version, id:version; got {each}")
        found[incident_id] = int(version)
    return found


def _step(do: str, officer: str, assignee: str) -> Step:
    """Return the step that a button asks for; raises TransitionError for a word that is none."""
    if do in tuple(State):
        return Move(State(do))
    if do in tuple(Priority):
        return Prioritise(Priority(do))
    steps: Mapping[str, Step] = {
        "take": Assign(officer),
        "assign": Assign(assignee or None),
        "comment": Comment(),
        "separate": Separate(),
        "undo": UndoStep(),
    }
    if do not in steps:
        known = ", ".join(sorted((*steps, "join", "split")))
        raise TransitionError(f"there is no step {do!r}; there are: {known}")
    return steps[do]
