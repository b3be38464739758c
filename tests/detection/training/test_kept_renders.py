"""What is rendered is kept between runs, until the renderer or the plan is another."""

import ast
import json
from dataclasses import replace

import pytest

from detection.training import render_mark
from detection.training.dataset import TilePlan
from detection.training.evaluate import render_flights
from detection.training.flight_plan import RenderCamera, lawnmower
from detection.training.kept_flights import RenderFolderError, keep_flights
from detection.training.random_flight import random_flight
from detection.training.render_mark import MARK_FILE, RenderMark, mark_in, meaning
from detection.training.tile_folder import TileFolderError, write_dataset


def small(number, shots=2):
    plan = random_flight("val", number)
    return replace(
        plan, shots=lawnmower(1, shots, 5.0, 0.0, 40.0, 5.0), camera=RenderCamera(80, 60)
    )


@pytest.fixture(scope="module")
def flown(tmp_path_factory):
    """Two small flights, as they are kept, and how far the rendering told it was."""
    folder = tmp_path_factory.mktemp("flights")
    steps = []
    plans = {folder / name: small(number) for number, name in enumerate(("one", "two"))}
    keep_flights(plans, processes=2, on_progress=lambda *step: steps.append(step))
    return plans, steps


@pytest.fixture
def flights(flown, tmp_path):
    """Copies of the two flights, to be spoilt."""
    copies = {}
    for folder, plan in flown[0].items():
        copy = tmp_path / "flights" / folder.name
        copy.mkdir(parents=True)
        for file in folder.iterdir():
            (copy / file.name).write_bytes(file.read_bytes())
        copies[copy] = plan
    return copies


def contents(folders):
    return {p: p.read_bytes() for f in folders for p in f.iterdir()}


def times(folders):
    return {p: p.stat().st_mtime_ns for f in folders for p in f.iterdir()}


def test_flights_tell_how_far_they_are_and_who_drew_them(flown):
    plans, steps = flown
    assert steps == [(1, 2), (2, 2)]
    for folder, plan in plans.items():
        assert sorted(p.name for p in folder.iterdir()) == [
            "LIBONG_0001.JPG", "LIBONG_0002.JPG", MARK_FILE, "truth.json",
        ]  # fmt: skip
        assert mark_in(folder) == RenderMark.of("detection.training.flight", plan)


def test_what_is_there_is_not_rendered_again(flights):
    before = times(flights)
    assert keep_flights(flights) == tuple(flights)
    assert times(flights) == before


def test_what_another_renderer_drew_is_drawn_anew_and_told(flights, flown, monkeypatch, caplog):
    one, two = flights
    before = contents(flights)
    kept = times([two])
    (one / MARK_FILE).write_text(json.dumps({"renderer": "0" * 64, "plan": "0" * 64}))
    (one / "LIBONG_0003.JPG").write_bytes((one / "LIBONG_0001.JPG").read_bytes())  # it had more
    (one / "LIBONG_0001.JPG").write_bytes((one / "LIBONG_0002.JPG").read_bytes())
    (one / "notes.txt").write_text("mine")
    keep_flights(flights)
    assert contents(flights) == before | {one / "notes.txt": b"mine"}
    assert times([two]) == kept
    (line,) = caplog.messages
    assert str(one.parent) in line
    assert "1 flight" in line


@pytest.mark.parametrize("lost", [MARK_FILE, "truth.json"])
def test_a_flight_without_mark_or_truth_is_drawn_anew(flights, lost):
    one, _ = flights
    before = contents(flights)
    (one / lost).unlink()
    keep_flights(flights)
    assert contents(flights) == before


def test_a_flight_of_another_plan_is_drawn_anew(flights):
    one, two = flights
    keep_flights({one: small(0, shots=1), two: small(1)})
    assert sorted(p.name for p in one.glob("*.JPG")) == ["LIBONG_0001.JPG"]


@pytest.mark.parametrize(
    ("name", "content"),
    [("truth.json", b'{"synthetic": false}'), ("truth.json", b"[]"), ("LIBONG_0001.JPG", b"mine")],
)
def test_what_no_renderer_of_ours_wrote_is_refused_and_left(flights, name, content):
    one, _ = flights
    (one / MARK_FILE).unlink()
    (one / name).write_bytes(content)
    before = contents(flights)
    with pytest.raises(RenderFolderError, match=rf"{name}.*another folder"):
        keep_flights(flights)
    assert contents(flights) == before


