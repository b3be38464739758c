"""Sea and weather as officers record them on the page of a flight."""

import pytest

from patrol.exports.labels import CONDITION_WORDS


@pytest.fixture
def flight(world, make_seen):
    return f"/desk/flights/{world.log(make_seen()).flight_id}"


@pytest.fixture
def tell(flight):
    """A function that sends the form of the flight's page."""

    def send(client, **fields):
        token = client.get("/api/v1/session").json()["csrf_token"]
        blank = dict.fromkeys(CONDITION_WORDS, "")  # as a browser sends what was left empty
        return client.post(f"{flight}/conditions", data={"csrf_token": token} | blank | fields)

    return send


def test_what_an_officer_records_is_shown_in_the_ledger_and_in_the_trail(world, flight, tell):
    officer = world.logged_in("mali")
    assert "so they are not known" in officer.get(f"{flight}?lang=en").text
    answer = tell(officer, sea_state="2", wind_m_s="4.5", weather="<b>haze", source="by eye")
    assert answer.status_code == 303
    assert answer.headers["location"] == f"{flight}#conditions"
    (told,) = world.store.conditions.of_flight(flight.rsplit("/", 1)[1])
    assert told.actor == "mali"
    assert told.conditions.told == {"wind_m_s": 4.5, "sea_state": 2, "weather": "<b>haze"}
    page = officer.get(f"{flight}?lang=en").text
    assert "Sea state, Douglas scale 0 to 9: <strong>2</strong>" in page
    assert "&lt;b&gt;haze" in page
    assert "by eye · mali" in page
    assert "สภาพคลื่น" in officer.get(f"{flight}?lang=th").text
    trail = officer.get("/desk/trail?lang=en&actor=mali").text
    assert "Sea and weather" in trail
    assert f'href="{flight}#conditions"' in trail
    assert world.store.verify().faults == ()


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"source": "by eye"}, ("Nothing is written of the sea", "ยังไม่ได้เขียน")),
        ({"sea_state": "2"}, ("Write where this is from", "เขียนว่าข้อมูลมาจากที่ใด")),
        (
            {"sea_state": "12", "source": "by eye"},
            ("Sea state, Douglas scale 0 to 9: 0 – 9", "สภาพคลื่น (มาตราดักลาส 0–9): 0 – 9"),
        ),
        ({"weather": "a\tb", "source": "by eye"}, ("Weather: one line", "ลักษณะอากาศ: บรรทัดเดียว")),
    ],
)
def test_what_cannot_be_is_refused_and_what_was_typed_kept(world, flight, tell, fields, said):
    officer = world.logged_in("mali")
    for language, words in zip(("en", "th"), said, strict=True):
        officer.cookies.set("libong_lang", language)
        answer = tell(officer, **fields)
        assert answer.status_code == 409
        assert words in answer.text
        for typed in fields.values():
            assert f'value="{typed}"' in answer.text
    assert world.store.conditions.of_flight(flight.rsplit("/", 1)[1]) == ()


def test_only_officers_record_and_only_on_their_own_form(world, flight, tell):
    said = {"sea_state": "2", "source": "by eye"}
    assert tell(world.logged_in("don"), **said).status_code == 403
    officer = world.logged_in("mali")
    assert tell(officer, **said, csrf_token="x").status_code == 403
    assert tell(officer, **said).status_code == 303
    nowhere = officer.post(
        "/desk/flights/nothing/conditions",
        data={"csrf_token": officer.get("/api/v1/session").json()["csrf_token"]} | said,
    )
    assert nowhere.status_code == 404
