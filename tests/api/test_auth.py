"""Logging in, and everything that must not let anyone in."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier, Event
from time import sleep
from types import SimpleNamespace

import pytest
from itsdangerous import URLSafeSerializer
from sqlalchemy.orm import Session

from api.auth import (
    LOGIN_FORM_LIFETIME,
    SESSION_COOKIE,
    LoginsBusyError,
    PasswordError,
    authenticate,
    hash_password,
)
from api.deps import ApiSettings, ApiSettingsError
from api.routes.login import OFFICER_HOME, RANGER_HOME
from api.throttle import FREE_FAILURES
from patrol.tables import UserRow
from patrol.user import Role


@pytest.mark.parametrize("password", ["", "short", "nine char", "x" * 1025])
def test_weak_passwords_are_not_hashed(password):
    with pytest.raises(PasswordError, match=r"10 to 1024 characters; got \d+"):
        hash_password(password)


def test_hashes_are_argon2id_and_salted():
    first, second = hash_password("gentle sea grass"), hash_password("gentle sea grass")
    assert first.startswith("$argon2id$")
    assert first != second


def test_unknown_names_cost_a_verification_too(world, monkeypatch):
    checked = []
    authenticate(world.store, "nobody", "once, so that the hash of nobody is made")

    class Spy:
        def verify(self, password, password_hash):
            checked.append(password_hash)
            return False

    monkeypatch.setattr("api.auth._passwords", Spy())
    assert authenticate(world.store, "nobody", "gentle sea grass") is None
    assert authenticate(world.store, "mali", "gentle sea grass") is None
    assert len(checked) == 2
    assert all(each.startswith("$argon2id$") for each in checked)


def test_the_right_password_opens_and_lands_at_home(world, log_in):
    for name, home in (("mali", OFFICER_HOME), ("nid", OFFICER_HOME), ("don", RANGER_HOME)):
        client = world.client()
        response = log_in(client, name)
        assert (response.status_code, response.headers["location"]) == (303, home)
        assert client.get(home).status_code == 200


@pytest.mark.parametrize(
    ("name", "password"),
    [("mali", "wrong"), ("mali", ""), ("nobody", "gentle sea grass"), ("", ""), ("MALI", "x")],
)
def test_wrong_ones_do_not(world, log_in, name, password):
    client = world.client()
    response = log_in(client, name, password or " ")
    assert response.status_code in {401, 422}
    assert SESSION_COOKIE not in client.cookies


def test_a_wrong_password_and_an_unknown_name_read_the_same(world, log_in, form_token):
    texts = []
    for name in ("mali", "maly"):
        client = world.client()
        text = log_in(client, name, "wrong password").text
        texts.append(text.replace(form_token(text), "").replace(f'value="{name}"', ""))
    assert texts[0] == texts[1]


def test_session_cookie_flags(world, log_in):
    response = log_in(world.client(), "mali")
    cookie = next(
        value
        for name, value in response.headers.multi_items()
        if name == "set-cookie" and value.startswith(SESSION_COOKIE)
    )
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Max-Age=43200" in cookie
    assert "Secure" not in cookie


def test_cookies_are_secure_where_set(make_world, log_in):
    world = make_world(cookie_secure=True)
    client = world.client(base_url="https://testserver")
    response = log_in(client, "mali")
    cookies = [value for name, value in response.headers.multi_items() if name == "set-cookie"]
    assert any(cookie.startswith(SESSION_COOKIE) and "Secure" in cookie for cookie in cookies)


def test_a_session_ends_after_its_hours(world):
    client = world.logged_in("mali")
    world.clock.forward(timedelta(hours=11, minutes=59))
    assert client.get("/desk").status_code == 200
    world.clock.forward(timedelta(minutes=1))
    assert client.get("/desk").status_code == 303


def test_raising_the_epoch_ends_all_sessions(world):
    one, other = world.logged_in("mali"), world.logged_in("mali")
    world.store.end_sessions("mali")
    for client in (one, other):
        assert client.get("/api/v1/alerts").status_code == 401


def test_altered_cookies_are_worth_nothing(world):
    good = world.logged_in("mali").cookies[SESSION_COOKIE]
    payload, signature = good.rsplit(".", 1)
    other_key = URLSafeSerializer("another key, just as long as ours", salt="libong.session")
    forged = other_key.dumps({"name": "mali", "epoch": 0, "expires": 9**10, "csrf": "x"})
    other_salt = URLSafeSerializer(world.secret, salt="libong.login-form").dumps(
        {"name": "mali", "epoch": 0, "expires": 9**10, "csrf": "x"}
    )
    not_claims = URLSafeSerializer(world.secret, salt="libong.session").dumps(["mali"])
    altered = [
        payload,
        f"{payload}.",
        f"{payload}.{signature[:-2]}AA",
        f"{payload[:-2]}xx.{signature}",
        forged,
        other_salt,
        not_claims,
        "garbage",
    ]
    for cookie in altered:
        client = world.client(cookies={SESSION_COOKIE: cookie})
        assert client.get("/api/v1/alerts").status_code == 401, cookie
    assert world.client(cookies={SESSION_COOKIE: good}).get("/api/v1/alerts").status_code == 200


def test_the_role_is_read_anew_each_time(world):
    client = world.logged_in("don")
    assert client.get("/api/v1/alerts").status_code == 403
    for role, status in ((Role.OFFICER, 200), (Role.RANGER, 403)):
        give_role(world.store, "don", role)
        assert client.get("/api/v1/session").json()["role"] == role
        assert client.get("/api/v1/alerts").status_code == status


def give_role(store, name, role):
    """Change a role as an administrator of the database would; the store has no call for it."""
    with Session(store._database.writer) as session, session.begin():
        session.get_one(UserRow, name).role = role.value


def test_login_needs_the_token_of_its_own_form(world, form_token):
    fields = {"name": "mali", "password": "gentle sea grass"}
    client = world.client()
    token = form_token(client.get("/login").text)
    stranger = world.client()
    assert stranger.post("/login", data={**fields, "csrf_token": token}).status_code == 403
    assert client.post("/login", data={**fields, "csrf_token": token + "x"}).status_code == 403
    assert client.post("/login", data={**fields, "csrf_token": "é"}).status_code == 403
    assert client.post("/login", data=fields).status_code == 422
    assert client.post("/login", data={**fields, "csrf_token": token}).status_code == 303


@pytest.mark.parametrize(
    ("asked", "location"),
    [
        ("/flights", "/flights"),
        ("/desk", "/desk"),
        ("/desk?id=0a1b&zone=east", "/desk?id=0a1b&zone=east"),
        ("https://evil.example/desk", "/desk"),
        ("//evil.example", "/desk"),
        ("/deskevil", "/desk"),
        ("/\\evil.example", "/desk"),
        ("", "/desk"),
    ],
)
def test_login_leads_only_to_own_pages(world, log_in, asked, location):
    assert log_in(world.client(), "mali", next=asked).headers["location"] == location


def test_logout_needs_the_token_and_ends_the_session(world, log_in, form_token):
    client = world.client()
    log_in(client, "mali")
    assert client.post("/logout", data={"csrf_token": "wrong"}).status_code == 403
    assert client.get("/desk").status_code == 200
    token = form_token(client.get("/desk").text)
    copied = world.client(cookies={SESSION_COOKIE: client.cookies[SESSION_COOKIE]})
    assert copied.get("/desk").status_code == 200
    assert client.post("/logout", data={"csrf_token": token}).status_code == 303
    assert SESSION_COOKIE not in client.cookies
    assert client.get("/desk").status_code == 303
    assert copied.get("/desk").status_code == 303


def test_guessing_is_slowed_for_that_address_and_name_alone(world, log_in):
    client = world.client()
    for _ in range(FREE_FAILURES):
        assert log_in(client, "mali", "wrong password").status_code == 401
    blocked = log_in(client, "mali")
    assert blocked.status_code == 429
    assert 0 < int(blocked.headers["retry-after"]) <= 901
    assert log_in(client, "nid").status_code == 303
    world.clock.forward(timedelta(seconds=int(blocked.headers["retry-after"])))
    assert log_in(client, "mali").status_code == 303


def test_guesses_sent_at_once_are_slowed_like_those_sent_one_by_one(world, form_token, monkeypatch):
    looked_at = []

    def slow(store, name, password):
        looked_at.append(password)
        sleep(0.3)  # as Argon2id is slow: all the guesses are under way before the first fails

    monkeypatch.setattr("api.routes.login.authenticate", slow)
    guesses = 2 * FREE_FAILURES
    together = Barrier(guesses)

    def guess(number):
        client = world.client()
        token = form_token(client.get("/login").text)
        fields = {"name": "mali", "password": f"guess {number}", "csrf_token": token}
        together.wait(timeout=120)
        return client.post("/login", data=fields).status_code

    with ThreadPoolExecutor(guesses) as threads:
        answers = sorted(threads.map(guess, range(guesses)))
    assert len(looked_at) == FREE_FAILURES
    assert answers == [401] * FREE_FAILURES + [429] * FREE_FAILURES


@pytest.fixture
def waiting_logins(world, form_token, monkeypatch):
    """Fifty logins at once, more than there are threads, whose password checks do not end."""
    ended = Event()

    class Stuck:
        def verify(self, password, password_hash):
            ended.wait(timeout=120)
            return False

    monkeypatch.setattr("api.auth._hash_of_nobody", lambda: "")
    monkeypatch.setattr("api.auth._passwords", Stuck())
    monkeypatch.setattr("api.throttle.FREE_FAILURES_OF_ADDRESS", 1000)
    with world.client() as client, ThreadPoolExecutor(51) as threads:
        token = form_token(client.get("/login").text)

        def log_in(number):
            fields = {"name": f"name {number}", "password": "x", "csrf_token": token}
            return client.post("/login?lang=en", data=fields)

        waiting = [threads.submit(log_in, number) for number in range(50)]
        yield SimpleNamespace(client=client, threads=threads, waiting=waiting, ended=ended)
        ended.set()


def test_logins_that_wait_do_not_stop_the_map(waiting_logins):
    page = waiting_logins.threads.submit(waiting_logins.client.get, "/")
    try:
        assert page.result(timeout=120).status_code == 200
    finally:
        waiting_logins.ended.set()
    answers = [login.result(timeout=120) for login in waiting_logins.waiting]
    busy = [answer for answer in answers if answer.status_code == 503]
    assert len(busy) >= 30
    assert len(busy) + sum(answer.status_code == 401 for answer in answers) == 50
    for answer in busy:
        assert answer.headers["retry-after"] == "5"
        assert "Try again in a few seconds." in answer.text


def test_a_login_that_was_not_looked_at_does_not_count(world, log_in, monkeypatch):
    def busy(store, name, password):
        raise LoginsBusyError("too many")

    client = world.client()
    with monkeypatch.context() as patched:
        patched.setattr("api.routes.login.authenticate", busy)
        for _ in range(FREE_FAILURES + 1):
            assert log_in(client, "mali").status_code == 503
    assert log_in(client, "mali").status_code == 303


def test_a_login_form_is_good_for_two_hours(world, form_token):
    fields = {"name": "mali", "password": "gentle sea grass"}
    client = world.client()
    token = form_token(client.get("/login").text)
    world.clock.forward(LOGIN_FORM_LIFETIME)
    assert client.post("/login", data={**fields, "csrf_token": token}).status_code == 403
    world.clock.forward(-timedelta(seconds=1))
    assert client.post("/login", data={**fields, "csrf_token": token}).status_code == 303


@pytest.mark.parametrize(
    ("secret_key", "hours"), [("", 12), ("x" * 31, 12), ("x" * 32, 0), ("x" * 32, 24 * 31 + 1)]
)
def test_unsafe_settings_are_refused(secret_key, hours):
    with pytest.raises(ApiSettingsError, match="got"):
        ApiSettings(secret_key, hours, cookie_secure=True)
