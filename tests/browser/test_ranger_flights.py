"""A ranger's phone: flights chosen without a network, sent later, and what came of them."""

import re

import pytest
from playwright.sync_api import expect

from patrol.site import shipped_site
from patrol.uploads import UploadPolicy, UploadState
from patrol.user import Role

NO_NETWORK = re.compile("Failed to load resource: net::ERR_INTERNET_DISCONNECTED")

# As a browser says it that has no room left: the transaction that keeps a file is aborted.
FULL_PHONE = """
  const put = IDBObjectStore.prototype.put;
  IDBObjectStore.prototype.put = function (value, ...key) {
    const request = put.call(this, value, ...key);
    if (value instanceof Blob) {
      const { transaction } = this;
      const error = new DOMException("no room", "QuotaExceededError");
      Object.defineProperty(transaction, "error", { value: error });
      transaction.abort();
    }
    return request;
  };
"""


@pytest.fixture
def served(make_world):
    return make_world(site=shipped_site())


@pytest.fixture
def flight(tmp_path, make_photo):
    """A folder with three photos and a text that is no flight log."""
    folder = tmp_path / "DCIM"
    folder.mkdir()
    for number in range(3):
        (folder / f"DJI_{number:04d}.JPG").write_bytes(make_photo(number, size=(640, 360)))
    (folder / "notes.txt").write_text("ซื้อแบตเตอรี่" * 400, encoding="utf-8")
    (folder / ".thumbnails").write_bytes(b"hidden")
    return folder


def photos(flight):
    return [str(path) for path in sorted(flight.glob("*.JPG"))]


def open_page(seen, path="/ranger?lang=en"):
    seen.open(path)
    seen.page.locator("html[data-offline=ready]").wait_for()


def wait_for_chip(page, text):
    page.locator("#flights .chip", has_text=text).first.wait_for()


def work_and_look(work, served, page):
    work(served)
    # as when the phone wakes: the queue looks at once, not at its next turn
    page.evaluate("window.dispatchEvent(new Event('online'))")


def upload_of(served):
    (upload,) = served.store.uploads.uploads()
    return upload


def test_a_flight_chosen_offline_is_sent_when_the_network_is_back(
    served, watch, work, flight, phone
):
    seen = watch(served, phone, user="don")
    page = seen.page
    open_page(seen)
    seen.context.set_offline(True)
    page.reload()
    page.locator("#network[data-state=offline]").wait_for()
    page.set_input_files("#files", photos(flight))
    page.locator("#notice", has_text="Kept on this phone").wait_for()
    seen.picture("ranger-offline")
    assert served.store.uploads.uploads() == ()
    assert seen.overflow_px() == 0
    seen.context.set_offline(False)
    wait_for_chip(page, "Received")
    assert upload_of(served).state is UploadState.RECEIVED
    work_and_look(work, served, page)
    assert upload_of(served).state is UploadState.READY
    wait_for_chip(page, "Done")
    found = page.locator(".found").inner_text()
    assert "3 Boat" in found
    assert re.search(
        r"3 photos looked at, [1-9][\d,.]* k?m² of sea seen", found.replace("\u00a0", " ")
    ), found
    assert "Thank you" in found
    page.locator("#totals", has_text="flights").wait_for()
    seen.picture("ranger-done")
    seen.open("/ranger?lang=th")
    day = page.locator(".sending__head h3").inner_text()
    assert re.match(r"\d{1,2} \S+ 25[67]\d \d\d:\d\d", day), "days are in the Buddhist era"
    assert seen.hosts == {"127.0.0.1"}
    assert [said for said in seen.complaints if not NO_NETWORK.match(said)] == []


AREAS = (
    (0.0, "0 ตร.กม.", "0 km²"),
    (0.004895, "4,900 ตร.ม.", "4,900 m²"),  # three photos from 42 m, overlapping
    (0.0000312, "31 ตร.ม.", "31 m²"),
    (0.0996, "100,000 ตร.ม.", "100,000 m²"),
    (0.1, "0.10 ตร.กม.", "0.10 km²"),
    (0.999, "1.00 ตร.กม.", "1.00 km²"),
    (3.14159, "3.1 ตร.กม.", "3.1 km²"),
    (43.7, "44 ตร.กม.", "44 km²"),
)


@pytest.mark.deep
def test_no_area_is_told_as_nothing(served, watch, phone):
    seen = watch(served, phone, user="don")
    say = "all => import('/static/ranger/words.js').then(said => all.map(said.areaText))"
    for language, column in (("th", 1), ("en", 2)):
        seen.open(f"/ranger?lang={language}")
        said = seen.page.evaluate(say, [km2 for km2, *_ in AREAS])
        assert [text.replace("\u00a0", " ") for text in said] == [row[column] for row in AREAS]


