"""A site with something on every page, and how each page is reached."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path

import pyotp

from detection.types import Detection, ObjectClass, Sighting
from ingest.frame import Flight, Note, RefusedFile
from ingest.lonlat import LonLat
from ingest.photo import read_frame
from ingest.pixels import decode_bgr
from patrol.crops import crop_jpeg
from patrol.incident import open_incidents
from patrol.store import FlightLog
from patrol.user import Role
from patrol.verdict import Certainty, Priority, Verdict
from patrol.zones import RuleName

SAMPLES = sorted(
    (Path(__file__).parents[2] / "sample_flights" / "with_faults").glob("LIBONG_000*.JPG")
)[:3]
FLIGHT = "ab" * 8
WITH_FACTOR = "wan"
LONG_NAME = "จ่าสิบเอกสมชายเจริญรุ่งเรืองวัฒนากุล-ประจำเกาะลิบง"


@dataclass(frozen=True)
class Place:
    """A page: its name, who opens it (None for anybody), its address, what shows it is there.

    `act` is done on the page before it is looked at.
    """

    name: str
    user: str | None
    path: str
    shown_by: str = "main"
    act: Callable[[object], None] | None = None


def fill(world, *, alike: bool = False) -> None:
    """Log a flight of real photos with a dugong in each, a boat, and a file that was refused.

    Where it shall be `alike` the second thing is a dugong too, so that they can be joined.
    """
    frames = tuple(read_frame(path, world.site.reference) for path in SAMPLES)
    sha256s = [world.media.put(path.read_bytes()) for path in SAMPLES]
    assert sha256s == [frame.sha256 for frame in frames]

    def seen(object_class: ObjectClass, number: int, at: LonLat) -> Detection:
        left = 300.0 + 40 * number
        box = (left, 300.0, left + 90, 360.0)
        frame = frames[number]
        return Detection(
            object_class,
            0.6 + number / 10,
            box,
            frame.sha256,
            frame.taken_at_utc,
            at,
            5.5,
            "e" * 64,
        )

    at = LonLat(99.4560, 7.2560)
    dugongs = tuple(seen(ObjectClass.DUGONG, number, at) for number in range(3))
    second = ObjectClass.DUGONG if alike else ObjectClass.BOAT
    boat = seen(second, 1, LonLat(99.4570, 7.2563))

    def sighting(name: str, detections: tuple[Detection, ...]) -> Sighting:
        best = detections[-1]
        return Sighting(
            name, FLIGHT, best.object_class, best.score, best.position, 5.5,
            detections[0].taken_at_utc, best.taken_at_utc, detections, best,
        )  # fmt: skip

    sightings = (sighting("s1", dugongs), sighting("s2", (boat,)))
    zone = next(z for z in world.site.zones if z.zone_id == "laem_chu_hoi")
    verdicts = [
        Verdict(
            rule, zone.zone_id, each.sighting_id, each.object_class, Certainty.BOUNDARY, priority,
            "พะยูนอยู่ในแหล่งหญ้าทะเล ตำแหน่ง ± 10 ม.", "Dugong in the seagrass, position ± 10 m",
            zone.citation,
        )
        for each, rule, priority in (
            (sightings[0], RuleName.DUGONG_SIGHTING, Priority.NORMAL),
            (sightings[1], RuleName.BOAT_NEAR_DUGONG, Priority.HIGH),
        )
    ]  # fmt: skip
    crops = {
        each.sighting_id: world.media.put(
            crop_jpeg(decode_bgr(SAMPLES[len(each.detections) - 1]), each.best)
        )
        for each in sightings
    }
    refused = RefusedFile(
        Path("DJI_20261122_0930_ยาวมากจนต้องตัดบรรทัด_0042.JPG"),
        None,
        Note("no_gps", "the photo has no GPS position"),
        "Wait for the drone's GPS lock before taking photos; send originals with metadata.",
    )
    world.store.log_flight(
        FlightLog(
            flight=Flight(FLIGHT, frames, (refused,)),
            sightings=sightings,
            detections=(*dugongs, boat),
            incidents=open_incidents(verdicts, sightings, crops),
            surveyed=(),
            model_sha256="e" * 64,
            site_id=world.site.site_id,
            received_at_utc=world.clock() - timedelta(hours=1),
        )
    )
    password = world.store.user("mali").password_hash
    world.store.add_user(LONG_NAME, password, Role.OFFICER, world.clock())
    world.store.add_user(WITH_FACTOR, password, Role.OFFICER, world.clock())
    world.store.accounts.begin_second_factor(WITH_FACTOR, pyotp.random_base32())
    world.store.accounts.prove_second_factor(WITH_FACTOR, 0, ["one", "two"], world.clock())


def places(world) -> Iterator[Place]:
    """Yield every page; `world` was filled."""
    boat, dugong = world.store.alerts()
    frame = world.store.frames(FLIGHT)[1].sha256
    accounts = world.store.accounts
    first = accounts.link_for(None, world.clock(), "libong")
    for_mali = accounts.link_for("mali", world.clock(), "nid")
    yield Place("public", None, "/", ".map-label")
    yield Place("widget", None, "/widget", "body")
    yield Place("report", None, "/report", "#place-map:not([hidden])")
    yield Place("report-refused", None, "/report", act=_report_nothing)
    yield Place("report-sent", None, "/report", act=_report)
    yield Place("report-unknown-code", None, "/report/AAAA", "[role=alert]")
    yield Place("login", None, "/login")
    yield Place("login-refused", None, "/login", act=_wrong_password)
    yield Place("login-code", None, "/login", act=partial(_to_code, world))
    yield Place("login-code-refused", None, "/login", act=partial(_wrong_code, world))
    yield Place("first-set-up", None, f"/welcome/{first}")
    yield Place("password-link", None, f"/welcome/{for_mali}")
    yield Place("link-used-up", None, "/welcome/nothing")
    yield Place("not-found", None, "/nothing/here")
    yield Place("forbidden", "don", "/desk")
    yield Place("asked-wrongly", "mali", "/flights?offset=-1")
    yield Place("desk-no-such", "mali", "/desk?id=nothing")
    yield Place("ranger", "don", "/ranger", "#ours")
    yield Place("ranger-report", "don", "/ranger/report", "#ours")
    yield Place("flights", "don", "/flights", ".flight")
    yield Place("flight", "don", f"/flights/{FLIGHT}", "#refused-title")
    yield Place("account", "mali", "/account")
    yield Place("factor-set-up", "don", "/account", act=partial(_begin_factor, world))
    yield Place("recovery-codes", "don", "/account", act=partial(_prove_factor, world))
    yield Place("device-token", "mali", "/account", act=_make_token)
    yield Place("users", "nid", "/admin/users")
    yield Place("users-link", "nid", "/admin/users", act=_make_account)
    yield Place("desk", "mali", "/desk", "#map path.leaflet-interactive")
    yield Place("desk-all", "mali", "/desk?state=all", "#map path.leaflet-interactive")
    yield Place("desk-nothing-found", "mali", "/desk?state=resolved")
    yield Place("desk-alert", LONG_NAME, f"/desk?id={boat.incident_id}", ".detail")
    yield Place("desk-split", "mali", f"/desk?id={dugong.incident_id}", ".detail", _open_split)
    yield Place("desk-help", "mali", "/desk", "#map path.leaflet-interactive", _open_help)
    yield Place("desk-photo", "mali", f"/desk/frames/{frame}", "[data-tool=measure]")
    yield Place("desk-flight", "mali", f"/desk/flights/{FLIGHT}", "#map path")
    yield Place("desk-zones", "mali", "/desk/zones", "#zone option:nth-child(3)", _open_zone)
    yield Place("desk-trail", "mali", "/desk/trail")
    yield Place("month", "mali", "/desk/reports/2026-11")
    yield Place("permits", "mali", "/desk/permits")


def _wrong_password(page) -> None:
    page.fill("#name", "mali")
    page.fill("#password", "not this one")
    page.click("main button")
    page.locator("[role=alert]").wait_for()


def _log_in(page, name: str, password: str) -> None:
    page.fill("#name", name)
    page.fill("#password", password)
    page.click("main button")


def _to_code(world, page) -> None:
    _log_in(page, WITH_FACTOR, world.password)
    page.locator("#code:focus").wait_for()  # the cursor is there already


def _wrong_code(world, page) -> None:
    _to_code(world, page)
    page.fill("#code", "000000")
    page.click("main button")
    page.locator("[role=alert]").wait_for()


def _begin_factor(world, page) -> None:
    page.fill("#present-begin", world.password)
    page.click("form[action$=begin] button")
    page.locator(".qr").wait_for()


def _prove_factor(world, page) -> None:
    """The page may show the key already, as another page of this site began it."""
    if page.locator(".qr").count() == 0:
        _begin_factor(world, page)
    secret = page.locator("#second-factor ~ p .mono").inner_text()
    page.fill("#code", pyotp.TOTP(secret).at(world.clock()))
    page.click("form[action$=prove] button")
    page.locator(".codes").wait_for()


def _make_token(page) -> None:
    page.fill("#label", "แล็ปท็อป")
    page.click("form[action$=add] button")
    page.locator(".mono").wait_for()


def _make_account(page) -> None:
    page.fill("#new-name", "suda")
    page.click("form[action$=add] button")
    page.locator(".notice .mono").wait_for()


def _report_nothing(page) -> None:
    page.locator("input[name=kind]").first.check(force=True)
    page.click("#report button:not([type])")
    page.locator("[role=alert]").wait_for()


def _report(page) -> None:
    page.locator("input[name=kind]").first.check(force=True)
    page.fill("#said", "พบพะยูนใกล้ท่าเรือ")
    page.click("#report button:not([type])")
    page.locator(".tracking-code").wait_for()


def _open_split(page) -> None:
    page.locator("#split-box summary").click()
    page.locator("#split-box img").last.wait_for()


def _open_help(page) -> None:
    page.locator("#help-button").click()


def _open_zone(page) -> None:
    page.locator("#zone").select_option("laem_chu_hoi")
    page.locator("#versions li").first.wait_for()
    for box in page.locator(".when summary").all():
        box.click()
    page.locator("#add-season").click()
    page.locator("#add-hours").click()
