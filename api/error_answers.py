"""How each error is answered: one table from exceptions to HTTP.

The text of an exception is shown only where the table says that it was written for the reader.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

from api.auth import CsrfError, LoginsBusyError, NotAllowedError, NotLoggedInError
from api.crops import CropError
from api.deps import SecondFactorNeededError
from api.language import mark
from api.sender import NoUploadsError, TokenError, TusVersionError
from api.shown_frame import StaleLabelError, UnknownFrameError, UnmeasurableError
from api.zones_models import NoPreconditionError
from detection.labels.errors import LabelError
from ingest.errors import DiskFull
from patrol.account import AccountError, LinkError
from patrol.database import DatabaseAway
from patrol.device_tokens import DeviceTokenError
from patrol.exports.evidence import EvidenceError
from patrol.incident import TransitionError
from patrol.media import MediaError
from patrol.report.month import MonthError
from patrol.store import StaleVersion, UnknownFlight, UnknownIncident
from patrol.uploads import (
    OffsetError,
    QuotaError,
    UnknownUpload,
    UploadError,
    UploadExpired,
    UploadStateError,
)
from patrol.user_records import UnknownUser, UserError
from patrol.zone_document import ZoneError
from patrol.zone_versions import StaleZone, UnknownZone, ZoneChangeError


@dataclass(frozen=True)
class Answer:
    """How an error is answered: a status, a stable code for programs, and a line for people."""

    status: HTTPStatus
    code: str
    advice: str
    shows_text: bool = False
    retry_after_s: int | None = None


ANSWERS: Mapping[type[Exception], Answer] = {
    NotLoggedInError: Answer(
        HTTPStatus.UNAUTHORIZED, "not_logged_in", mark("Please log in first."), shows_text=True
    ),
    NotAllowedError: Answer(
        HTTPStatus.FORBIDDEN,
        "not_allowed",
        mark("Your account may not see this. Ask an administrator if you need it."),
        shows_text=True,
    ),
    SecondFactorNeededError: Answer(
        HTTPStatus.FORBIDDEN,
        "second_factor_needed",
        mark("Set up a second factor first, on the page of your account."),
        shows_text=True,
    ),
    CsrfError: Answer(
        HTTPStatus.FORBIDDEN,
        "csrf",
        mark("This form is too old or came from elsewhere. Load the page again and repeat."),
        shows_text=True,
    ),
    LoginsBusyError: Answer(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "logins_busy",
        mark("Too many people are logging in at this moment. Try again in a few seconds."),
        shows_text=True,
        retry_after_s=5,
    ),
    UnknownIncident: Answer(
        HTTPStatus.NOT_FOUND,
        "unknown_incident",
        mark("There is no such incident. Open it from the list of alerts."),
        shows_text=True,
    ),
    MonthError: Answer(
        HTTPStatus.NOT_FOUND,
        "no_month",
        mark("A report is asked for by its month, as in 2026-11."),
        shows_text=True,
    ),
    UnknownFlight: Answer(
        HTTPStatus.NOT_FOUND,
        "unknown_flight",
        mark("There is no such flight. Open it from the list of flights."),
        shows_text=True,
    ),
    UnknownUser: Answer(
        HTTPStatus.NOT_FOUND,
        "unknown_user",
        mark("There is no such account. Open it from the list of accounts."),
        shows_text=True,
    ),
    UserError: Answer(
        HTTPStatus.CONFLICT,
        "bad_user",
        mark("There is an account of this name already, or the name will not do. Choose another."),
        shows_text=True,
    ),
    AccountError: Answer(
        HTTPStatus.CONFLICT,
        "account",
        mark(
            "This change of an account was not made. The last administrator must stay, and a "
            "second factor must be removed before another is added."
        ),
        shows_text=True,
    ),
    LinkError: Answer(
        HTTPStatus.GONE,
        "link_used",
        mark("This link was used or is too old. Ask an administrator for a new one."),
        shows_text=True,
    ),
    DeviceTokenError: Answer(
        HTTPStatus.NOT_FOUND,
        "unknown_device",
        mark("There is no such device. Open it from the list of devices."),
        shows_text=True,
    ),
    StaleVersion: Answer(
        HTTPStatus.CONFLICT,
        "stale_version",
        mark("Somebody else changed this incident meanwhile. Look again, then decide."),
        shows_text=True,
    ),
    TransitionError: Answer(
        HTTPStatus.CONFLICT,
        "transition",
        mark(
            "This step was not taken: it does not follow from the present state, or it lacks its "
            "reason. Steps that take something back need a reason."
        ),
        shows_text=True,
    ),
    UnknownUpload: Answer(
        HTTPStatus.NOT_FOUND,
        "unknown_upload",
        mark("There is no such upload. Announce the files of the flight first."),
        shows_text=True,
    ),
    UploadError: Answer(
        HTTPStatus.BAD_REQUEST,
        "bad_upload",
        mark("This cannot be taken as it was sent. Correct it and send it again."),
        shows_text=True,
    ),
    UploadStateError: Answer(
        HTTPStatus.CONFLICT,
        "upload_state",
        mark("The flight is not at this step. Look at its state, then go on."),
        shows_text=True,
    ),
    DatabaseAway: Answer(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "database_away",
        mark("Nothing can be read or kept at this moment. What was sent is safe; try again later."),
        retry_after_s=30,
    ),
    QuotaError: Answer(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        "quota",
        mark("There is no room for this flight now. Keep the card and ask an administrator."),
        shows_text=True,
    ),
    DiskFull: Answer(
        HTTPStatus.INSUFFICIENT_STORAGE,
        "disk_full",
        mark("There is no room for this flight now. Keep the card and ask an administrator."),
        shows_text=True,
    ),
    UploadExpired: Answer(
        HTTPStatus.GONE,
        "upload_expired",
        mark("This upload waited too long. Announce the same files again and it goes on."),
        shows_text=True,
    ),
    OffsetError: Answer(
        HTTPStatus.CONFLICT,
        "offset",
        mark("Bytes were sent that do not follow. Ask how far the file is, then go on."),
        shows_text=True,
    ),
    NoUploadsError: Answer(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "no_uploads",
        mark("This service takes no flights over the network."),
    ),
    TokenError: Answer(
        HTTPStatus.UNAUTHORIZED,
        "bad_token",
        mark("The device token is not valid. Ask an administrator for a new one."),
        shows_text=True,
    ),
    TusVersionError: Answer(
        HTTPStatus.PRECONDITION_FAILED,
        "tus_version",
        mark("This cannot be taken as it was sent. Correct it and send it again."),
        shows_text=True,
    ),
    UnknownZone: Answer(
        HTTPStatus.NOT_FOUND,
        "unknown_zone",
        mark("There is no such zone. Open it from the list of zones."),
        shows_text=True,
    ),
    StaleZone: Answer(
        HTTPStatus.PRECONDITION_FAILED,
        "stale_zone",
        mark("Somebody else changed this zone meanwhile. Look again, then decide."),
        shows_text=True,
    ),
    ZoneError: Answer(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "bad_zone",
        mark("The zone cannot be kept as it is drawn. Correct it and send it again."),
        shows_text=True,
    ),
    ZoneChangeError: Answer(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "bad_zone_change",
        mark("A change of a zone needs a reason."),
        shows_text=True,
    ),
    NoPreconditionError: Answer(
        HTTPStatus.PRECONDITION_REQUIRED,
        "no_precondition",
        mark("The request is not as this address expects it."),
        shows_text=True,
    ),
    UnknownFrameError: Answer(
        HTTPStatus.NOT_FOUND,
        "unknown_frame",
        mark("There is no such photo. Open it from an alert or a flight."),
        shows_text=True,
    ),
    UnmeasurableError: Answer(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "unmeasurable",
        mark("This cannot be measured: the place looks at the horizon, or the pose is not known."),
        shows_text=True,
    ),
    StaleLabelError: Answer(
        HTTPStatus.CONFLICT,
        "stale_label",
        mark("Somebody else said something of this box meanwhile. Load the photo again."),
        shows_text=True,
    ),
    EvidenceError: Answer(
        HTTPStatus.CONFLICT,
        "no_evidence",
        mark("No evidence can be made of it: its records were changed. Run: libong verify"),
        shows_text=True,
    ),
    LabelError: Answer(
        HTTPStatus.BAD_REQUEST,
        "bad_label",
        mark("This box cannot be kept. Draw it again, larger and within the photo."),
        shows_text=True,
    ),
    # their texts may name a folder of the server
    MediaError: Answer(
        HTTPStatus.NOT_FOUND, "no_picture", mark("This picture is not in the media store.")
    ),
    CropError: Answer(
        HTTPStatus.NOT_FOUND, "no_picture", mark("This picture is not in the media store.")
    ),
}

NOT_FOUND = Answer(
    HTTPStatus.NOT_FOUND, "not_found", mark("There is no such page. Go back to the map.")
)
TOO_LARGE = Answer(
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "too_large",
    mark("This is too much text for one request. Shorten it and send it again."),
)
UNEXPECTED = Answer(
    HTTPStatus.INTERNAL_SERVER_ERROR,
    "internal",
    mark("Something went wrong on our side. It was noted; please try again later."),
)
BAD_REQUEST = Answer(
    HTTPStatus.UNPROCESSABLE_ENTITY,
    "bad_request",
    mark("The request is not as this address expects it."),
)


def answer_for(error: Exception) -> Answer:
    """Return the answer of the nearest class in the table; that of an unforeseen error if none."""
    for kind in type(error).__mro__:
        if kind in ANSWERS:
            return ANSWERS[kind]
    return UNEXPECTED
