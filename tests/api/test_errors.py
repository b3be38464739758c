"""The table from exceptions to answers, for programs and for people."""

from urllib.parse import parse_qs, urlsplit

import pytest

from api.auth import CsrfError, LoginsBusyError, NotAllowedError, NotLoggedInError
from api.crops import CropError
from api.deps import SecondFactorNeededError
from api.error_answers import ANSWERS, answer_for
from api.sender import NoUploadsError, TokenError, TusVersionError
from api.shown_frame import StaleLabelError, UnknownFrameError, UnmeasurableError
from api.zones_models import NoPreconditionError
from detection.labels.errors import LabelError
from ingest.errors import DiskFull, LibongError, PhotoError
from patrol.account import AccountError, LinkError
from patrol.database import DatabaseAway
from patrol.device_tokens import DeviceTokenError
from patrol.exports.evidence import EvidenceError
from patrol.incident import TransitionError
from patrol.media import MediaError
from patrol.report.month import MonthError
from patrol.store import StaleVersion, StoreError, UnknownFlight, UnknownIncident
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

SECRET_TEXT = "the database at /srv/secret is gone"


CASES = [
    (NotLoggedInError("x"), 401, "not_logged_in", True),
    (NotAllowedError("x"), 403, "not_allowed", True),
    (SecondFactorNeededError("x"), 403, "second_factor_needed", True),
    (CsrfError("x"), 403, "csrf", True),
    (LoginsBusyError("x"), 503, "logins_busy", True),
    (UnknownIncident("x"), 404, "unknown_incident", True),
    (UnknownFlight("x"), 404, "unknown_flight", True),
    (UnknownUser("x"), 404, "unknown_user", True),
    (UserError("x"), 409, "bad_user", True),
    (AccountError("x"), 409, "account", True),
    (LinkError("x"), 410, "link_used", True),
    (DeviceTokenError("x"), 404, "unknown_device", True),
    (StaleVersion("x"), 409, "stale_version", True),
    (TransitionError("x"), 409, "transition", True),
    (MonthError("x"), 404, "no_month", True),
    (UnknownFrameError("x"), 404, "unknown_frame", True),
    (UnmeasurableError("x"), 422, "unmeasurable", True),
    (StaleLabelError("x"), 409, "stale_label", True),
    (LabelError("x"), 400, "bad_label", True),
    (EvidenceError("x"), 409, "no_evidence", True),
    (MediaError("x"), 404, "no_picture", False),
    (CropError("x"), 404, "no_picture", False),
    (UnknownUpload("x"), 404, "unknown_upload", True),
    (UploadError("x"), 400, "bad_upload", True),
    (UploadStateError("x"), 409, "upload_state", True),
    (QuotaError("x"), 413, "quota", True),
    (DatabaseAway("x"), 503, "database_away", False),
    (DiskFull("x"), 507, "disk_full", True),
    (UploadExpired("x"), 410, "upload_expired", True),
    (OffsetError("x"), 409, "offset", True),
    (NoUploadsError("x"), 503, "no_uploads", False),
    (TokenError("x"), 401, "bad_token", True),
    (TusVersionError("x"), 412, "tus_version", True),
    (UnknownZone("x"), 404, "unknown_zone", True),
    (StaleZone("x"), 412, "stale_zone", True),
    (ZoneError([]), 422, "bad_zone", True),
    (ZoneChangeError("x"), 422, "bad_zone_change", True),
    (NoPreconditionError("x"), 428, "no_precondition", True),
    (StoreError("x"), 500, "internal", False),
    (PhotoError("c", "x"), 500, "internal", False),
    (LibongError("x"), 500, "internal", False),
    (RuntimeError("x"), 500, "internal", False),
    (KeyError("x"), 500, "internal", False),
]


@pytest.mark.parametrize(("error", "status", "code", "shows_text"), CASES)
def test_the_table(error, status, code, shows_text):
    answer = answer_for(error)
    assert (answer.status, answer.code, answer.shows_text) == (status, code, shows_text)


def test_the_table_of_the_test_is_whole():
    assert {type(error) for error, *_ in CASES} >= set(ANSWERS)


class Child(StaleVersion):
    """A kind the table does not name."""


def test_a_child_is_answered_as_its_nearest_parent():
    assert answer_for(Child("x")).code == "stale_version"


