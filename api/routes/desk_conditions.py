"""Sea and weather during a flight, told by officers on its page at the desk."""

from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from api.deps import OfficerForm, ServicesDep
from api.language import Reader, mark
from api.routes.desk_flights import flight_page
from patrol.conditions import CONDITION_LIMITS, Conditions, ConditionsError
from patrol.exports.labels import CONDITION_WORDS

_NOTHING_TOLD = mark("Nothing is written of the sea or the weather: write one thing.")
_NO_SOURCE = mark("Write where this is from.")
_NOT_A_LINE = mark("%(what)s: one line of at most 500 characters")

router = APIRouter(prefix="/desk/flights", include_in_schema=False)

Line = Annotated[str, Form(max_length=500)]
Figure = Annotated[float | None, Form()]
Count = Annotated[int | None, Form()]


@router.post("/{flight_id}/conditions")
def tell_conditions(
    request: Request,
    at_hand: ServicesDep,
    session: OfficerForm,
    flight_id: str,
    source: Line = "",
    tide_m: Figure = None,
    wind_m_s: Figure = None,
    wind_from_deg: Figure = None,
    sea_state: Count = None,
    cloud_oktas: Count = None,
    visibility_km: Figure = None,
    weather: Line = "",
) -> Response:
    """Keep in the ledger what an officer tells; the page says where it cannot be."""
    told: dict[str, Any] = {
        "tide_m": tide_m,
        "wind_m_s": wind_m_s,
        "wind_from_deg": wind_from_deg,
        "sea_state": sea_state,
        "cloud_oktas": cloud_oktas,
        "visibility_km": visibility_km,
        "weather": weather.strip(),
        "source": source.strip(),
    }
    try:
        conditions = Conditions(**told)
        at_hand.store.conditions.tell(flight_id, conditions, session.user.name, at_hand.now())
    except ConditionsError as error:
        problem = _problem(error, at_hand.pages.reader(request))
        return flight_page(request, at_hand, session, flight_id, problem=problem, typed=told)
    return RedirectResponse(f"/desk/flights/{flight_id}#conditions", HTTPStatus.SEE_OTHER)


def _problem(error: ConditionsError, reader: Reader) -> str:
    """Return what cannot be, as the reader speaks."""
    if error.field is None:
        return reader.text(_NOTHING_TOLD)
    if error.field not in CONDITION_WORDS:
        return reader.text(_NO_SOURCE)
    what = reader.pick(*CONDITION_WORDS[error.field])
    if error.field in CONDITION_LIMITS:
        least, most = CONDITION_LIMITS[error.field]
        return f"{what}: {least:g} – {most:g}"
    return reader.text(_NOT_A_LINE) % {"what": what}