def test_the_queue_goes_on_after_the_browser_was_closed(served, lasting, flight):
    seen = lasting(served, user="don")
    open_page(seen)
    seen.context.set_offline(True)
    seen.page.set_input_files("#files", photos(flight))
    seen.page.locator("#notice", has_text="Kept on this phone").wait_for()
    seen.context.close()
    for path in photos(flight):
        (flight / path).unlink()  # the card is out: only the phone's copy is left
    again = lasting(served, user="don")
    again.open("/ranger?lang=en")
    wait_for_chip(again.page, "Received")
    assert upload_of(served).state is UploadState.RECEIVED
    again.assert_clean()


@pytest.mark.deep
def test_a_file_goes_on_where_it_was_cut(served, lasting, tmp_path):
    film = b"\0\0\0\x20ftypisom" + bytes(range(256)) * 8_000
    (tmp_path / "DJI_0001.MP4").write_bytes(film)
    seen = lasting(served, user="don")
    pieces = []

    def few(route, request):
        pieces.append(int(request.headers["upload-offset"]))
        if len(pieces) > 2:
            route.abort()
        else:
            route.continue_()

    seen.context.route(
        "**/api/v1/uploads/files/*",
        lambda route, request: (
            few(route, request) if request.method == "PATCH" else route.continue_()
        ),
    )
    open_page(seen)
    seen.page.set_input_files("#files", str(tmp_path / "DJI_0001.MP4"))
    seen.page.locator("#network[data-state=unreached]").wait_for()
    seen.context.close()
    (file,) = upload_of(served).files
    there = len(next(served.parts.rglob(f"*{file.file_id}*")).read_bytes())
    assert 0 < there < len(film)
    again = lasting(served, user="don")
    starts = []
    again.page.on(
        "request",
        lambda request: (
            starts.append(int(request.headers["upload-offset"])) if request.method == "PATCH" else 0
        ),
    )
    again.open("/ranger?lang=en")
    wait_for_chip(again.page, "Received")
    assert starts[0] == there


@pytest.mark.deep
def test_two_rangers_on_one_phone_see_each_their_own(served, lasting, flight):
    served.store.add_user("mai", "no hash", Role.RANGER, served.clock())
    seen = lasting(served, user="don")
    open_page(seen)
    seen.context.set_offline(True)
    seen.page.set_input_files("#files", photos(flight))
    seen.page.locator("#notice", has_text="Kept on this phone").wait_for()
    seen.page.click("#leave button")  # without a network too
    seen.page.locator("#network[data-state=no_one_here]").wait_for()
    expect(seen.page.locator("#flights article")).to_have_count(0)
    seen.context.clear_cookies()
    seen.context.set_offline(False)
    seen.log_in(served, "mai")
    seen.open("/ranger?lang=en")
    seen.page.locator("#network[data-state=online]").wait_for()
    assert seen.page.locator("#who").inner_text() == "mai"
    expect(seen.page.locator("#flights article")).to_have_count(0)
    seen.context.clear_cookies()
    seen.log_in(served, "don")
    seen.open("/ranger?lang=en")
    wait_for_chip(seen.page, "Received")
    assert upload_of(served).owner == "don"


@pytest.mark.deep
def test_a_login_that_is_over_keeps_the_queue(served, watch, flight, phone):
    seen = watch(served, phone, user="don")
    open_page(seen)
    served.store.end_sessions("don")
    seen.page.set_input_files("#files", photos(flight))
    seen.page.locator("#network[data-state=signed_out]").wait_for()
    assert seen.page.locator("#log-in a").get_attribute("href") == "/login?next=/ranger"
    seen.context.clear_cookies()
    seen.log_in(served, "don")
    seen.open("/ranger?lang=en")
    wait_for_chip(seen.page, "Received")


@pytest.mark.deep
def test_a_folder_tells_what_was_refused_and_why(served, watch, work, flight, phone):
    seen = watch(served, phone, user="don")
    open_page(seen, "/ranger?lang=th")
    seen.page.set_input_files("#folder", str(flight))
    refused = seen.page.locator(".refused")
    refused.wait_for()
    assert "DCIM/notes.txt" in refused.inner_text()
    assert "ไม่ใช่รูปถ่าย" in refused.inner_text()
    assert "thumbnails" not in seen.page.locator("#flights").inner_text()
    wait_for_chip(seen.page, "ได้รับแล้ว")
    work_and_look(work, served, seen.page)
    wait_for_chip(seen.page, "เสร็จ")
    assert seen.page.locator(".refused").is_visible()
    seen.picture("ranger-refused")
    assert seen.overflow_px() == 0


