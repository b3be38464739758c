"""The officers' desk in a real browser: triage by keyboard, undo, bulk, two officers at once."""

from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from api.routes import desk_events
from patrol.incident import Priority, State
from patrol.user import Role
from patrol.zones import RuleName

BOAT_RULE = RuleName.BOAT_IN_CLOSED_ZONE


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    """News travel at once: waiting a second for each would only slow the tests."""
    monkeypatch.setattr(desk_events, "POLL_S", 0.05)


@pytest.fixture
def busy(world, make_seen, jpeg_with_exif):
    """A world with ten boats to decide on, the first of them urgent."""
    crop = world.media.put(jpeg_with_exif)
    boat = make_seen(
        crop=crop, zone_id="cape", rule=BOAT_RULE, object_class="boat", reason_en="A boat."
    )
    boat = replace(boat, object_class=type(make_seen().object_class)("boat"))
    world.log(
        *(
            replace(
                boat,
                at=boat.at - timedelta(minutes=number),
                salt=str(number),
                priority=Priority.HIGH if number == 0 else Priority.NORMAL,
            )
            for number in range(10)
        )
    )
    world.store.add_user("som", world.store.user("mali").password_hash, Role.OFFICER, world.clock())
    return world


def chosen(page) -> str:
    return page.locator(".row[aria-current]").get_attribute("data-id")


def saved(page, count=1):
    """Wait until the page says that the last step was saved."""
    page.locator("#messages .notice--good").wait_for()
    page.wait_for_function("() => !document.querySelector('#detail[aria-busy]')")


def step(page, key):
    """Press the key of a step and wait until the next alert is there."""
    before = page.locator(".detail").get_attribute("data-id")
    page.keyboard.press(key)
    page.wait_for_function(
        "before => document.querySelector('.detail').dataset.id !== before"
        " && !document.querySelector('#detail[aria-busy]')",
        arg=before,
    )


def ready(seen, path="/desk?lang=en"):
    seen.open(path)
    seen.page.locator("#map path.leaflet-interactive").first.wait_for()
    seen.page.locator(".live--on").wait_for()


def test_ten_alerts_are_decided_by_keyboard_alone(busy, watch, desktop):
    seen = watch(busy, desktop, user="mali")
    ready(seen)
    page = seen.page
    seen.picture("desk-keyboard")
    order = [each.incident_id for each in busy.store.alerts()]
    assert chosen(page) == order[0]
    for number in range(9):
        assert chosen(page) == order[number]
        if number % 2:
            page.keyboard.press("d")
            page.locator("#reasons[open]").wait_for()
            step(page, "1")
        else:
            step(page, "c")
    page.keyboard.press("c")
    page.locator(f"#row-{order[9]}[data-state=confirmed]").wait_for()
    states = {each.incident_id: each.state for each in busy.store.incidents()}
    expected = [State.DISMISSED if n in (1, 3, 5, 7) else State.CONFIRMED for n in range(10)]
    assert [states[each] for each in order] == expected
    assert busy.store.events(order[1])[-1].reason == "Waves, foam or glare"
    seen.assert_clean()


@pytest.mark.deep
def test_keys_are_where_they_are_with_a_thai_keyboard(busy, watch, desktop):
    seen = watch(busy, desktop, user="mali")
    ready(seen, "/desk?lang=th")
    first = chosen(seen.page)
    seen.page.evaluate(
        "document.dispatchEvent(new KeyboardEvent('keydown',"
        " {key: 'แ', code: 'KeyC', bubbles: true}))"
    )
    seen.page.locator(f"#row-{first}[data-state=confirmed]").wait_for()
    assert busy.store.incident(first).state is State.CONFIRMED
    seen.assert_clean()


@pytest.mark.deep
def test_the_last_step_is_undone_and_stays_in_the_history(busy, watch, desktop):
    seen = watch(busy, desktop, user="mali")
    ready(seen)
    page = seen.page
    first = chosen(page)
    step(page, "c")
    page.keyboard.press("u")
    page.locator(f"#row-{first}[data-state=new]").wait_for()
    page.locator(f".detail[data-id='{first}']").wait_for()
    assert busy.store.incident(first).state is State.NEW
    assert [event.deed.value for event in busy.store.events(first)] == ["opened", "moved", "undone"]
    assert "undid the step before" in page.locator(".history").inner_text()
    seen.assert_clean()