@pytest.mark.parametrize("error", [RuntimeError(SECRET_TEXT), StoreError(SECRET_TEXT)])
@pytest.mark.parametrize(("url", "media"), [("/desk", "text/html"), ("/api/v1/alerts", "problem")])
def test_the_unforeseen_says_nothing_of_itself(world, monkeypatch, caplog, error, url, media):
    def broken(*_, **__):
        raise error

    cookies = dict(world.logged_in("mali").cookies)
    monkeypatch.setattr(world.store, "incident_page", broken)
    client = world.client(cookies=cookies, raise_server_exceptions=False)
    response = client.get(url)
    assert response.status_code == 500
    assert media in response.headers["content-type"]
    assert SECRET_TEXT not in response.text
    assert SECRET_TEXT in caplog.text
    assert "default-src 'none'" in response.headers["content-security-policy"]
    assert response.headers["cache-control"] == "no-store"


def test_problems_are_problem_details(world):
    response = world.client().get("/api/v1/alerts")
    assert response.status_code == 401
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json() == {
        "type": "about:blank",
        "title": "Unauthorized",
        "status": 401,
        "code": "not_logged_in",
        "detail": "this needs a login; log in at /login",
    }


def test_a_bad_request_names_the_fault_but_repeats_no_value(world):
    response = world.logged_in("mali").get("/api/v1/alerts?limit=0&offset=SECRET")
    assert response.status_code == 422
    problem = response.json()
    assert problem["code"] == "bad_request"
    assert {fault["where"][-1] for fault in problem["faults"]} == {"limit", "offset"}
    assert "SECRET" not in response.text


@pytest.mark.parametrize(
    ("method", "url", "status"), [("GET", "/api/nothing", 404), ("DELETE", "/api/v1/alerts", 405)]
)
def test_addresses_and_methods_that_are_not(world, method, url, status):
    response = world.client().request(method, url)
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["status"] == status
    if status == 405:
        assert response.headers["allow"] == "GET"


def test_pages_lead_to_the_login_and_back(world):
    response = world.client().get("/flights")
    assert response.status_code == 303
    assert response.headers["location"] == "/login?next=%2Fflights"


def test_an_incident_opened_without_a_session_is_shown_after_the_login(world, make_seen, log_in):
    (incident,) = world.log(make_seen()).incidents
    page = f"/desk?id={incident.incident_id}"
    client = world.client()
    response = client.get(page)
    assert response.status_code == 303
    asked = parse_qs(urlsplit(response.headers["location"]).query)["next"]
    assert asked == [page]
    shown = client.get(log_in(client, "mali", next=page).headers["location"])
    assert f'data-id="{incident.incident_id}"' in shown.text


def test_a_step_without_a_session_leads_back_to_the_desk(world):
    response = world.client().post("/desk/steps", data={"do": "confirmed", "csrf_token": "x"})
    assert response.headers["location"] == "/login?next=%2Fdesk"


@pytest.mark.parametrize(
    ("form", "page"),
    [
        ("/account/second-factor/begin", "/account"),
        ("/account/devices/abc/revoke", "/account"),
        ("/admin/users/add", "/admin/users"),
        ("/desk/permits/add", "/desk/permits"),
    ],
)
def test_a_form_sent_when_the_session_had_ended_leads_back_to_its_page(world, log_in, form, page):
    client = world.client()
    fields = {"csrf_token": "x", "present": "x", "label": "x", "name": "x", "role": "ranger"}
    answer = client.post(form, data=fields)
    asked = parse_qs(urlsplit(answer.headers["location"]).query)["next"]
    assert asked == [page]
    assert log_in(client, "nid", next=page).headers["location"] == page


@pytest.mark.parametrize(
    ("user", "path", "back"),
    [
        ("mali", "/desk?id=nothing", "/desk"),
        ("don", "/flights/nothing", "/flights"),
        ("don", "/desk", None),  # not for rangers: it would lead here again
        (None, "/nothing/here", None),
    ],
)
def test_a_page_that_is_refused_leads_back_to_where_one_was(world, user, path, back):
    client = world.client() if user is None else world.logged_in(user)
    shown = client.get(path).text
    assert ("button button--main" in shown) is (back is not None)
    if back:
        assert f'<a class="button button--main" href="{back}">' in shown


def test_logging_out_without_a_session_leads_home(world):
    client = world.client()
    response = client.post("/logout", data={"csrf_token": "x"})
    assert response.headers["location"] == "/login?next="


def test_forbidden_pages_explain_themselves(world):
    response = world.logged_in("don").get("/desk?lang=en")
    assert response.status_code == 403
    assert "Ask an administrator" in response.text
