"""Flights from the field are marked wherever officers read them, until they are checked."""

import dataclasses

import pytest

from patrol.field_flight import FieldSource

KNOWN = FieldSource("don", "c" * 64, model_known=True)
UNKNOWN = dataclasses.replace(KNOWN, model_known=False)


@pytest.mark.parametrize(
    ("source", "words_th", "words_en"),
    [
        (KNOWN, "1 รูปยังไม่ถึงเซิร์ฟเวอร์", "1 original photo with a sighting has not come"),
        (UNKNOWN, "แบบจำลองตรวจหาคนละตัว", "another model than this server"),
    ],
)
def test_flight_and_incident_tell_what_could_not_be_checked(
    world, make_seen, source, words_th, words_en
):
    logged = world.log(make_seen(), field_source=source)
    officer = world.logged_in("mali")
    for page in (
        f"/flights/{logged.flight_id}?",
        f"/desk?id={logged.incidents[0].incident_id}&",
        f"/desk/parts/detail/{logged.incidents[0].incident_id}?",
    ):
        thai, english = officer.get(f"{page}lang=th").text, officer.get(f"{page}lang=en").text
        assert "don ประมวลผลเที่ยวบินนี้ในภาคสนาม" in thai
        assert words_th in thai
        assert words_en in english
    told = officer.get(f"/api/v1/flights/{logged.flight_id}").json()["unverified"]
    assert told == {
        "sender": "don",
        "model_known": source.model_known,
        "missing_originals": 1,
    }
    assert officer.get("/api/v1/flights").json()["items"][0]["unverified"] == told


def test_a_flight_that_was_processed_here_has_no_mark(world, make_seen):
    logged = world.log(make_seen())
    officer = world.logged_in("mali")
    page = officer.get(f"/flights/{logged.flight_id}?lang=en").text
    assert "in the field" not in page
    assert officer.get(f"/api/v1/flights/{logged.flight_id}").json()["unverified"] is None