@pytest.mark.deep
def test_an_undo_that_comes_before_the_step_is_over_is_not_lost(busy, watch, desktop):
    seen = watch(busy, desktop, user="mali")
    ready(seen)
    page = seen.page
    first = chosen(page)
    held, slow = [], [True]
    page.route(
        "**/desk/parts/detail/*",
        lambda route: held.append(route) if slow else route.continue_(),
    )
    page.keyboard.press("c")
    page.locator("#messages button").click()
    page.wait_for_timeout(200)
    slow.clear()
    for route in held:
        route.continue_()
    page.locator(f"#row-{first}[data-state=new]").wait_for()
    assert [event.deed.value for event in busy.store.events(first)] == ["opened", "moved", "undone"]
    seen.assert_clean()


@pytest.mark.deep
def test_several_are_dismissed_at_once_and_brought_back(busy, watch, desktop):
    seen = watch(busy, desktop, user="mali")
    ready(seen)
    page = seen.page
    for _ in range(3):
        page.keyboard.press("x")
        before = chosen(page)
        page.keyboard.press("j")
        page.wait_for_function(
            "before => document.querySelector('.detail').dataset.id !== before", arg=before
        )
    page.keyboard.press("l")
    page.locator("#bulk-preset").select_option("Floating debris")
    page.locator("#bulk button[value=dismissed]").click()
    page.locator(".row[data-state=dismissed]").nth(2).wait_for()
    assert len(busy.store.incidents(states={State.DISMISSED})) == 3
    assert len(busy.store.alerts()) == 7
    page.locator("#messages button").click()
    page.wait_for_function("() => !document.querySelector('.row[data-state=dismissed]')")
    assert len(busy.store.alerts()) == 10
    seen.assert_clean()


@pytest.mark.deep
def test_the_second_officer_sees_who_was_faster_and_keeps_the_note(busy, watch, desktop):
    mali, som = (watch(busy, desktop, user=name) for name in ("mali", "som"))
    for seen in (mali, som):
        ready(seen)
    first = chosen(mali.page)
    assert chosen(som.page) == first
    som.page.locator("#note").fill("I saw it leave")
    step(mali.page, "c")
    missed = som.page.locator(".missed")
    missed.wait_for()
    assert "mali" in missed.inner_text()
    assert "Confirmed" in missed.inner_text()
    assert som.page.locator("#note").input_value() == "I saw it leave"
    som.picture("desk-conflict")
    som.page.locator("#step button[value=dismissed]").click()
    som.page.locator(f"#row-{first}[data-state=dismissed]").wait_for()
    events = busy.store.events(first)
    assert [event.actor for event in events] == ["libong", "mali", "som"]
    assert events[-1].reason == "I saw it leave"
    mali.assert_clean()


@pytest.mark.deep
def test_a_step_on_an_old_version_is_refused_with_what_happened(busy, watch, desktop):
    seen = watch(busy, desktop, user="som")
    # a network that lets no news through
    seen.page.route("**/api/v1/events*", lambda route: route.abort())
    seen.open("/desk?lang=en")
    first = chosen(seen.page)
    busy.store.transition(
        first, State.DISMISSED, actor="mali", reason="foam", expected_version=1, at_utc=busy.clock()
    )
    seen.page.locator("#note").fill("a long-tail boat")
    seen.page.locator("#step button[value=confirmed]").click()
    missed = seen.page.locator(".missed")
    missed.wait_for()
    assert "mali" in missed.inner_text()
    assert "foam" in missed.inner_text()
    assert seen.page.locator("#note").input_value() == "a long-tail boat"
    assert busy.store.incident(first).version == 2


@pytest.mark.deep
@pytest.mark.parametrize(
    ("language", "refused"), [("th", "โปรดดูข้อมูลอีกครั้ง"), ("en", "is at version 2")]
)
def test_a_refusal_is_told_in_the_readers_language(busy, watch, desktop, language, refused):
    seen = watch(busy, desktop, user="som")
    seen.page.route("**/api/v1/events*", lambda route: route.abort())
    seen.open(f"/desk?lang={language}")
    busy.store.transition(
        chosen(seen.page),
        State.DISMISSED,
        actor="mali",
        reason="foam",
        expected_version=1,
        at_utc=busy.clock(),
    )
    seen.page.locator("#step button[value=confirmed]").click()
    expect(seen.page.locator("#messages .notice--bad")).to_contain_text(refused)


@pytest.mark.deep
def test_who_was_logged_out_meanwhile_is_led_back_with_the_note_kept(busy, watch, desktop):
    seen = watch(busy, desktop, user="som")
    seen.open("/desk?lang=en")
    first = chosen(seen.page)
    seen.page.locator("#note").fill("a long-tail boat")
    busy.store.end_sessions("som")
    seen.page.locator("#step button[value=confirmed]").click()
    link = seen.page.locator("#messages a")
    link.wait_for()
    assert "login has ended" in seen.page.locator("#messages").inner_text()
    assert link.get_attribute("href").startswith("/login?next=%2Fdesk")
    seen.log_in(busy, "som")
    seen.open(f"/desk?lang=en&id={first}")
    expect(seen.page.locator("#note")).to_have_value("a long-tail boat")


