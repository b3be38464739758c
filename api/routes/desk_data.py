"""What the desk's scripts are given with their page: who works there, the token, and the words."""

from collections.abc import Mapping
from typing import Any

from api.auth import CsrfError, NotAllowedError, NotLoggedInError, Session
from api.deps import SecondFactorNeededError
from api.error_answers import ANSWERS
from api.language import Reader, mark
from api.shown_frame import StaleLabelError, UnknownFrameError, UnmeasurableError
from detection.labels.errors import LabelError
from patrol.incident import TransitionError
from patrol.incident_records import StaleVersion, UnknownIncident
from patrol.zone_versions import StaleZone, UnknownZone, ZoneChangeError

# what a step at the desk may be refused for; programs are told of it in English alone
_REFUSALS = (
    NotLoggedInError,
    NotAllowedError,
    SecondFactorNeededError,
    CsrfError,
    UnknownIncident,
    StaleVersion,
    TransitionError,
    UnknownZone,
    StaleZone,
    ZoneChangeError,
    UnknownFrameError,
    UnmeasurableError,
    StaleLabelError,
    LabelError,
)
_OFFLINE = mark("No connection. Try again when there is one.")
_LOGIN_ENDED = mark("Your login has ended. What you wrote here is kept.")


def script_data(
    reader: Reader, session: Session, words: Mapping[str, str], **more: Any
) -> dict[str, Any]:
    """Return the data of a page's scripts; `words` are texts to be translated, by name."""
    answers = (ANSWERS[kind] for kind in _REFUSALS)
    return {
        "user": session.user.name,
        "csrf_token": session.csrf_token,
        "words": {name: reader.text(word) for name, word in words.items()},
        "refusals": {answer.code: reader.text(answer.advice) for answer in answers},
        "log_in": {"why": reader.text(_LOGIN_ENDED), "link": reader.text(mark("Log in"))},
        "offline": reader.text(_OFFLINE),
        **more,
    }
