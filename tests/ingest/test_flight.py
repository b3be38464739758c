import pytest

from ingest.flight import read_flight
from ingest.refusal import REMEDIES


@pytest.fixture
def folder(make_photo, tmp_path):
    make_photo("card/b.jpg", taken="2026:02:03 10:00:10", grey=10)
    make_photo("card/a.JPG", taken="2026:02:03 10:00:20", grey=20)
    make_photo("card/deep/c.jpeg", taken="2026:02:03 10:00:00", grey=30)
    (tmp_path / "card/deep/copy_of_c.jpg").write_bytes((tmp_path / "card/deep/c.jpeg").read_bytes())
    (tmp_path / "card/notes.jpg").write_text("no photo")
    (tmp_path / "card/truth.json").write_text("{}")
    (tmp_path / "card/README").write_text("how it was made")
    (tmp_path / "card/.trash").mkdir()
    (tmp_path / "card/.trash/d.jpg").write_text("deleted")
    return tmp_path / "card"


def test_a_folder_becomes_a_flight(folder, site):
    flight = read_flight([folder], site)
    assert [frame.path.name for frame in flight.frames] == ["c.jpeg", "b.jpg", "a.JPG"]
    assert {refused.path.name: refused.reason.code for refused in flight.refused} == {
        "copy_of_c.jpg": "duplicate",
        "notes.jpg": "not_an_image",
    }
    for refused in flight.refused:
        assert refused.remedy == REMEDIES[refused.reason.code]
        assert refused.sha256 is not None


def test_a_duplicate_names_the_first(folder, site):
    duplicate = next(r for r in read_flight([folder], site).refused if r.reason.code == "duplicate")
    assert "c.jpeg" in duplicate.reason.text


def test_files_named_by_the_user_are_never_passed_over(folder, site):
    flight = read_flight([folder / "truth.json", folder / "b.jpg", folder / "gone.jpg"], site)
    assert [frame.path.name for frame in flight.frames] == ["b.jpg"]
    assert [(r.path.name, r.reason.code, r.sha256 is None) for r in flight.refused] == [
        ("truth.json", "not_an_image", False),
        ("gone.jpg", "unreadable", True),
    ]


def test_a_file_named_twice_is_read_once(folder, site):
    flight = read_flight([folder / "b.jpg", folder, folder / "b.jpg"], site)
    assert sum(frame.path.name == "b.jpg" for frame in flight.frames) == 1
    assert "b.jpg" not in {refused.path.name for refused in flight.refused}


def test_the_flight_id_is_of_the_content_alone(folder, site, tmp_path):
    whole = read_flight([folder], site).flight_id
    files = [*folder.rglob("*.jp*g"), folder / "a.JPG"]
    assert (
        read_flight([p for p in reversed(files) if ".trash" not in p.parts], site).flight_id
        == whole
    )
    renamed = folder.rename(tmp_path / "elsewhere")
    assert read_flight([renamed], site).flight_id == whole
    (renamed / "a.JPG").unlink()
    assert read_flight([renamed], site).flight_id != whole


def test_progress_is_told_for_every_file(folder, site):
    told: list[tuple[int, int]] = []
    read_flight([folder], site, on_progress=lambda done, total: told.append((done, total)))
    assert told == [(n, 5) for n in range(1, 6)]


def test_nothing_is_a_flight_without_frames(site):
    flight = read_flight([], site)
    assert (flight.frames, flight.refused) == ((), ())
