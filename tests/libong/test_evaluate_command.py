"""`libong evaluate` as a user meets it, with the shipped model on two small frames."""

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from detection.evaluation.class_names import ClassNameError
from detection.evaluation.evaluation import RENDERED_CAVEAT
from detection.labels.errors import LabelError
from detection.training.random_flight import random_flight
from detection.training.render_mark import RenderMark
from libong.cli.evaluate import NothingScoredError
from libong.cli.main import app

HOUSE = Path(__file__).resolve().parents[2]
SURVEY = HOUSE / "sample_flights" / "seagrass_survey"
PHOTOS = ("LIBONG_0002.JPG", "LIBONG_0003.JPG")


@pytest.fixture(autouse=True)
def own_data(tmp_path, monkeypatch):
    monkeypatch.setenv("LIBONG_DATA_DIR", str(tmp_path / "libong"))


@pytest.fixture
def flight(tmp_path):
    """Two photos of the sample survey with a table of their labels, told to be rendered."""
    folder = tmp_path / "data" / "first"
    copy_photos(folder)
    rows = ["image,class,x_min,y_min,x_max,y_max"]
    truth = json.loads((SURVEY / "truth.json").read_text(encoding="utf-8"))
    for thing in truth["objects"]:
        rows += [
            ",".join(map(str, (seen["frame"], thing["class"], *seen["xyxy_px"])))
            for seen in thing["frames"]
            if seen["frame"] in PHOTOS and seen["fair"]
        ]
    assert len(rows) > len(PHOTOS)
    (folder / "labels.csv").write_text("\n".join(rows), encoding="utf-8")
    (folder / "flight.toml").write_text("rendered = true\nsea_state = 2\n")
    return folder


def copy_photos(folder):
    folder.mkdir(parents=True)
    for name in PHOTOS:
        shutil.copy(SURVEY / name, folder)


def run(*arguments):
    return CliRunner().invoke(app, ["evaluate", *map(str, arguments)])


def test_json_tells_scores_gates_and_that_scenes_were_rendered(flight):
    done = run("--data", flight.parent, "--draws", 100, "--json")
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert told["caveat"] == RENDERED_CAVEAT
    assert (told["frames"], told["flights"]) == (2, ["first"])
    dugong = told["classes"]["dugong"]
    labels = (flight / "labels.csv").read_text().splitlines()
    assert dugong["found"] + dugong["missed"] == sum(",dugong," in row for row in labels)
    assert dugong["objects"] is None  # the labels do not say which boxes show the same one
    (sightings,) = [c for c in told["counts"] if c["class"] == "dugong"]
    assert (sightings["unit"], sightings["there"]) == ("sightings", 2)  # mother and calf, once
    assert {"recall", "precision", "f1", "ap50", "ap50_95", "counts", "slices"} <= set(dugong)
    assert [s["bin"] for s in dugong["count_slices"] if s["by"] == "sea_state"] == ["2"]
    assert dugong["recall"]["low"] is None  # one flight has no interval
    assert {s["bin"] for s in dugong["slices"] if s["by"] == "sea_state"} == {"2"}
    assert len(told["gates"]) == 7
    assert told["refused"] == []
    assert any(note.startswith("The networks computed in ") for note in told["notes"])
    failed = run("--data", flight.parent, "--draws", 100, "--must-pass")
    assert failed.exit_code == (not all(gate["passed"] for gate in told["gates"]))


def test_pictures_are_searched_as_plain_ones_where_that_is_asked_for(flight):
    done = run("--data", flight.parent, "--draws", 100, "--as-plain", "--json")
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert "Pictures were searched as if they told neither place nor scale." in told["notes"]
    assert {c["unit"] for c in told["counts"]} == {"boxes"}


