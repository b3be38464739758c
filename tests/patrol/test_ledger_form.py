"""The first form of the ledger: its bytes, which no later version may change."""

import json
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest
import shapely
from sqlalchemy import text

from detection.types import Detection, ObjectClass, Sighting
from ingest.frame import Note, RefusedFile
from ingest.lonlat import LonLat
from patrol.coverage import ZoneSurvey
from patrol.effort import DayEffort, SeaEffort, ZoneEffort
from patrol.flight_log import LoggedFrame
from patrol.incident import Incident, IncidentEvent, State
from patrol.incident_event import Deed, Standing
from patrol.ledger import (
    EMPTY_HEAD,
    appended,
    canonical_json,
    flight_payload,
    incident_payload,
)
from patrol.ledger_form import (
    detection_form,
    effort_form,
    form_fault,
    frame_form,
    grounds_form,
    incident_facts,
    refused_form,
    sighting_form,
)
from patrol.verdict import Certainty, Figure, Grounds, Priority
from patrol.zone_document import feature_of, zone_sha256
from patrol.zone_times import Hours, MonthDay, Season, TideRange
from patrol.zone_versions import ZoneOrigin, ZoneVersion, zone_payload
from patrol.zones import AdvisedSpeed, Binding, RuleName, Zone, ZoneKind

GOLDEN = Path(__file__).parent / "data" / "ledger_form_1.json"
AT = datetime(2026, 3, 1, 5, 0, 0, 250_000, tzinfo=UTC)

FRAME = LoggedFrame(
    "a" * 64, "DJI_0001.JPG", AT, 4000, 3000, LonLat(99.456, 7.256), 101.25, 1.0 / 3.0
)
REFUSED = RefusedFile(Path("บิน/x.JPG"), None, Note("truncated", "cut short"), "copy again")
DETECTION = Detection(
    ObjectClass.DUGONG, 0.1 + 0.2, (10.5, 20.0, 30.25, 40.0), "a" * 64, AT, LonLat(99.456, 7.256),
    4.0, "e" * 64,
)  # fmt: skip
STRAY = replace(DETECTION, taken_at_utc=None, position=None, error_m=None, score=0.3)
SIGHTING = Sighting(
    "s1", "flight1", ObjectClass.DUGONG, 0.9, LonLat(99.456, 7.256), 4.0, AT, AT, (DETECTION,),
    DETECTION, 1e-7, None,
)  # fmt: skip
SEA = SeaEffort(0.5, 0.25, 0.125)
EFFORT = DayEffort(
    date(2026, 3, 1), 2, 1, 1.5, 0.75, SEA, (ZoneEffort("laem_chu_hoi", 3.0, SEA),),
    shapely.box(99.0, 7.0, 99.5, 7.5), 1,
)  # fmt: skip
GROUNDS = Grounds(3, "b" * 64, 0.75, (Figure("speed_m_s", 5.5, 0.5, 3.0),), ("s2",))
INCIDENT = Incident(
    "0123456789abcdef", RuleName.BOAT_IN_CLOSED_ZONE, "laem_chu_hoi", ObjectClass.BOAT,
    State.RESPONDING, Priority.LOW, Certainty.BOUNDARY, "เรือ", "A boat", "flight1", "s1", 0.9,
    LonLat(99.456, 7.256), 4.0, AT, "a" * 64, (10.5, 20.0, 30.25, 40.0), None, 4, "a source",
    GROUNDS, Priority.HIGH, "mali", "fedcba9876543210",
)  # fmt: skip
EVENT = IncidentEvent(
    INCIDENT.incident_id, 4, AT, "mali", State.RESPONDING, State.RESPONDING, "เห็นแล้ว",
    Deed.JOINED, Standing(Priority.LOW, "mali", "fedcba9876543210"), None,
)  # fmt: skip
ZONE = Zone(
    "everything", "เขต", "A zone", ZoneKind.CLOSED, shapely.box(99.4, 7.2, 99.5, 7.3),
    frozenset({RuleName.BOAT_IN_CLOSED_ZONE, RuleName.BOAT_NEAR_DUGONG}), "a source", "แหล่งที่มา",
    Binding.PROPOSAL, "nowhere", True, date(2026, 1, 1), date(2027, 1, 1),
    (Season(MonthDay(5, 1), MonthDay(10, 31)),), (Hours(time(18), time(6)),), TideRange(1.5, None),
    AdvisedSpeed(6.0, "a source"), 2,
)  # fmt: skip
PLAIN_ZONE = replace(
    ZONE, valid_from=None, valid_until=None, seasons=(), hours=(), tide=None, advised_speed=None
)


