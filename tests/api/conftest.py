"""A served site with a real store, and people who are logged in to it."""

import importlib.util
import io
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from types import ModuleType
from zoneinfo import ZoneInfo

import pytest
import shapely
from anyio.from_thread import BlockingPortal
from fastapi import FastAPI
from httpx import Response
from PIL import Image
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from api.app import create_app
from api.auth import SESSION_COOKIE, Sessions
from api.deps import ApiSettings
from detection.types import Detection, ObjectClass, Sighting
from ingest.frame import Flight, Note, RefusedFile
from ingest.lonlat import LonLat
from ingest.site_reference import SiteReference
from patrol.field_flight import FieldSource
from patrol.incident import Incident, open_incidents
from patrol.media import MediaStore
from patrol.site import Site, shipped_site
from patrol.store import FlightLog, Store, ZoneSurvey
from patrol.uploads import UploadPolicy
from patrol.uploads_desk import Desk
from patrol.user import Role
from patrol.verdict import Certainty, Priority, Verdict
from patrol.zones import Binding, RuleName, Zone, ZoneKind

with warnings.catch_warnings():
    # Starlette 1.x prefers httpx2, which the oldest FastAPI we support does not know
    warnings.filterwarnings("ignore", message=".*httpx.*")
    from fastapi.testclient import TestClient

SECRET = "a secret of the tests, long enough to be taken"
PASSWORD = "gentle sea grass"
# Argon2id is slow on purpose; a hash says itself how dear it is to check, and this one is cheap
CHEAP = Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1)
PASSWORD_HASH = PasswordHash((CHEAP,)).hash(PASSWORD)
START = datetime(2026, 11, 22, 5, 30, tzinfo=UTC)
POLICY = UploadPolicy()
SHIPPED = shipped_site()  # read once: frozen, and a seventh of a second
USERS = {"mali": Role.OFFICER, "don": Role.RANGER, "nid": Role.ADMIN}
NASTY = "</script><script>alert(1)</script>`${alert(2)}`\"'<img src=x onerror=alert(3)>"


@dataclass
class Clock:
    """A clock that tests move."""

    moment: datetime = START

    def __call__(self) -> datetime:
        return self.moment

    def forward(self, by: timedelta) -> None:
        self.moment += by


def zone(zone_id: str, kind: ZoneKind, box: tuple[float, float, float, float], **names) -> Zone:
    return Zone(
        zone_id=zone_id,
        name_th=names.get("name_th", f"เขต {zone_id}"),
        name_en=names.get("name_en", f"Zone {zone_id}"),
        kind=kind,
        area=shapely.box(*box),
        rules=frozenset({RuleName.DUGONG_SIGHTING}),
        citation=names.get("citation", "drawn for the tests"),
        citation_th=names.get("citation_th", "วาดขึ้นเพื่อการทดสอบ"),
        binding=Binding.PROPOSAL,
        jurisdiction="tests",
        indicative=True,
        valid_from=None,
        valid_until=None,
    )


def site_with(zones: Sequence[Zone]) -> Site:
    return Site(
        site_id="test_site",
        name_th="เกาะทดสอบ",
        name_en="Test Island",
        reference=SiteReference(ZoneInfo("Asia/Bangkok"), None, 2.0, 1.0),
        zones=tuple(zones),
        coast=shapely.MultiPolygon([shapely.box(99.37, 7.20, 99.45, 7.28)]),
        coast_credit_th="แนวชายฝั่งทดสอบ",
        coast_credit_en="Test coastline",
        rule_parameters=SHIPPED.rule_parameters,
    )


ZONES = (
    zone("east", ZoneKind.SEAGRASS, (99.45, 7.22, 99.49, 7.27)),
    zone("north", ZoneKind.TOUR_ROUTE, (99.38, 7.29, 99.43, 7.32)),
    zone("cape", ZoneKind.CLOSED, (99.46, 7.28, 99.48, 7.30)),
)


def sha(*parts: object) -> str:
    return sha256("|".join(map(str, parts)).encode()).hexdigest()