@pytest.mark.deep
def test_a_report_is_written_and_scoring_again_searches_nothing(flight, tmp_path):
    out = tmp_path / "report"
    first = run("--data", flight, "--draws", 100, "--report", out)
    assert first.exit_code == 0, first.output
    assert RENDERED_CAVEAT in first.stdout
    assert "Gates" in first.stdout
    assert {p.name for p in out.iterdir()} >= {"report.md", "report.html", "evaluation.json"}
    kept = {p: p.stat().st_mtime_ns for p in (out / "found").iterdir()}
    assert len(kept) == len(PHOTOS)
    again = run("--data", flight, "--draws", 100, "--report", out)
    assert again.stdout == first.stdout
    assert {p: p.stat().st_mtime_ns for p in (out / "found").iterdir()} == kept


@pytest.mark.deep
def test_one_class_alone_is_scored_where_no_other_was_labelled(flight):
    (flight / "flight.toml").unlink()  # photographs, for all the command knows
    both = run("--data", flight, "--draws", 100)
    assert "no label of boat anywhere" in both.stdout
    assert "overlaps its label by 0.3" in both.stdout
    done = run("--data", flight, "--draws", 100, "--only", "dugong", "--json")
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert list(told["classes"]) == ["dugong"]
    assert told["classes"]["dugong"]["network_threshold"] > told["classes"]["dugong"]["threshold"]


def test_a_picture_that_cannot_be_searched_is_told_and_the_rest_goes_on(flight):
    cut = flight / "LIBONG_0004.JPG"
    cut.write_bytes((SURVEY / cut.name).read_bytes()[:50_000])
    done = run("--data", flight, "--draws", 100, "--unlabelled-are-empty", "--json")
    assert done.exit_code == 1
    told = json.loads(done.stdout)
    assert told["frames"] == 2
    assert [Path(r["path"]).name for r in told["refused"]] == [cut.name]
    assert "before its last pixel row" in told["refused"][0]["why"]


@pytest.mark.deep
def test_an_odd_label_is_told_and_the_rest_goes_on(flight):
    with (flight / "labels.csv").open("a") as table:
        table.write(f"\n{PHOTOS[0]},boat,30,30,30,60\n")
    done = run("--data", flight, "--draws", 100, "--json")
    assert done.exit_code == 1
    told = json.loads(done.stdout)
    assert told["frames"] == 2
    (why,) = told["labels_left_out"]
    assert "a box needs left < right" in why


def test_nothing_that_can_be_searched_is_an_error(tmp_path):
    (tmp_path / "bad.jpg").write_text("no picture")
    done = run("--data", tmp_path, "--unlabelled-are-empty")
    assert isinstance(done.exception, NothingScoredError)
    assert "none of 1 pictures could be searched" in str(done.exception)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ((), ClassNameError, "--map 'whale=boat'.*--ignore 'whale'"),
        (("--map", "whale=fish"), ClassNameError, "NAME=CLASS"),
        (("--labels", "coco"), LabelError, "labels of none"),
    ],
)
def test_labels_that_cannot_be_used_are_refused(flight, arguments, error, message):
    row = f"{PHOTOS[0]},whale,1,2,30,40\n"
    (flight / "labels.csv").write_text(f"image,class,x_min,y_min,x_max,y_max\n{row}")
    done = run("--data", flight, *arguments)
    assert isinstance(done.exception, error)
    with pytest.raises(error, match=message):
        raise done.exception


@pytest.mark.deep
def test_rendered_flights_of_a_split_are_measured_and_empty_photos_beside_them(tmp_path):
    folder = tmp_path / "flights" / "val_000"  # there already, so that nothing is rendered
    copy_photos(folder)
    shutil.copy(SURVEY / "truth.json", folder)
    RenderMark.of("detection.training.flight", random_flight("val", 0)).write(folder)
    done = run(
        "--split-rendered", "val", "--flights", 1, "--flights-folder", folder.parent,
        "--draws", 100, "--empty", SURVEY / "LIBONG_0001.JPG", "--json",
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert (told["flights"], told["rendered_flights"]) == (["val_000"], 1)
    assert told["caveat"] == RENDERED_CAVEAT
    assert told["false_alarms_where_nothing_is"]["frames"] == 1
    photos = told["gates"][-1]
    assert photos["name"] == "false dugongs on photographs of nothing"
    assert photos["reached"] == told["false_alarms_where_nothing_is"]["dugong"]