def written() -> dict[str, str]:
    """Return every text of the first form, by what it is of."""
    version = ZoneVersion(
        ZONE, zone_sha256(ZONE), False, ZoneOrigin.PERSON, "mali", "drawn anew", AT
    )
    flight = flight_payload(
        site_id="koh_libong",
        model_sha256="e" * 64,
        received_at_utc=AT,
        frames=[FRAME],
        refused=[REFUSED],
        detections=[DETECTION, STRAY],
        sightings=[SIGHTING],
        surveys=[ZoneSurvey("laem_chu_hoi", date(2026, 3, 1), 0.4)],
        efforts=[effort_form(EFFORT)],
        origin={"record": "c" * 64},
    )
    entry = appended(EMPTY_HEAD, at_utc=AT, kind="flight_logged", subject="f", payload=flight)
    return {
        "frame": canonical_json(frame_form(FRAME)),
        "refused": canonical_json(refused_form(REFUSED)),
        "detection": canonical_json(detection_form(DETECTION)),
        "stray detection": canonical_json(detection_form(STRAY)),
        "sighting": canonical_json(sighting_form(SIGHTING)),
        "effort": canonical_json(effort_form(EFFORT)),
        "grounds": canonical_json(grounds_form(GROUNDS)),
        "incident": canonical_json(incident_facts(INCIDENT)),
        "incident without grounds": canonical_json(incident_facts(replace(INCIDENT, grounds=None))),
        "flight payload": flight,
        "incident payload": incident_payload(EVENT, INCIDENT),
        "zone": canonical_json(feature_of(ZONE)),
        "plain zone": canonical_json(feature_of(PLAIN_ZONE)),
        "zone payload": zone_payload("koh_libong", version),
        "entry hash": entry.entry_hash,
    }


def test_every_text_of_the_first_form_is_as_it_always_was() -> None:
    assert written() == json.loads(GOLDEN.read_text("utf-8"))


def test_a_field_that_a_value_is_given_later_changes_no_hash() -> None:
    @dataclass(frozen=True)
    class LaterFrame(LoggedFrame):
        tide_m: float = 0.5

    @dataclass(frozen=True)
    class LaterDetection(Detection):
        turbidity: float = 0.5

    @dataclass(frozen=True)
    class LaterSighting(Sighting):
        length_m: float = 2.5

    @dataclass(frozen=True)
    class LaterIncident(Incident):
        permit_id: str = "p1"

    @dataclass(frozen=True)
    class LaterEffort(DayEffort):
        tide_m: float = 0.5

    assert frame_form(LaterFrame(**vars(FRAME))) == frame_form(FRAME)
    assert detection_form(LaterDetection(**vars(DETECTION))) == detection_form(DETECTION)
    assert detection_form(replace(DETECTION, raw_score=0.4)) == detection_form(DETECTION)
    assert sighting_form(LaterSighting(**vars(SIGHTING))) == sighting_form(SIGHTING)
    assert effort_form(LaterEffort(**vars(EFFORT))) == effort_form(EFFORT)
    later = LaterIncident(**vars(INCIDENT))
    assert incident_payload(EVENT, later) == incident_payload(EVENT, INCIDENT)


@pytest.mark.parametrize(
    ("payload", "known"),
    [
        ("{}", True),
        ('{"form":1}', True),
        ("[]", True),
        ('{"form":2}', False),
        ('{"form":0}', False),
        ('{"form":"1"}', False),
        ('{"form":[1]}', False),
    ],
)
def test_only_forms_that_are_known_can_be_checked(payload: str, known: bool) -> None:
    assert (form_fault(payload) is None) is known


def test_an_entry_of_a_newer_form_is_named_as_that_and_not_as_changed(store, make_log) -> None:
    store.log_flight(make_log())
    with store._database.writer.begin() as connection:
        connection.exec_driver_sql(
            "DROP TRIGGER ledger_refuses_update"
            if connection.dialect.name == "sqlite"
            else "DROP TRIGGER ledger_refuses_changes ON ledger"
        )
        connection.execute(
            text("UPDATE ledger SET payload = :start || substr(payload, 2)"),
            {"start": '{"form":2,'},
        )
    said = [fault.what for fault in store.verify().faults]
    assert [what for what in said if "is not as this entry says" in what] == []
    assert sum("of form 2, and forms up to 1 are known here" in what for what in said) == 3
