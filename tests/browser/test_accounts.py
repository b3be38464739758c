"""From the first start to an officer with a second factor, in a real browser; and evidence."""

import re
import zipfile
from datetime import timedelta
from urllib.parse import urlsplit

import pyotp
import pytest
from playwright.sync_api import expect

ADMINS, OFFICERS = "three quiet mangrove roots", "seven slow boats at noon"


@pytest.fixture
def empty(make_world):
    """A service that nobody can log in to yet."""
    return make_world(users={})


def log_in(page, base_url, name, password):
    page.goto(f"{base_url}/login?lang=en")
    page.fill("#name", name)
    page.fill("#password", password)
    page.click("main button")


def give_code(page, code):
    """At the login, where the field has the cursor already."""
    page.locator("#code:focus").fill(code)
    page.click("main button")


def set_password(page, address, password, name=None):
    page.goto(address)
    if name:
        page.fill("#name", name)
    page.fill("#password", password)
    page.click("main button")
    page.wait_for_url("**/login")


def test_from_the_first_start_to_an_officer_with_a_second_factor(empty, watch, phone, desktop):
    first = empty.store.accounts.link_for(None, empty.clock(), "libong")
    admin = watch(empty, desktop)
    page, base_url = admin.page, admin.base_url
    set_password(page, f"{base_url}/welcome/{first}?lang=en", ADMINS, name="head")
    log_in(page, base_url, "head", ADMINS)
    page.wait_for_url("**/desk")
    page.goto(f"{base_url}/admin/users")
    page.fill("#new-name", "som")
    page.locator("#new-role").select_option("officer")
    page.get_by_role("button", name="Make the account").click()
    link = page.locator(".notice .mono").inner_text()
    page.goto(f"{base_url}/admin/users")
    assert link not in page.content()  # told once

    officer = watch(empty, phone)
    page = officer.page
    at = f"{base_url}{urlsplit(link).path}?lang=en"
    set_password(page, at, OFFICERS)
    page.goto(at)
    expect(page.locator("main")).to_contain_text("This link was used")
    log_in(page, base_url, "som", OFFICERS)
    page.wait_for_url("**/desk")
    page.goto(f"{base_url}/account")
    page.fill("#present-begin", OFFICERS)
    page.get_by_role("button", name="Begin").click()
    secret = page.locator("#second-factor ~ p .mono").inner_text()
    page.fill("#code", pyotp.TOTP(secret).at(empty.clock()))
    page.get_by_role("button", name="Turn on").click()
    recovery = page.locator(".codes li").all_inner_texts()
    assert len(recovery) >= 8
    page.fill("#label", "the laptop of the station")
    page.get_by_role("button", name="Make a token").click()
    page.locator(".notice + .mono").wait_for()
    page.get_by_role("button", name="Revoke").click()
    expect(page.locator(".plain li")).to_contain_text("revoked")
    page.locator(".tabs__who button").click()
    page.wait_for_url("**/login")

    empty.clock.forward(timedelta(seconds=30))
    log_in(page, base_url, "som", OFFICERS)
    give_code(page, "000000")
    expect(page.locator("[role=alert]")).to_contain_text("does not fit")
    give_code(page, pyotp.TOTP(secret).at(empty.clock()))
    page.wait_for_url("**/desk")
    page.locator(".tabs__who button").click()
    log_in(page, base_url, "som", OFFICERS)  # the phone is lost
    give_code(page, recovery[0])
    page.wait_for_url("**/desk")
    refused = [said for said in officer.complaints if not re.search(r"status of (401|410)", said)]
    assert refused == []
    assert admin.complaints == []


@pytest.mark.deep
def test_who_guesses_is_stopped_and_the_owner_is_not(world, watch, phone):
    guesser, owner = watch(world, phone), watch(world, phone)
    for _ in range(12):
        log_in(guesser.page, guesser.base_url, "nobody-here", "a guess")
        if guesser.page.get_by_text("Too many wrong passwords").count():
            break
    expect(guesser.page.locator("[role=alert]")).to_contain_text("Try again in")
    log_in(owner.page, owner.base_url, "mali", world.password)
    owner.page.wait_for_url("**/desk")


def test_evidence_is_downloaded_and_opens_offline(every_page, watch, desktop, tmp_path):
    world, _ = every_page
    boat, _ = world.store.alerts()
    seen = watch(world, desktop, user="mali")
    seen.open(f"/desk?id={boat.incident_id}&lang=en")
    with seen.page.expect_download() as coming:
        seen.page.get_by_role("link", name="Download the evidence").click()
    path = tmp_path / "evidence.zip"
    coming.value.save_as(path)
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        archive.extractall(tmp_path / "evidence")
    assert any(name.endswith("index.html") for name in names)
    index = next((tmp_path / "evidence").rglob("index.html"))
    offline = watch(world, desktop)
    offline.context.set_offline(True)
    offline.page.goto(index.as_uri())
    expect(offline.page.locator("body")).to_contain_text(boat.incident_id)
    seen.assert_clean()