def test_flights_of_a_split_are_rendered_by_several_processes(tmp_path, monkeypatch):
    from detection import own_processes
    from detection.training import evaluate

    asked = []
    monkeypatch.setattr(evaluate, "random_flight", lambda split, number: small(number, shots=1))
    pool = own_processes.own_processes
    monkeypatch.setattr(
        own_processes, "own_processes", lambda count: asked.append(count) or pool(count)
    )
    folders = render_flights("val", 3, tmp_path, 2, first=7)
    assert [f.name for f in folders] == ["val_007", "val_008", "val_009"]
    assert all((f / "truth.json").is_file() for f in folders)
    assert asked == [2]


SOURCE = '''"""What it is."""

import b
from a import x, y

LIMIT = 3


def f(n: int) -> int:
    """Say so."""
    return n + LIMIT  # why
'''


@pytest.mark.parametrize(
    ("before", "after", "same"),
    [
        ("# why", "# because", True),
        ("Say so.", "Say it otherwise.", True),
        ("import b\nfrom a import x, y", "from a import (\n    y,\n    x,\n)\nimport b", True),
        ("n + LIMIT", "(\n        n\n        + LIMIT\n    )", True),
        ("LIMIT = 3", "LIMIT = 4", False),
        ("n + LIMIT", "n - LIMIT", False),
        ("import b", "import c", False),
    ],
)
def test_only_what_a_source_does_counts(before, after, same):
    changed = SOURCE.replace(before, after)
    assert changed != SOURCE
    assert (meaning(ast.parse(changed)) == meaning(ast.parse(SOURCE))) is same


def test_a_change_far_down_in_what_draws_is_another_renderer(monkeypatch):
    sources = dict.fromkeys(("detection.training.flight", "detection.training.waves"), "x = 1")
    sources["detection.training.flight"] = "from detection.training.waves import x"
    monkeypatch.setattr(render_mark, "_source", lambda name: sources.get(name))
    before = render_mark.renderer.__wrapped__("detection.training.flight")
    sources["detection.training.waves"] = "x = 2"
    assert render_mark.renderer.__wrapped__("detection.training.flight") != before


@pytest.mark.parametrize("module", ["detection.training.flight", "detection.training.dataset"])
def test_all_that_draws_is_looked_at_and_nothing_that_learns(module):
    names = render_mark.drawing_modules(module)
    assert {module, "detection.training.scene", "detection.training.sea", "ingest.rotation"} <= {
        *names
    }
    assert not {"detection.training.train", "detection.training.evaluate"} & {*names}


def test_marks_stand_for_the_plan_up_to_the_last_digits():
    mark = RenderMark.of("detection.training.flight", small(0))
    nearly = replace(small(0), launch_height_m=2.0 * (1 + 1e-15))
    assert nearly.launch_height_m != 2.0
    assert RenderMark.of("detection.training.flight", nearly) == mark
    other = replace(small(0), launch_height_m=2.001)
    assert RenderMark.of("detection.training.flight", other) != mark


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"renderer": 1}'])
def test_a_mark_that_cannot_be_read_is_none(tmp_path, content):
    (tmp_path / MARK_FILE).write_bytes(content)
    assert mark_in(tmp_path) is None


TILES = (TilePlan("val", 2, 64), TilePlan("train", 3, 64))


def test_tiles_that_are_there_are_not_rendered_again_and_still_counted(tmp_path):
    write_dataset(tmp_path, TILES)
    pictures = sorted((tmp_path / "images").rglob("*.jpg"))
    summary = (tmp_path / "summary.json").read_bytes()
    before = [p.stat().st_mtime_ns for p in pictures]
    with (tmp_path / "tiles.jsonl").open("a") as file:
        file.write('["train", "000')  # cut off by a power cut
    steps = []
    write_dataset(tmp_path, TILES, on_progress=lambda *step: steps.append(step))
    assert [p.stat().st_mtime_ns for p in pictures] == before
    assert (tmp_path / "summary.json").read_bytes() == summary
    assert steps == [(5, 5)]


def test_tiles_of_another_plan_are_not_mixed_with(tmp_path):
    write_dataset(tmp_path, TILES)
    with pytest.raises(TileFolderError, match="another folder"):
        write_dataset(tmp_path, (TilePlan("val", 2, 96), TILES[1]))


def test_pictures_that_no_mark_tells_of_are_left_alone(tmp_path):
    picture = tmp_path / "images" / "val" / "10000000.jpg"
    picture.parent.mkdir(parents=True)
    picture.write_bytes(b"mine")
    with pytest.raises(TileFolderError, match="another folder"):
        write_dataset(tmp_path, TILES)
    assert picture.read_bytes() == b"mine"
