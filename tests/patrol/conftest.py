"""Builders of made-up flights, and a store on each database."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from detection.types import Detection, ObjectClass, Sighting
from ingest.camera import CameraIntrinsics
from ingest.frame import Flight, Frame, Note, RefusedFile
from ingest.lonlat import LonLat
from ingest.pose import CameraPose, HeightSource
from libong.bench.store import own_schema
from patrol.coverage import ZoneSurvey
from patrol.flight_log import FlightLog
from patrol.incident import Incident, State, open_incidents
from patrol.site import Site, shipped_site
from patrol.store import Store
from patrol.verdict import Certainty, Priority, Verdict
from patrol.zones import RuleName

NOON_UTC = datetime(2026, 3, 1, 5, 0, tzinfo=UTC)  # noon in Trang
IN_CHU_HOI = LonLat(99.4560, 7.2560)


# Tried with PostgreSQL in the deep run alone, where making a database takes longer than the test.
# What each is about is decided above the tables, by the same code over either database; but for
# the store at its size, whose plans are PostgreSQL's own, and which takes long to fill.
DEEP_ON_POSTGRESQL = {
    "test_case_file.py",
    "test_incident_split.py",
    "test_join_judgement.py",
    "test_labels.py",
    "test_ledger_table.py",
    "test_split_judgement.py",
    "test_store_at_size.py",
    "test_tampering.py",
    "test_witness_desk.py",
}


@pytest.hookimpl(tryfirst=True)  # before those marked are left out
def pytest_collection_modifyitems(items: list[pytest.Function]) -> None:
    for item in items:
        database = getattr(item, "callspec", None) and item.callspec.params.get("database_url")
        if database == "postgresql" and item.path.name in DEEP_ON_POSTGRESQL:
            item.add_marker(pytest.mark.deep)


@pytest.fixture(scope="session")
def site() -> Site:
    return shipped_site()


@pytest.fixture(scope="session")
def make_sighting() -> Callable[..., Sighting]:
    def make(
        sighting_id: str,
        object_class: ObjectClass,
        position: LonLat = IN_CHU_HOI,
        *,
        flight_id: str = "flight1",
        error_m: float = 4.0,
        score: float = 0.9,
        seen_utc: datetime = NOON_UTC,
        last_seen_utc: datetime | None = None,
        speed_m_s: float | None = None,
    ) -> Sighting:
        last = last_seen_utc or seen_utc
        detections = tuple(
            Detection(
                object_class=object_class,
                score=score,
                xyxy_px=(10.5, 20.0, 30.25, 40.0),
                frame_sha256=f"{place}" * 64,
                taken_at_utc=time,
                position=position,
                error_m=error_m,
                model_sha256="e" * 64,
            )
            for place, time in enumerate(dict.fromkeys((seen_utc, last)))
        )
        return Sighting(
            sighting_id=sighting_id,
            flight_id=flight_id,
            object_class=object_class,
            score=score,
            position=position,
            error_m=error_m,
            first_seen_utc=seen_utc,
            last_seen_utc=last,
            detections=detections,
            best=detections[-1],
            speed_m_s=speed_m_s,
            speed_sigma_m_s=None if speed_m_s is None else 0.5,
        )

    return make


@pytest.fixture(scope="session")
def make_frame() -> Callable[..., Frame]:
    def make(
        footprint: tuple[LonLat, ...] | None = None,
        taken_at_utc: datetime = NOON_UTC,
        sha256: str = "0" * 64,
    ) -> Frame:
        return Frame(
            path=Path("DCIM") / f"{sha256[:4]}.JPG",
            sha256=sha256,
            width_px=4000,
            height_px=3000,
            taken_at_utc=taken_at_utc,
            camera=CameraIntrinsics(
                "DJI", "Test", 4000, 3000, 3000.0, (2000.0, 1500.0), 0.01, "test"
            ),
            pose=CameraPose(
                IN_CHU_HOI, 100.0, HeightSource.RELATIVE, 0.0, -90.0, 0.0, 2.0, 1.5, 2.0, 1.0
            ),
            gsd_cm=3.3,
            footprint=footprint,
            error_m=4.0,
        )

    return make


@pytest.fixture(scope="session")
def make_incident(make_sighting: Callable[..., Sighting]) -> Callable[..., Incident]:
    def make(
        *,
        rule: RuleName = RuleName.DUGONG_SIGHTING,
        zone_id: str | None = "laem_chu_hoi",
        object_class: ObjectClass = ObjectClass.DUGONG,
        priority: Priority = Priority.NORMAL,
        state: State = State.NEW,
        sighting: Sighting | None = None,
        **changes: object,
    ) -> Incident:
        seen = sighting or make_sighting("s1", object_class)
        verdict = Verdict(
            rule=rule,
            zone_id=zone_id,
            sighting_id=seen.sighting_id,
            object_class=object_class,
            certainty=Certainty.INSIDE,
            priority=priority,
            reason_th="พะยูน",
            reason_en="Dugong",
            citation="a source",
        )
        (opened,) = open_incidents([verdict], [seen], {})
        return replace(opened, state=state, **changes)

    return make


@pytest.fixture(scope="session")
def make_log(
    make_sighting: Callable[..., Sighting],
    make_frame: Callable[..., Frame],
    make_incident: Callable[..., Incident],
) -> Callable[..., FlightLog]:
    def make(
        flight_id: str = "flight1", *, seen_utc: datetime = NOON_UTC, site_id: str = "koh_libong"
    ) -> FlightLog:
        """A flight with a dugong, a boat seen twice, a box that became nothing, a broken file."""
        dugong = make_sighting("s1", ObjectClass.DUGONG, flight_id=flight_id, seen_utc=seen_utc)
        boat = make_sighting(
            "s2",
            ObjectClass.BOAT,
            flight_id=flight_id,
            seen_utc=seen_utc,
            last_seen_utc=seen_utc.replace(second=30),
            speed_m_s=4.0,
        )
        stray = replace(dugong.best, score=0.3, position=None, error_m=None)
        return FlightLog(
            flight=Flight(
                flight_id,
                (make_frame(taken_at_utc=seen_utc), make_frame(sha256="1" * 64)),
                (RefusedFile(Path("x.JPG"), None, Note("truncated", "cut short"), "copy again"),),
            ),
            sightings=(dugong, boat),
            detections=(stray, *boat.detections, *dugong.detections),
            incidents=(
                make_incident(sighting=dugong),
                make_incident(
                    sighting=boat,
                    rule=RuleName.BOAT_IN_CLOSED_ZONE,
                    object_class=ObjectClass.BOAT,
                    priority=Priority.HIGH,
                ),
            ),
            surveyed=(ZoneSurvey("chu_hoi_seagrass", date(2026, 3, 1), 0.4),),
            model_sha256="e" * 64,
            site_id=site_id,
            received_at_utc=datetime(2026, 3, 2, tzinfo=UTC),
        )

    return make


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database without tables: a file, and an own schema of the server."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/empty.sqlite3"
        return
    with own_schema(request.getfixturevalue("postgres_server")) as url:
        yield url


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    opened = Store(database_url)
    yield opened
    opened.close()
