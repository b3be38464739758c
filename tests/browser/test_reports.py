"""Reports without a drone: a ranger's kept without a network, the public's followed by a code."""

import io
import re

import pytest
from PIL import Image

from patrol.incident import State
from patrol.site import shipped_site

NO_NETWORK = re.compile("Failed to load resource: net::ERR_INTERNET_DISCONNECTED")
AT_SEA = {"longitude": 99.4, "latitude": 7.22, "accuracy": 8}


@pytest.fixture
def served(make_world):
    return make_world(site=shipped_site())


@pytest.fixture
def photo(tmp_path):
    out = io.BytesIO()
    Image.radial_gradient("L").resize((800, 600)).convert("RGB").save(out, "JPEG")
    path = tmp_path / "IMG_0001.JPG"
    path.write_bytes(out.getvalue())
    return path


def test_a_rangers_report_made_offline_is_sent_later(served, watch, photo, phone):
    seen = watch(served, phone, user="don", geolocation=AT_SEA, permissions=["geolocation"])
    page = seen.page
    seen.open("/ranger/report?lang=en")
    page.locator("html[data-offline=ready]").wait_for()
    seen.context.set_offline(True)
    page.reload()
    page.locator("#network[data-state=offline]").wait_for()
    page.locator(".kinds label", has_text="Net or trap").click()
    page.set_input_files("#photo", str(photo))
    page.fill("#said", "ลอบพับสามลูก")
    page.click("#here")
    page.get_by_text("Your place is known").wait_for()
    page.locator("#photo-look").wait_for()
    seen.picture("report-ranger")
    page.get_by_role("button", name="Send", exact=True).click()
    page.get_by_text("Kept. It is sent by itself").wait_for()
    page.locator("#waiting li", has_text="waits to be sent").wait_for()
    assert served.store.incidents() == ()
    assert seen.overflow_px() == 0
    seen.context.set_offline(False)
    page.get_by_text("Sent. Officers see it now").wait_for()
    page.locator("#waiting li").wait_for(state="detached")
    (incident,) = served.store.incidents()
    assert "ลอบพับสามลูก" in incident.reason_th
    assert incident.position.lat == pytest.approx(7.22)
    assert incident.error_m == pytest.approx(8)
    assert served.media.get(incident.frame_sha256) == photo.read_bytes()
    assert [said for said in seen.complaints if not NO_NETWORK.match(said)] == []


@pytest.mark.deep
@pytest.mark.parametrize("path", ["/report", "/ranger/report"])
def test_a_photo_is_chosen_in_the_language_of_the_page(served, watch, photo, phone, path):
    """A browser's own control speaks the browser's language: it is there, but not seen."""
    seen = watch(served, phone, user="don")
    page = seen.page
    seen.open(f"{path}?lang=th")
    pick, control = page.locator(".pick--live"), page.locator("#photo")
    assert pick.inner_text().split("\n") == ["เลือกรูปหรือถ่ายรูป", "ยังไม่ได้เลือก"]
    assert control.evaluate("e => getComputedStyle(e).opacity") == "0"
    assert control.get_attribute("title") == "ยังไม่ได้เลือก"
    control.focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    assert control.evaluate("e => e === document.activeElement")
    face = page.locator(".pick__face")
    assert face.evaluate("e => getComputedStyle(e).outlineStyle") == "solid"
    with page.expect_file_chooser() as chooser:
        face.click(position={"x": 20, "y": 20}, force=True)
    chooser.value.set_files(str(photo))
    assert re.search(r"IMG_0001\.JPG \([\d.]+ kB\)", pick.inner_text())
    page.locator("#photo-look").wait_for()
    assert seen.overflow_px() == 0
    assert page.get_by_label("เลือกรูปหรือถ่ายรูป").get_attribute("id") == "photo"
    seen.assert_clean()


@pytest.mark.deep
def test_without_scripts_the_browsers_own_control_is_seen(served, watch, phone):
    seen = watch(served, phone, java_script_enabled=False)
    seen.open("/report?lang=th")
    assert seen.page.locator("#photo").evaluate("e => getComputedStyle(e).opacity") == "1"
    assert not seen.page.locator(".pick__face").is_visible()


@pytest.mark.parametrize(
    "script", [True, pytest.param(False, marks=pytest.mark.deep)], ids=["script", "no-script"]
)
def test_the_public_reports_and_follows(served, watch, photo, phone, script):
    seen = watch(served, phone, java_script_enabled=script)
    page = seen.page
    seen.open("/report?lang=th")
    page.locator(".kinds label", has_text="พบพะยูน").click()
    page.set_input_files("#photo", str(photo))
    page.fill("#said", "ว่ายช้า ๆ ใกล้ผิวน้ำ")
    if script:
        page.locator("#place-map").click(position={"x": 150, "y": 150})
        page.get_by_text("ทำเครื่องหมายบนแผนที่แล้ว").wait_for()
        assert seen.overflow_px() == 0
        seen.picture("report-public")
    page.locator("#report button.button--main").click()
    code = page.locator(".tracking-code").inner_text()
    assert re.fullmatch(r"(\w{4}-){3}\w{4}", code)
    assert "เจ้าหน้าที่จะตรวจดู" in page.locator("main").inner_text()
    seen.picture("report-followed")
    (incident,) = served.store.incidents()
    served.store.transition(
        incident.incident_id,
        State.CONFIRMED,
        actor="mali",
        reason="",
        expected_version=None,
        at_utc=served.clock(),
    )
    seen.open("/report")
    page.fill("#code", code.lower().replace("-", " "))
    page.locator("form[action='/report/follow'] button").click()
    assert "เจ้าหน้าที่ยืนยันแล้ว" in page.locator("main").inner_text()
    if script:
        seen.assert_clean()