@pytest.mark.deep
def test_a_note_outlives_a_reload(busy, watch, desktop):
    seen = watch(busy, desktop, user="mali")
    ready(seen)
    seen.page.locator("#note").fill("looks like a net")
    seen.page.reload()
    seen.page.wait_for_function(
        "() => document.querySelector('#note')?.value === 'looks like a net'"
    )
    seen.page.locator("#step button[value=comment]").click()
    seen.page.wait_for_function("() => document.querySelector('#note')?.value === ''")
    (incident,) = [
        e for e in busy.store.alerts() if busy.store.events(e.incident_id)[-1].version > 1
    ]
    assert busy.store.events(incident.incident_id)[-1].reason == "looks like a net"
    seen.assert_clean()


@pytest.mark.deep
def test_filters_are_in_the_address_and_survive_a_reload(busy, watch, desktop):
    seen = watch(busy, desktop, user="mali")
    ready(seen)
    with seen.page.expect_navigation():
        seen.page.locator("#priority").select_option("high")
    query = parse_qs(urlsplit(seen.page.url).query)
    assert query["priority"] == ["high"]
    assert "zone" not in query
    seen.page.reload()
    expect(seen.page.locator(".row")).to_have_count(1)
    assert seen.page.locator("#priority").input_value() == "high"
    seen.assert_clean()


@pytest.mark.deep
def test_a_new_flight_is_announced_and_moves_nothing(busy, watch, desktop, make_seen):
    seen = watch(busy, desktop, user="mali")
    ready(seen)
    busy.log(make_seen(salt="late"))
    fresh = seen.page.locator("#fresh")
    fresh.wait_for()
    expect(seen.page.locator(".row")).to_have_count(10)
    seen.page.keyboard.press("g")
    seen.page.locator(".row").nth(10).wait_for()
    assert fresh.is_hidden()
    seen.assert_clean()


def held_details(page):
    """Hold back what is asked of alerts, as a weak network does: requests by alert, to let go."""
    held = {}
    page.route(
        "**/desk/parts/detail/*",
        lambda route: held.__setitem__(urlsplit(route.request.url).path.split("/")[-1], route),
    )
    return held


def wait_until(page, is_so):
    """Let the page work on until it is so, three minutes at most."""
    for _ in range(3600):
        if is_so():
            return
        page.wait_for_timeout(50)
    pytest.fail("what was waited for did not come")


def test_nothing_is_decided_about_another_alert_than_the_one_asked_for(busy, watch, phone):
    seen = watch(busy, phone, user="mali", has_touch=True)
    ready(seen)
    page = seen.page
    shown_before, asked_for = (each.incident_id for each in busy.store.alerts()[:2])
    held = held_details(page)
    page.locator(".row__link").nth(1).click()
    wait_until(page, lambda: asked_for in held)
    # the alert of before may not be seen, touched or decided by key while the other is on its way
    assert page.locator(".detail").is_hidden()
    assert page.locator("#detail").evaluate("box => box.inert")
    page.keyboard.press("c")
    seen.picture("desk-phone-on-its-way")
    held[asked_for].continue_()
    page.locator(f".detail[data-id='{asked_for}']").wait_for()
    page.unroute("**/desk/parts/detail/*")
    step(page, "c")
    assert busy.store.incident(asked_for).state is State.CONFIRMED
    assert busy.store.incident(shown_before).state is State.NEW
    seen.assert_clean()


def test_on_a_phone_an_alert_that_cannot_be_had_leads_back_to_the_list(busy, watch, phone):
    seen = watch(busy, phone, user="mali", has_touch=True)
    ready(seen)
    page = seen.page
    asked_for = busy.store.alerts()[1].incident_id
    held = held_details(page)
    page.locator(".row__link").nth(1).click()
    wait_until(page, lambda: asked_for in held)
    held[asked_for].abort()
    page.locator("#messages .notice--bad").wait_for()
    expect(page.locator(".row__link").nth(1)).to_be_visible()
    expect(page.locator(".detail")).to_be_hidden()
    page.unroute("**/desk/parts/detail/*")
    page.locator(".row__link").nth(1).click()
    page.locator(f".detail[data-id='{asked_for}']").wait_for()


