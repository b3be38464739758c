"""People's reports become incidents: placed, judged, kept as evidence, followed by a code."""

import io
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zipfile import ZipFile

import pytest
from PIL import Image

from detection.types import ObjectClass
from patrol.exports.evidence import write_evidence
from patrol.incident import State
from patrol.media import MediaStore
from patrol.site import shipped_site
from patrol.user import Role
from patrol.verdict import Priority
from patrol.witness_desk import WitnessDesk, spaced
from patrol.witness_photo import WitnessError
from patrol.witness_report import (
    Fault,
    Outcome,
    Provenance,
    WitnessKind,
    WitnessPlace,
    WitnessReport,
)
from patrol.zone_status import Presence
from patrol.zones import RuleName

NOW = datetime(2026, 11, 22, 5, 30, tzinfo=UTC)
SITE = shipped_site()


def inside(rule):
    zone = next(zone for zone in SITE.zones if rule in zone.rules)
    point = zone.area.representative_point()
    return zone, WitnessPlace(point.x, point.y, 5.0)


WATCHED, IN_WATCHED = inside(RuleName.DUGONG_SIGHTING)
REPORT = WitnessReport(
    key="one",
    kind=WitnessKind.SIGHTING,
    words="แม่ลูกคู่หนึ่ง",
    place_words="หน้าหาด",
    place=IN_WATCHED,
    made_at_utc=NOW - timedelta(hours=2),
    photo=None,
)


@pytest.fixture
def desk(store, tmp_path):
    store.add_user("don", "no hash", Role.RANGER, NOW)
    return WitnessDesk(store, MediaStore(str(tmp_path / "media")), SITE, lambda: NOW)


def photo(kind="JPEG", size=(1600, 1200), orientation=1, lonlat=None):
    exif = Image.Exif()
    if lonlat:
        lon, lat = lonlat
        exif.get_ifd(0x8825).update({1: "N", 2: (lat, 0.0, 0.0), 3: "E", 4: (lon, 0.0, 0.0)})
    exif[0x0112] = orientation
    exif[0x010E] = "7.2561 N 99.4512 E"
    out = io.BytesIO()
    Image.linear_gradient("L").resize(size).convert("RGB").save(out, kind, exif=exif)
    return out.getvalue()


def presence(desk):
    statuses = desk.store.zone_statuses(SITE, NOW.date())
    return {status.zone_id: status.presence for status in statuses}[WATCHED.zone_id]


def step(desk, filed, to):
    version = desk.store.incident(filed.incident_id).version
    desk.store.transition(
        filed.incident_id,
        to,
        actor="mali",
        reason="called them",
        expected_version=version,
        at_utc=NOW,
    )


def test_a_sighting_is_an_incident_that_raises_its_zone_only_once_confirmed(desk):
    filed = desk.take(REPORT, Provenance.RANGER, "don")
    incident = desk.store.incident(filed.incident_id)
    assert (incident.rule, incident.zone_id) == (RuleName.DUGONG_SIGHTING, WATCHED.zone_id)
    assert incident.occurred_at_utc == REPORT.made_at_utc
    assert "don" in incident.reason_th
    assert "แม่ลูกคู่หนึ่ง" in incident.reason_en
    assert presence(desk) is not Presence.PRESENT
    step(desk, filed, State.CONFIRMED)
    assert presence(desk) is Presence.PRESENT
    assert desk.store.verify().faults == ()


def test_a_report_is_no_flight(desk):
    filed = desk.take(REPORT, Provenance.COMMUNITY)
    assert desk.store.flights() == ()
    assert desk.store.flight(filed.report_id).model_sha256 == "provenance:community"


@pytest.mark.parametrize(
    ("kind", "provenance", "object_class", "priority"),
    [
        (WitnessKind.CARCASS, Provenance.RANGER, ObjectClass.DUGONG, Priority.HIGH),
        (WitnessKind.CARCASS, Provenance.COMMUNITY, ObjectClass.DUGONG, Priority.NORMAL),
        (WitnessKind.NET, Provenance.RANGER, ObjectClass.FISHING_GEAR, Priority.HIGH),
        (WitnessKind.BOAT, Provenance.COMMUNITY, ObjectClass.BOAT, Priority.LOW),
    ],
)
def test_what_lies_under_no_rule_of_a_zone_is_reported_all_the_same(
    desk, kind, provenance, object_class, priority
):
    report = replace(REPORT, kind=kind, place=None)
    incident = desk.store.incident(desk.take(report, provenance).incident_id)
    assert incident.rule is RuleName.REPORTED
    assert (incident.object_class, incident.priority) == (object_class, priority)
    assert incident.zone_id is None
    assert incident.error_m > 1000  # somewhere in the waters
    assert "No position" in incident.reason_en


def test_a_carcass_never_raises_a_zone(desk):
    filed = desk.take(replace(REPORT, kind=WitnessKind.CARCASS), Provenance.RANGER, "don")
    step(desk, filed, State.CONFIRMED)
    assert presence(desk) is not Presence.PRESENT


