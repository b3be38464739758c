"""One's own account, the accounts of others, and the links by which people set passwords."""

import re
from datetime import timedelta
from urllib.parse import urlsplit

import pyotp
import pytest

from patrol.user import Role


def post(client, path, page="/account", **fields):
    """Send a form as a page has it: with that page's token."""
    token = client.get(page).text.split('name="csrf_token" value="')[1].split('"')[0]
    return client.post(path, data={"csrf_token": token, **fields}, follow_redirects=False)


def said(response) -> str:
    assert response.status_code == 303
    return response.headers["location"].rpartition("=")[2]


def code(world, name, steps=0) -> str:
    secret = world.store.accounts.second_factor(name).secret
    return pyotp.TOTP(secret).at(world.clock() + timedelta(seconds=30 * steps))


def with_second_factor(world, name) -> list[str]:
    client = world.logged_in(name)
    assert said(post(client, "/account/second-factor/begin", present=world.password)) == (
        "factor-begun"
    )
    shown = post(client, "/account/second-factor/prove", code=code(world, name)).text
    world.clock.forward(timedelta(seconds=30))
    return re.findall(r"<li>([0-9a-f-]{19})</li>", shown)


# ------------------------------------------------------------------------------------ password


def test_a_new_password_ends_every_other_login(world):
    other, client = world.logged_in("mali"), world.logged_in("mali")
    fields = {"present": world.password, "new": "three other words"}
    assert said(post(client, "/account/password", **fields)) == "password-set"
    assert client.get("/account").status_code == 200
    assert other.get("/account", follow_redirects=False).status_code == 303
    assert world.log_in("mali", "three other words").status_code == 303


@pytest.mark.parametrize(
    ("present", "new", "expected"),
    [("wrong", "three other words", "wrong-password"), (None, "short", "weak-password")],
)
def test_a_password_is_not_changed_without_the_present_one_or_to_a_weak_one(
    world, present, new, expected
):
    before = world.store.user("mali")
    fields = {"present": present or world.password, "new": new}
    assert said(post(world.logged_in("mali"), "/account/password", **fields)) == expected
    assert world.store.user("mali") == before


def test_guesses_at_the_present_password_are_braked(world):
    client = world.logged_in("mali")
    for _ in range(5):
        post(client, "/account/password", present="wrong", new="three other words")
    fields = {"present": world.password, "new": "three other words"}
    assert said(post(client, "/account/password", **fields)) == "wrong-password"


# ------------------------------------------------------------------------------- second factor


def test_a_login_with_a_second_factor_needs_a_code_once(world):
    with_second_factor(world, "mali")
    client = world.client()
    asked = world.log_in("mali", client=client)
    assert asked.status_code == 200
    assert "/login/code" in asked.text
    assert client.get("/account", follow_redirects=False).status_code == 303
    wrong = post_code(client, asked, "000000")
    assert wrong.status_code == 401
    now = code(world, "mali")
    assert post_code(client, wrong, now).headers["location"] == "/desk"
    assert client.get("/account").status_code == 200
    again = world.client()
    assert post_code(again, world.log_in("mali", client=again), now).status_code == 401


def post_code(client, page, text):
    token = page.text.split('name="csrf_token" value="')[1].split('"')[0]
    return client.post(
        "/login/code", data={"csrf_token": token, "code": text}, follow_redirects=False
    )


def test_a_recovery_code_passes_once(world):
    codes = with_second_factor(world, "mali")
    assert len(set(codes)) == 10
    client = world.client()
    assert post_code(client, world.log_in("mali", client=client), codes[3]).status_code == 303
    again = world.client()
    assert post_code(again, world.log_in("mali", client=again), codes[3]).status_code == 401


def test_codes_are_braked_wherever_they_come_from_and_a_code_alone_is_worth_nothing(world):
    with_second_factor(world, "mali")
    client = world.client()
    page = world.log_in("mali", client=client)
    for _ in range(5):
        page = post_code(client, page, "000000")
    assert page.status_code == 401
    braked = post_code(client, page, code(world, "mali"))
    assert braked.status_code == 429
    assert int(braked.headers["retry-after"]) > 800
    stranger = world.client()
    form = stranger.get("/login")
    asked = post_code(stranger, form, code(world, "mali"))
    assert (asked.status_code, "/login/code" in asked.text) == (200, False)


def test_the_code_must_come_soon_after_the_password(world):
    with_second_factor(world, "mali")
    client = world.client()
    page = world.log_in("mali", client=client)
    world.clock.forward(timedelta(minutes=11))
    late = post_code(client, page, code(world, "mali"))
    assert 'action="/login"' in late.text


@pytest.mark.parametrize("steps", [-1, 1])
def test_a_phone_half_a_minute_off_passes(world, steps):
    with_second_factor(world, "mali")
    world.clock.forward(timedelta(minutes=2))
    client = world.client()
    page = world.log_in("mali", client=client)
    assert post_code(client, page, code(world, "mali", steps)).status_code == 303


def test_a_wrong_code_turns_nothing_on_and_the_factor_is_removed_with_the_password(world):
    client = world.logged_in("mali")
    post(client, "/account/second-factor/begin", present=world.password)
    assert said(post(client, "/account/second-factor/prove", code="000000")) == "wrong-code"
    assert not world.store.user("mali").has_second_factor
    assert post(client, "/account/second-factor/prove", code=code(world, "mali")).status_code == 200
    gone = post(client, "/account/second-factor/remove", present="wrong")
    assert said(gone) == "wrong-password"
    gone = post(client, "/account/second-factor/remove", present=world.password)
    assert said(gone) == "factor-removed"
    assert not world.store.user("mali").has_second_factor
    assert client.get("/account").status_code == 200