def test_the_alert_asked_for_last_is_the_one_shown(busy, watch, desktop):
    seen = watch(busy, desktop, user="mali")
    ready(seen)
    page = seen.page
    first, second, third = (each.incident_id for each in busy.store.alerts()[:3])
    held = held_details(page)
    page.keyboard.press("j")
    page.keyboard.press("j")
    wait_until(page, lambda: {second, third} <= held.keys())
    held[third].continue_()
    page.locator(f".detail[data-id='{third}']").wait_for()
    with page.expect_response(f"**/desk/parts/detail/{second}*"):
        held[second].continue_()
    page.wait_for_timeout(300)  # to do what it would with an answer that comes too late
    assert chosen(page) == third
    assert page.locator(".row[aria-current]").get_attribute("data-id") == third
    # one that cannot be had leaves the one before, to be decided as it was
    del held[second]
    page.keyboard.press("k")
    wait_until(page, lambda: second in held)
    held[second].abort()
    page.locator("#messages .notice--bad").wait_for()
    assert chosen(page) == third
    assert page.locator(".row[aria-current]").get_attribute("data-id") == third
    assert page.url.endswith(f"id={third}")
    assert not page.locator("#detail").evaluate("box => box.inert")
    assert busy.store.incident(first).state is State.NEW


@pytest.mark.parametrize("language", ["th", pytest.param("en", marks=pytest.mark.deep)])
def test_on_a_phone_the_list_gives_way_to_the_alert(busy, watch, phone, language):
    seen = watch(busy, phone, user="mali", has_touch=True)
    ready(seen, f"/desk?lang={language}")
    assert seen.overflow_px() == 0
    seen.picture(f"desk-phone-list-{language}")
    assert seen.page.locator(".detail").is_hidden()
    seen.page.locator(".row__link").nth(1).click()
    seen.page.locator(".detail").wait_for()
    assert seen.overflow_px() == 0
    seen.picture(f"desk-phone-detail-{language}")
    seen.page.locator(".detail__back a").click()
    seen.page.locator(".row").first.wait_for()
    # the phone's own button does the same, without loading the page anew
    seen.page.locator(".row__link").nth(1).click()
    seen.page.locator(".detail").wait_for()
    seen.page.go_back()
    expect(seen.page.locator(".detail")).to_be_hidden()
    expect(seen.page.locator(".row__link").nth(1)).to_be_visible()
    seen.page.go_forward()
    expect(seen.page.locator(".detail")).to_be_visible()
    seen.assert_clean()


def test_the_forms_do_it_without_javascript(busy, watch, phone):
    seen = watch(busy, phone, user="mali", java_script_enabled=False)
    page = seen.page
    first = busy.store.alerts()[0].incident_id
    seen.open(f"/desk?lang=en&id={first}")
    page.locator("#step button[value=confirmed]").click()
    assert busy.store.incident(first).state is State.CONFIRMED
    page.locator(".done button").click()
    assert busy.store.incident(first).state is State.NEW
    seen.open(f"/desk?id={first}")
    page.locator("#step button[value=dismissed]").click()  # without a reason it is refused
    assert page.locator(".notice--bad").is_visible()
    page.locator("#preset").select_option("Floating debris")
    page.locator("#step button[value=dismissed]").click()
    assert busy.store.incident(first).state is State.DISMISSED
    assert seen.hosts == {"127.0.0.1"}


@pytest.mark.deep
def test_two_things_taken_for_one_are_split_and_joined_again(world, watch, desktop, make_seen):
    (dugong,) = world.log(make_seen(earlier_pictures=3)).incidents
    seen = watch(world, desktop, user="mali")
    ready(seen)
    page = seen.page
    page.keyboard.press("s")
    boxes = page.locator("#split-box input[type=checkbox]")
    expect(boxes).to_have_count(3)  # the picture it rests on stays
    expect(boxes.first).to_be_focused()
    page.keyboard.press("Space")
    page.locator("#apart").fill("a calf beside its mother")
    seen.picture("desk-split")
    page.locator("#split-box button").click()
    part = page.locator(".detail")
    expect(part).not_to_have_attribute("data-id", dugong.incident_id)
    expect(page.locator(".row")).to_have_count(2)
    (split_off,) = world.store.split_off(dugong.incident_id)
    expect(part).to_have_attribute("data-id", split_off.incident_id)
    expect(part).to_contain_text(f"Split off from{dugong.incident_id}")
    page.locator(".done button").click()
    expect(page.locator(".row")).to_have_count(1)
    assert world.store.incident(split_off.incident_id).joined_to == dugong.incident_id
    seen.assert_clean()


@pytest.mark.deep
def test_help_is_opened_and_closed_without_a_mouse(busy, watch, phone):
    seen = watch(busy, phone, user="mali")
    seen.open("/desk?lang=en")
    seen.page.locator("#help-button").press("Enter")
    expect(seen.page.locator("#help")).to_be_visible()
    seen.page.keyboard.press("Escape")
    expect(seen.page.locator("#help")).to_be_hidden()
    seen.assert_clean()