def test_the_same_report_again_is_the_same(desk):
    first = desk.take(REPORT, Provenance.RANGER, "don")
    assert desk.take(REPORT, Provenance.RANGER, "don") == first
    other = desk.take(replace(REPORT, key="two"), Provenance.RANGER, "don")
    assert other.incident_id != first.incident_id
    assert len(desk.store.incidents()) == 2


def test_what_became_of_it(desk):
    filed = desk.take(REPORT, Provenance.COMMUNITY)
    told = [desk.standing(filed.code).outcome]
    for to in (State.CONFIRMED, State.RESPONDING, State.RESOLVED, State.RETRACTED):
        step(desk, filed, to)
        told.append(desk.standing(filed.code).outcome)
    assert told == [
        Outcome.RECEIVED,
        Outcome.CONFIRMED,
        Outcome.RESPONDING,
        Outcome.RESOLVED,
        Outcome.DISMISSED,
    ]


def test_a_code_is_read_as_people_write_it(desk):
    filed = desk.take(REPORT, Provenance.COMMUNITY)
    assert len(filed.code) == 16
    assert desk.standing(spaced(filed.code).lower()) == desk.standing(filed.code)
    for wrong in ("", "A" * 16, "ก" * 16, filed.code[:-1], filed.code + "A", "../../etc/passwd"):
        assert desk.standing(wrong) is None


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"words": " \x00\n"}, Fault.EMPTY),
        ({"photo": b"MZ this is no photo"}, Fault.PHOTO_KIND),
        ({"photo": photo()[:3000]}, Fault.PHOTO_KIND),
        ({"photo": b"\xff\xd8\xff" + bytes(16 << 20)}, Fault.PHOTO_LARGE),
        ({"place": WitnessPlace(100.5, 13.75, 10.0)}, Fault.PLACE_FAR),
    ],
)
def test_what_is_not_taken_leaves_nothing_behind(desk, changes, fault):
    with pytest.raises(WitnessError) as refused:
        desk.take(replace(REPORT, **changes), Provenance.COMMUNITY)
    assert refused.value.fault is fault
    assert desk.store.incidents() == ()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_the_original_is_kept_and_pages_get_a_copy_without_metadata(desk, kind):
    original = photo(kind, orientation=6)
    filed = desk.take(replace(REPORT, photo=original), Provenance.COMMUNITY)
    assert desk.media.get(filed.photo_sha256) == original
    incident = desk.store.incident(filed.incident_id)
    assert incident.frame_sha256 == filed.photo_sha256
    copy = desk.media.get(incident.crop_sha256)
    assert b"99.4512" in original
    assert b"99.4512" not in copy
    with Image.open(io.BytesIO(copy)) as picture:
        assert picture.format == "JPEG"
        assert picture.size == (960, 1280)  # upright
        assert not picture.getexif()


@pytest.mark.parametrize("with_photo", [True, False])
def test_evidence_holds_the_original_and_checks_itself(desk, with_photo):
    original = photo() if with_photo else None
    filed = desk.take(replace(REPORT, photo=original), Provenance.RANGER, "don")
    out = io.BytesIO()
    write_evidence(out, desk.store.case_file(filed.incident_id), SITE, desk.media)
    with ZipFile(out) as archive:
        names = [name for name in archive.namelist() if name.startswith("evidence/frame_")]
        kept = {archive.read(name) for name in names}
    if original is not None:
        assert original in kept
    else:
        (document,) = map(json.loads, kept)
        assert document["words"] == REPORT.words
        assert document["provenance"] == "ranger_report"


def test_a_wrong_clock_is_not_believed(desk):
    ahead = replace(REPORT, made_at_utc=NOW + timedelta(days=3))
    incident = desk.store.incident(desk.take(ahead, Provenance.RANGER, "don").incident_id)
    assert incident.occurred_at_utc == NOW


def test_a_photo_places_a_report_that_does_not_say_where(desk):
    place = (IN_WATCHED.lon, IN_WATCHED.lat)
    report = replace(REPORT, place=None, photo=photo(lonlat=place))
    filed = desk.take(report, Provenance.COMMUNITY)
    incident = desk.store.incident(filed.incident_id)
    assert incident.position == pytest.approx(place, abs=1e-5)
    assert incident.zone_id == WATCHED.zone_id
    assert "photo's own" in incident.reason_en
    assert json.loads(desk.media.get(filed.document_sha256))["place"]["from"] == "photo"


@pytest.mark.parametrize("lonlat", [(100.5, 13.75), (0.0, 0.0)], ids=["far", "no lock"])
def test_a_photo_from_elsewhere_places_nothing(desk, lonlat):
    report = replace(REPORT, place=None, photo=photo(lonlat=lonlat))
    incident = desk.store.incident(desk.take(report, Provenance.COMMUNITY).incident_id)
    assert "No position" in incident.reason_en


def test_what_the_sender_says_counts_more_than_the_photo(desk):
    report = replace(REPORT, photo=photo(lonlat=(99.3, 7.1)))
    incident = desk.store.incident(desk.take(report, Provenance.COMMUNITY).incident_id)
    assert incident.position == pytest.approx((IN_WATCHED.lon, IN_WATCHED.lat))