@pytest.mark.deep
def test_a_flight_that_has_no_room_on_the_server_says_so(make_world, watch, flight, phone):
    full = make_world(site=shipped_site(), policy=UploadPolicy(quota_bytes=1000))
    seen = watch(full, phone, user="don")
    open_page(seen)
    seen.page.set_input_files("#files", photos(flight))
    seen.page.get_by_text("There is no room for this flight").wait_for()
    seen.page.get_by_role("button", name="Try again").wait_for()


@pytest.mark.deep
def test_a_ranger_chooses_a_name_or_none(served, watch, work, flight, phone):
    seen = watch(served, phone, user="don")
    open_page(seen)
    seen.page.set_input_files("#files", photos(flight))
    wait_for_chip(seen.page, "Received")
    work_and_look(work, served, seen.page)
    seen.page.locator("#everybody", has_text="stays unnamed").wait_for()
    seen.page.fill("#credit-name", "บังดอน")
    seen.page.get_by_text("By this name").click()
    seen.page.click("#credit button")
    seen.page.locator("#everybody", has_text="บังดอน").wait_for()
    assert served.store.rangers.totals("don").credit_name == "บังดอน"
    seen.page.get_by_text("Unnamed", exact=True).click()
    seen.page.click("#credit button")
    seen.page.locator("#everybody", has_text="stays unnamed").wait_for()
    assert served.store.rangers.totals("don").credit_name is None


@pytest.mark.deep
def test_a_phone_without_room_sends_from_the_card(served, watch, tmp_path, phone):
    (tmp_path / "DJI_0001.MP4").write_bytes(b"\0\0\0\x20ftypisom" + bytes(range(256)) * 20_000)
    seen = watch(served, phone, user="don")
    seen.page.add_init_script(FULL_PHONE)
    open_page(seen)
    seen.context.set_offline(True)
    seen.page.set_input_files("#files", str(tmp_path / "DJI_0001.MP4"))
    seen.page.get_by_text("The phone has no room for a copy of 1 files").wait_for()
    seen.context.set_offline(False)
    wait_for_chip(seen.page, "Received")
    assert upload_of(served).state is UploadState.RECEIVED


@pytest.mark.deep
def test_a_copy_that_was_cut_short_is_told_and_can_be_removed(served, watch, phone):
    seen = watch(served, phone, user="don")
    open_page(seen)
    seen.page.evaluate(
        """async () => {
          const keeping = await import("/static/ranger/keeping.js");
          const file = { path: "DJI_0001.JPG", size: 9, kept: true, sha256: null, sent: false };
          const flight = { id: "cut", owner: "don", name: "cut", added: 1, step: "adding" };
          await keeping.keepFlight({ ...flight, files: [{ ...file, refusal: null }] });
        }"""
    )
    seen.page.reload()
    seen.page.get_by_text("Choose the same files once more").wait_for()
    seen.page.get_by_role("button", name="Remove from this list").click()
    seen.page.locator("#flights article").wait_for(state="detached")
    seen.page.reload()
    seen.page.locator("#nothing").wait_for()
    assert served.store.uploads.uploads() == ()


def test_it_is_sent_with_no_page_open(served, watch, flight, phone):
    seen = watch(served, phone, user="don")
    open_page(seen)
    seen.context.set_offline(True)
    seen.page.set_input_files("#files", photos(flight))
    seen.page.locator("#notice", has_text="Kept on this phone").wait_for()
    other = seen.context.new_page()
    devtools = seen.context.new_cdp_session(other)
    workers = []
    devtools.on("ServiceWorker.workerRegistrationUpdated", lambda told: workers.append(told))
    devtools.send("ServiceWorker.enable")
    seen.page.close()
    seen.context.set_offline(False)
    other.goto(seen.base_url + "/report")
    (registration,) = {
        each["registrationId"]
        for told in workers
        for each in told["registrations"]
        if each["scopeURL"].endswith("/ranger")
    }
    sync = {"registrationId": registration, "tag": "send", "lastChance": True}
    devtools.send("ServiceWorker.dispatchSyncEvent", {"origin": seen.base_url, **sync})
    other.evaluate(
        """async () => {
          const keeping = await import("/static/ranger/keeping.js");
          for (let tries = 0; tries < 200; tries += 1) {
            const [flight] = await keeping.flightsOf("don");
            if (flight.step === "received") return;
            await new Promise((resolve) => setTimeout(resolve, 50));
          }
        }"""
    )
    assert upload_of(served).state is UploadState.RECEIVED