@pytest.fixture
def jpeg_with_exif() -> bytes:
    picture = Image.new("RGB", (64, 48), (40, 120, 140))
    exif = Image.Exif()
    exif[0x010E] = "taken at 7.2561 N 99.4512 E"
    exif.get_ifd(0x8825)[2] = (7.0, 15.0, 21.96)
    out = io.BytesIO()
    picture.save(out, "JPEG", exif=exif, comment=b"a hidden word")
    return out.getvalue()


IN_EAST = LonLat(99.467123, 7.243217)


@dataclass(frozen=True)
class Seen:
    """One object to log: what, where (zone and place), when, how surely."""

    zone_id: str | None = "east"
    position: LonLat = IN_EAST
    at: datetime = START - timedelta(hours=3)
    score: float = 0.9137
    object_class: ObjectClass = ObjectClass.DUGONG
    rule: RuleName = RuleName.DUGONG_SIGHTING
    priority: Priority = Priority.NORMAL
    salt: str = ""
    reason_th: str = "พบพะยูนในเขตนี้"
    reason_en: str = "A dugong was seen in this zone."
    crop: str | None = None
    earlier_pictures: int = 0


@dataclass(frozen=True)
class Logged:
    """What was logged."""

    flight_id: str
    sightings: tuple[Sighting, ...]
    incidents: tuple[Incident, ...]
    refused: tuple[RefusedFile, ...]
    model_sha256: str


def log_seen(
    store: Store,
    site: Site,
    seen: Sequence[Seen],
    *,
    refused: Sequence[RefusedFile] = (),
    received: datetime = START,
    surveyed_on: date | None = None,
    field_source: FieldSource | None = None,
) -> Logged:
    """Log one flight in which these objects were seen."""
    model = sha("model")
    flight_id = sha("flight", seen, refused, received)[:16]
    sightings, detections = [], []
    for number, each in enumerate(seen):
        frame = sha("frame", number, each)
        detection = Detection(
            each.object_class,
            each.score,
            (810.0, 420.0, 871.0, 463.0),
            frame,
            each.at,
            each.position,
            6.0,
            model,
        )
        earlier = tuple(
            replace(
                detection,
                frame_sha256=sha("frame", number, each, place),
                taken_at_utc=each.at - timedelta(seconds=2 * (each.earlier_pictures - place)),
                score=each.score / 2,
            )
            for place in range(each.earlier_pictures)
        )
        detections.extend((*earlier, detection))
        sightings.append(
            Sighting(
                sighting_id=sha("sighting", number, each)[:16],
                flight_id=flight_id,
                object_class=each.object_class,
                score=each.score,
                position=each.position,
                error_m=6.0,
                first_seen_utc=(*earlier, detection)[0].taken_at_utc,
                last_seen_utc=each.at,
                detections=(*earlier, detection),
                best=detection,
            )
        )
    verdicts = [
        Verdict(
            each.rule,
            each.zone_id,
            sighting.sighting_id,
            each.object_class,
            Certainty.INSIDE,
            each.priority,
            each.reason_th,
            each.reason_en,
            "drawn for the tests",
        )
        for each, sighting in zip(seen, sightings, strict=True)
    ]
    crops = {
        sighting.sighting_id: each.crop
        for each, sighting in zip(seen, sightings, strict=True)
        if each.crop
    }
    incidents = open_incidents(verdicts, sightings, crops)
    surveys = (
        tuple(ZoneSurvey(each.zone_id, surveyed_on, 0.9) for each in site.zones)
        if surveyed_on
        else ()
    )
    store.log_flight(
        FlightLog(
            flight=Flight(flight_id, (), tuple(refused)),
            sightings=tuple(sightings),
            detections=tuple(detections),
            incidents=incidents,
            surveyed=surveys,
            model_sha256=model,
            site_id=site.site_id,
            received_at_utc=received,
            field_source=field_source,
        )
    )
    return Logged(flight_id, tuple(sightings), incidents, tuple(refused), model)


