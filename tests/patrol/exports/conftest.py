"""One incident with known values, texts made to break file formats, and a store to export from."""

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from zipfile import ZipFile

import pytest
from hypothesis import strategies as st
from PIL import Image

from detection.types import ObjectClass
from patrol.exports.contents import EvidenceReport
from patrol.exports.evidence import write_evidence
from patrol.incident import Incident, State
from patrol.media import MediaStore
from patrol.site import Site
from patrol.store import Store
from patrol.verdict import Certainty, Figure, Grounds, Priority
from patrol.zone_document import zone_sha256
from patrol.zones import RuleName

_SHARP = st.sampled_from(
    [
        "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "\r=1", "\n+1", "＝1", "]]>", "<![CDATA[",
        "<script>alert(1)</script>", "&amp;", "&", '"', "'", ",", ";", "`", "${x}", "{{ 7*7 }}",
        "\x00", "\x0b", "\x1b", "\ud800", "\ufffe", "\uffff", "\r\n", "\r", "\n", "\u2028",
        "พะยูน", "ทุ่งหญ้าทะเล", "--", "<!--", "?>", "🐬",
    ]
)  # fmt: skip


@pytest.fixture(scope="session")
def hostile_texts() -> st.SearchStrategy[str]:
    return st.lists(st.one_of(_SHARP, st.text(max_size=5)), max_size=6).map("".join)


@pytest.fixture(scope="session")
def boat(make_incident) -> Incident:
    return replace(
        make_incident(
            rule=RuleName.BOAT_IN_CLOSED_ZONE,
            object_class=ObjectClass.BOAT,
            priority=Priority.HIGH,
            certainty=Certainty.BOUNDARY,
        ),
        incident_id="0123456789abcdef",
        reason_th="เรืออยู่ที่ขอบ",
        reason_en="Boat at the edge",
    )


@dataclass(frozen=True)
class World:
    """A store with one flight: a boat in two photos, both kept, and a third photo without it."""

    store: Store
    media: MediaStore
    media_folder: Path
    database: Path
    site: Site
    incident_id: str
    photos: tuple[bytes, bytes, bytes]
    crop: bytes

    def export(self, **changes: object) -> tuple[bytes, EvidenceReport]:
        file = io.BytesIO()
        case = replace(self.store.case_file(self.incident_id), **changes)
        report = write_evidence(file, case, self.site, self.media)
        return file.getvalue(), report

    def media_file(self, data: bytes) -> Path:
        (path,) = self.media_folder.rglob(sha256(data).hexdigest())
        return path


def photo(colour: tuple[int, int, int]) -> bytes:
    written = io.BytesIO()
    sea = Image.effect_noise((640, 400), 12).convert("RGB")
    Image.blend(sea, Image.new("RGB", sea.size, colour), 0.8).save(written, "JPEG", quality=88)
    return written.getvalue()


@pytest.fixture(scope="session")
def make_world(
    site, make_log, make_frame, make_sighting, make_incident, open_store
) -> Callable[[Path], World]:
    def make(folder: Path) -> World:
        media = MediaStore((folder / "media").as_uri())
        photos = (photo((40, 110, 120)), photo((30, 100, 120)), photo((20, 90, 100)))
        crop = photo((50, 110, 120))
        hashes = [sha256(data).hexdigest() for data in photos]
        for data in (*photos[:2], crop):
            media.put(data)
        boat = make_sighting(
            "s2",
            ObjectClass.BOAT,
            last_seen_utc=datetime(2026, 3, 1, 5, 0, 30, tzinfo=UTC),
            speed_m_s=4.0,
        )
        detections = tuple(
            replace(detection, frame_sha256=sha, xyxy_px=(300.5, 180.0, 380.25, 210.0))
            for detection, sha in zip(boat.detections, hashes[:2], strict=True)
        )
        boat = replace(boat, detections=detections, best=detections[1])
        incident = make_incident(
            sighting=boat,
            rule=RuleName.BOAT_IN_CLOSED_ZONE,
            object_class=ObjectClass.BOAT,
            priority=Priority.HIGH,
            crop_sha256=sha256(crop).hexdigest(),
            grounds=Grounds(
                zone_version=1,
                zone_sha256=zone_sha256(site.zones[0]),
                probability=1.0,
                figures=(Figure("edge_m", 400.0, 3.5),),
            ),
        )
        log = make_log()
        store = open_store(folder / "world.sqlite3")
        store.log_flight(make_log("flight0"))  # so that the ledger begins with others
        store.log_flight(
            replace(
                log,
                flight=replace(log.flight, frames=tuple(make_frame(sha256=sha) for sha in hashes)),
                sightings=(boat,),
                detections=detections,
                incidents=(incident,),
            )
        )
        store.transition(
            incident.incident_id,
            State.CONFIRMED,
            actor="สมชาย",
            reason="เห็นชัด <b>",
            expected_version=1,
            at_utc=datetime(2026, 3, 2, 8, 0, tzinfo=UTC),
        )
        store.log_flight(make_log("flight2"))  # and goes on after them
        store.zones.follow_file(site, datetime(2026, 3, 1, tzinfo=UTC))
        return World(
            store,
            media,
            folder / "media",
            folder / "world.sqlite3",
            site,
            incident.incident_id,
            photos,
            crop,
        )

    return make


@pytest.fixture
def world(make_world, tmp_path) -> Iterator[World]:
    made = make_world(tmp_path)
    yield made
    made.store.close()


@pytest.fixture(scope="session")
def exported(make_world, tmp_path_factory) -> bytes:
    made = make_world(tmp_path_factory.mktemp("exported"))
    data, _ = made.export()
    made.store.close()
    return data


@pytest.fixture
def extracted(exported, tmp_path) -> Path:
    """The folder of an export, as a reader has it."""
    folder = tmp_path / "extracted"
    with ZipFile(io.BytesIO(exported)) as archive:
        archive.extractall(folder)
    return folder
