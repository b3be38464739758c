"""The pages of flights, and addresses that pages once had."""

import pytest


def test_a_ranger_sees_what_became_of_the_files_in_thai(world, make_seen, refused_file):
    flight = world.log(make_seen(), refused=[refused_file]).flight_id
    ranger = world.logged_in("don")
    assert flight in ranger.get("/flights").text
    page = ranger.get(f"/flights/{flight}").text
    for words in ("DJI_0042.JPG", "รูปไม่มีข้อมูลสถานที่ถ่าย", "รอให้โดรนจับสัญญาณ GPS"):
        assert words in page
    assert "/secret/folder" not in page
    assert "/desk?id=" not in page
    assert "/desk?id=" in world.logged_in("mali").get(f"/flights/{flight}").text


def test_long_lists_of_flights_have_pages(world, make_seen):
    for number in range(52):
        world.log(make_seen(salt=str(number)))
    officer = world.logged_in("mali")
    first, second = officer.get("/flights").text, officer.get("/flights?offset=50").text
    assert (first.count("<article"), second.count("<article")) == (50, 2)
    assert "offset=50" in first
    assert "offset=0" in second


@pytest.mark.parametrize(
    ("before", "now"),
    [
        ("/officer", "/desk"),
        ("/officer/incidents/0a1b", "/desk?id=0a1b"),
        ("/officer/incidents/a%26lang%3Den", "/desk?id=a%26lang%3Den"),
        ("/officer/flights", "/flights"),
        ("/officer/flights/0a1b", "/flights/0a1b"),
        ("/officer/flights/..%2Fdesk", "/officer/flights/..%2Fdesk"),
    ],
)
def test_addresses_that_were_written_down_lead_where_the_pages_are(world, before, now):
    answer = world.client().get(before)
    if before == now:
        assert answer.status_code == 404
    else:
        assert (answer.status_code, answer.headers["location"]) == (308, now)