@dataclass
class World:
    """One service with all that belongs to it."""

    store: Store
    media: MediaStore
    site: Site
    clock: Clock
    cookie_secure: bool = False
    need_second_factor: bool = False
    secret: str = SECRET
    password: str = PASSWORD
    parts: Path | None = None
    policy: UploadPolicy = POLICY
    portal: BlockingPortal = field(kw_only=True)
    app: FastAPI = field(init=False)

    def __post_init__(self) -> None:
        desk = (
            Desk(self.store.uploads, self.media, self.parts, self.policy, self.clock)
            if self.parts
            else None
        )
        self.app = create_app(
            ApiSettings(
                SECRET,
                session_hours=12,
                cookie_secure=self.cookie_secure,
                officers_need_second_factor=self.need_second_factor,
            ),
            self.store,
            self.media,
            self.site,
            self.clock,
            desk,
        )

    def client(self, **options) -> TestClient:
        client = TestClient(self.app, follow_redirects=False, **options)
        client.portal = self.portal
        return client

    def log_in(
        self, name: str, password: str = PASSWORD, client: TestClient | None = None
    ) -> Response:
        """Send the login form as the page has it."""
        return submit_login(client or self.client(), name, password)

    def log(self, *seen: Seen, **more) -> Logged:
        return log_seen(self.store, self.site, seen, **more)

    def logged_in(self, name: str) -> TestClient:
        """A client with a session of its own, as a login would have set it (but faster)."""
        sessions = Sessions(self.secret, timedelta(hours=12))
        cookie = sessions.cookie_for(self.store.user(name), self.clock())
        return self.client(cookies={SESSION_COOKIE: cookie})


def submit_login(client: TestClient, name: str, password: str = PASSWORD, **fields) -> Response:
    token = token_of(client.get("/login").text)
    return client.post(
        "/login", data={"name": name, "password": password, "csrf_token": token, **fields}
    )


def token_of(html: str) -> str:
    return html.split('name="csrf_token" value="')[1].split('"')[0]


@pytest.fixture
def make_world(
    tmp_path: Path, open_store: Callable[..., Store], portal: BlockingPortal
) -> Iterator[Callable[..., World]]:
    stores = []

    def make(
        zones: Sequence[Zone] = ZONES,
        site: Site | None = None,
        *,
        cookie_secure: bool = False,
        policy: UploadPolicy = POLICY,
        users: Mapping[str, Role] = USERS,
        need_second_factor: bool = False,
    ) -> World:
        folder = tmp_path / f"world{len(stores)}"
        folder.mkdir()
        store = open_store(folder / "libong.sqlite3")
        stores.append(store)
        for name, role in users.items():
            store.add_user(name, PASSWORD_HASH, role, START)
        return World(
            store,
            MediaStore(str(folder / "media")),
            site or site_with(zones),
            Clock(),
            cookie_secure,
            need_second_factor,
            parts=folder / "parts",
            policy=policy,
            portal=portal,
        )

    yield make
    for store in stores:
        store.close()


@pytest.fixture(scope="session")
def whole_site() -> ModuleType:
    """The site of the pages' tests, with something on every page, and how each is reached."""
    path = Path(__file__).parent.parent / "browser" / "whole_site.py"
    spec = importlib.util.spec_from_file_location("whole_site_of_api", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def world(make_world) -> World:
    return make_world()


@pytest.fixture
def refused_file() -> RefusedFile:
    return RefusedFile(
        Path("/secret/folder/DJI_0042.JPG"),
        sha("refused"),
        Note("no_gps", "the photo has no GPS position"),
        "Wait for the drone's GPS lock before taking photos; send originals with metadata.",
    )


@pytest.fixture
def log_in() -> Callable[..., Response]:
    return submit_login


@pytest.fixture
def form_token() -> Callable[[str], str]:
    """A function that finds the CSRF token in a page."""
    return token_of


@pytest.fixture
def make_seen() -> type[Seen]:
    return Seen


@pytest.fixture
def make_zone() -> Callable[..., Zone]:
    return zone


@pytest.fixture
def nasty() -> str:
    """A name that ends scripts, template literals and attributes."""
    return NASTY