def test_where_officers_need_a_second_factor_they_are_led_to_it_and_rangers_are_not(make_world):
    world = make_world(need_second_factor=True)
    officer, ranger = world.logged_in("mali"), world.logged_in("don")
    led = officer.get("/desk")
    assert (led.status_code, led.headers["location"]) == (303, "/account?said=factor-needed")
    refused = officer.get("/api/v1/incidents")
    assert (refused.status_code, refused.json()["code"]) == (403, "second_factor_needed")
    assert world.logged_in("nid").get("/admin/users").status_code == 303
    assert ranger.get("/flights").status_code == 200
    with_second_factor(world, "mali")
    assert world.logged_in("mali").get("/desk").status_code == 200


# ------------------------------------------------------------------------------------- devices


def test_a_device_token_is_shown_once_and_revoked(world):
    client = world.logged_in("don")
    shown = post(client, "/account/devices/add", label="laptop <b>").text
    token = re.search(r"libong_[0-9a-f]{12}_[\w-]{43}", shown)[0]
    assert world.store.device_tokens.user(token).name == "don"
    assert token not in client.get("/account").text
    (device,) = world.store.device_tokens.of("don")
    others = post(world.logged_in("mali"), f"/account/devices/{device.token_id}/revoke")
    assert others.status_code == 404
    assert said(post(client, f"/account/devices/{device.token_id}/revoke")) == "device-revoked"
    assert world.store.device_tokens.user(token) is None


# -------------------------------------------------------------------------------------- admins


def test_an_administrator_makes_an_account_whose_owner_sets_the_password(world):
    shown = post(
        world.logged_in("nid"), "/admin/users/add", "/admin/users", name="nok", role="ranger"
    )
    link = urlsplit(re.search(r"http\S+/welcome/[\w-]{43}", shown.text)[0]).path
    assert world.log_in("nok", "a guess at it").status_code == 401
    client = world.client()
    weak = post(client, link, link, password="short")
    assert weak.status_code == 422
    assert post(client, link, link, password="three new words").headers["location"] == "/login"
    assert world.log_in("nok", "three new words").headers["location"] == "/ranger"
    used = client.get(link)
    assert used.status_code == 410
    assert world.store.user("nok").role is Role.RANGER


def test_an_administrator_changes_roles_closes_reopens_and_unlocks(world):
    with_second_factor(world, "mali")
    admin = world.logged_in("nid")
    for path, fields in (
        ("role", {"role": "ranger"}),
        ("remove-factor", {}),
        ("close", {}),
    ):
        answer = post(admin, f"/admin/users/{path}", "/admin/users", name="mali", **fields)
        assert answer.headers["location"] == "/admin/users"
    mali = world.store.user("mali")
    assert (mali.role, mali.has_second_factor, mali.may_pass) == (Role.RANGER, False, False)
    assert world.log_in("mali").status_code == 401
    post(admin, "/admin/users/reopen", "/admin/users", name="mali")
    assert world.log_in("mali").status_code == 303
    last = post(admin, "/admin/users/close", "/admin/users", name="nid")
    assert last.status_code == 409
    assert world.store.verify().faults == ()


def test_an_administrator_revokes_a_lost_device(world):
    token = world.store.device_tokens.add("don", "phone", world.clock())
    (device,) = world.store.device_tokens.of("don")
    post(
        world.logged_in("nid"), "/admin/users/revoke-device", "/admin/users",
        token_id=device.token_id,
    )  # fmt: skip
    assert world.store.device_tokens.user(token) is None


@pytest.mark.parametrize("name", ["don", "mali"])
def test_others_may_not_administer(world, name):
    client = world.logged_in(name)
    assert client.get("/admin/users").status_code == 403
    answer = post(client, "/admin/users/role", name=name, role="admin")
    assert answer.status_code == 403
    assert world.store.user(name).role is not Role.ADMIN


@pytest.mark.parametrize(
    "path",
    [
        "/account/password",
        "/account/second-factor/begin",
        "/account/second-factor/prove",
        "/account/second-factor/remove",
        "/account/devices/add",
        "/admin/users/add",
        "/admin/users/link",
        "/admin/users/role",
        "/admin/users/close",
        "/admin/users/reopen",
        "/admin/users/remove-factor",
        "/admin/users/revoke-device",
    ],
)
def test_every_form_needs_its_token(world, path):
    before = world.store.verify().head_hash
    fields = {
        "present": world.password, "new": "three other words", "code": "1", "label": "x",
        "name": "mali", "role": "admin", "token_id": "x", "csrf_token": "made up",
    }  # fmt: skip
    assert world.logged_in("nid").post(path, data=fields).status_code == 403
    assert world.store.verify().head_hash == before


# ---------------------------------------------------------------------------------- first start


def test_the_first_account_is_an_administrators(make_world):
    world = make_world(users={})
    link = "/welcome/" + world.store.accounts.link_for(None, world.clock(), "libong")
    client = world.client()
    assert post(client, link, link, name=" ", password="three new words").status_code == 422
    done = post(client, link, link, name="nid", password="three new words")
    assert done.headers["location"] == "/login"
    assert world.store.user("nid").role is Role.ADMIN
    assert client.get(link).status_code == 410


@pytest.mark.parametrize("token", ["made-up", "%00", "../admin", "x" * 5000])
def test_links_that_were_never_made(world, token):
    assert world.client().get(f"/welcome/{token}").status_code in (404, 410)
