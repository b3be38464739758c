"""The command as a user meets it: its output, its exit code."""

import io
import json
import os
import re
import socket
import stat
import subprocess
import sys
import zipfile
from contextlib import chdir, redirect_stderr, redirect_stdout
from pathlib import Path
from unittest.mock import patch

import pytest
from PIL import Image, ImageFilter
from pillow_heif import register_heif_opener

from libong.cli.main import main
from libong.settings import SHIPPED_MODEL

HOUSE = Path(__file__).resolve().parents[2]
SURVEY = HOUSE / "sample_flights" / "seagrass_survey"
FAULTS = HOUSE / "sample_flights" / "with_faults"


def environment(data_dir, variables):
    without_ours = {k: v for k, v in os.environ.items() if not k.startswith("LIBONG_")}
    return without_ours | {"LIBONG_DATA_DIR": str(data_dir)} | variables


def run_process(data_dir, *arguments, **variables):
    return subprocess.run(
        [sys.executable, "-c", "from libong.cli.main import main; main()", *map(str, arguments)],
        env=environment(data_dir, variables) | {"PYTHONWARNINGS": "error"},
        capture_output=True,
        text=True,
        timeout=300,
        cwd=HOUSE,
        check=False,
    )


def run(data_dir, *arguments, stdin="", **variables):
    """Run the command in this process, where what it imports is there: seconds a command."""
    out, err = io.StringIO(), io.StringIO()
    with (
        patch.dict(os.environ, environment(data_dir, variables), clear=True),
        patch.object(sys, "argv", ["libong", *map(str, arguments)]),
        patch.object(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin.encode()))),
        chdir(HOUSE),
        redirect_stdout(out),
        redirect_stderr(err),
        pytest.raises(SystemExit) as ended,
    ):
        main()
    code = ended.value.code or 0
    return subprocess.CompletedProcess(sys.argv, code, out.getvalue(), err.getvalue())


def first_photo():
    return sorted(SURVEY.glob("*.[jJ][pP][gG]"))[0]


def test_frames_prints_every_promised_key(tmp_path):
    done = run_process(tmp_path, "frames", SURVEY, "--json")
    assert done.returncode == 0, done.stderr
    documents = json.loads(done.stdout)
    assert len(documents) >= 10
    keys = {"path", "sha256", "width", "height", "taken_at_utc", "lon", "lat", "footprint"}
    keys |= {"height_above_sea_m", "height_source", "yaw_deg", "pitch_deg", "roll_deg"}
    keys |= {"gsd_cm", "error_m", "warnings", "error"}
    for document in documents:
        assert keys <= set(document)
        assert document["error"] is None
        assert document["footprint"]["type"] == "Polygon"


def test_frames_of_a_faulty_flight_exits_with_1_and_names_each(tmp_path):
    done = run(tmp_path, "frames", FAULTS, "--json")
    assert done.returncode == 1
    refused = [d for d in json.loads(done.stdout) if d["error"]]
    assert len(refused) == 4
    assert all(d["remedy"] for d in refused)


def test_only_bad_files_exit_with_2(tmp_path):
    bad = tmp_path / "bad.jpg"
    bad.write_text("no picture")
    assert run(tmp_path, "frames", bad).returncode == 2
    assert run(tmp_path, "process", bad).returncode == 2


def test_a_path_that_is_not_there_is_wrong_usage(tmp_path):
    done = run(tmp_path, "process", tmp_path / "nowhere")
    assert done.returncode == 2
    # the message stands in a frame, which may break a long path anywhere
    assert "nowhere" in re.sub(r"[│\s]", "", done.stderr)


def test_an_unknown_site_is_told_in_one_line(tmp_path):
    done = run(tmp_path, "zones", "list", "--site", "atlantis")
    assert done.returncode == 2
    assert "atlantis" in done.stderr
    assert "Traceback" not in done.stderr


def test_locate_prints_a_place_inside_the_footprint(tmp_path):
    photo = first_photo()
    (document,) = json.loads(run(tmp_path, "frames", photo, "--json").stdout)
    done = run(tmp_path, "locate", photo, document["width"] / 2, document["height"] / 2, "--json")
    place = json.loads(done.stdout)
    ring = document["footprint"]["coordinates"][0]
    assert min(p[0] for p in ring) < place["lon"] < max(p[0] for p in ring)
    assert min(p[1] for p in ring) < place["lat"] < max(p[1] for p in ring)
    assert place["error_m"] > 0


@pytest.mark.parametrize(("x", "y"), [(-1, 5), (5, 100_000)])
def test_locate_refuses_a_pixel_outside(tmp_path, x, y):
    done = run(tmp_path, "locate", first_photo(), "--", x, y)
    assert done.returncode == 2
    assert "is outside it" in done.stderr


@pytest.mark.parametrize(
    "suffix", [*(pytest.param(each, marks=pytest.mark.deep) for each in ("jpg", "png")), "heic"]
)
def test_detect_takes_a_picture_without_place(tmp_path, suffix):
    register_heif_opener()
    path = tmp_path / f"plain.{suffix}"
    with Image.open(SURVEY / "LIBONG_0009.JPG") as photo:  # the boat's
        plain = photo.convert("RGB")
    plain.info.clear()  # a HEIC would take them along
    plain.save(path)
    done = run(tmp_path, "detect", path, "--json")
    assert done.returncode == 0, done.stderr
    (document,) = json.loads(done.stdout)
    assert document["error"] is None
    assert document["warnings"]
    assert document["model_sha256"] == json.loads(SHIPPED_MODEL.read_text())["sha256"]
    assert "boat" in [d["class"] for d in document["detections"]]
    assert all(d["lon"] is d["lat"] is d["error_m"] is None for d in document["detections"])


@pytest.mark.deep
def test_a_blurred_picture_without_place_is_told_and_counts_less(tmp_path):
    with Image.open(SURVEY / "LIBONG_0009.JPG") as photo:
        plain = photo.convert("RGB")
    plain.save(tmp_path / "sharp.png")
    plain.filter(ImageFilter.GaussianBlur(9)).save(tmp_path / "smeared.png")
    paths = tmp_path / "sharp.png", tmp_path / "smeared.png"
    done = run(tmp_path, "detect", *paths, "--min-score", 0.02, "--json")
    assert done.returncode == 0, done.stderr
    sharp, smeared = json.loads(done.stdout)
    assert (sharp["limits"], sharp["weight"]) == ([], 1.0)
    assert [limit["code"] for limit in smeared["limits"]] == ["too_blurred"]
    assert smeared["weight"] < 1
    assert all(d["raw_score"] is None for d in sharp["detections"])
    assert smeared["detections"]
    for d in smeared["detections"]:
        assert d["score"] == pytest.approx(d["raw_score"] * smeared["weight"], abs=2e-3)


def zipped(tmp_path, *names):
    path = tmp_path / "flight.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            archive.write(SURVEY / name, name)
        archive.writestr("broken.jpg", "no picture")
    return path


def test_a_zip_is_taken_by_frames_and_detect(tmp_path):
    path = zipped(tmp_path, "LIBONG_0009.JPG")
    found = run(tmp_path, "detect", path, "--json")
    assert found.returncode == 1
    documents = {Path(d["path"]).name: d for d in json.loads(found.stdout)}
    assert documents["LIBONG_0009.JPG"]["path"] == f"{path}/LIBONG_0009.JPG"
    assert documents["LIBONG_0009.JPG"]["detections"]
    assert documents["broken.jpg"]["error"]
    frames = run(tmp_path, "frames", path, "--json")
    assert frames.returncode == 1
    assert sum(d["error"] is None for d in json.loads(frames.stdout)) == 1


@pytest.mark.parametrize("command", ["frames", "detect", "process", "bench"])
def test_a_folder_without_photos_is_told_and_logged_nowhere(tmp_path, command):
    empty = tmp_path / "empty"
    empty.mkdir()
    words = ["bench", "detect"] if command == "bench" else [command]
    done = run(tmp_path, *words, empty)
    assert done.returncode == 2
    assert "no " in done.stderr
    assert "photo" in done.stderr
    assert json.loads(run(tmp_path, "flights", "list", "--json").stdout) == []


@pytest.mark.deep
def test_a_benchmark_prints_rows_as_they_come_and_ends_when_its_time_is_up(tmp_path):
    whole = run(tmp_path, "bench", "store", "--detections", "1000", "--rounds", "1", "--json")
    assert whole.returncode == 0, whole.stderr
    assert "the whole store: about " in whole.stderr
    assert len(json.loads(whole.stdout)) > 15
    # a run that is killed leaves whole rows behind
    lines = whole.stdout.splitlines()
    assert all(json.loads(line.removesuffix(",")) for line in lines[1:-1])
    ended = run(tmp_path, "bench", "store", "--minutes", "0.01", "--json")
    assert ended.returncode == 1
    assert json.loads(ended.stdout) == []
    assert "the 0.01 minutes are over" in ended.stderr


@pytest.mark.parametrize("name", ["[/x]", "[bold]", "a[red]b"])
def test_brackets_in_names_are_shown_as_they_are(tmp_path, name):
    added = run(tmp_path, "user", "add", name)
    assert added.returncode == 0, added.stderr
    assert f"added officer {name}" in added.stdout
    assert name in run(tmp_path, "user", "list").stdout
    unknown = run(tmp_path, "zones", "list", "--site", name)
    assert unknown.returncode == 2
    assert name in unknown.stderr


@pytest.mark.parametrize(
    ("variable", "value"),
    [("LIBONG_DATA_DIR", "/proc/nowhere"), ("LIBONG_MEDIA_URL", "foo://x")],
)
def test_a_place_that_cannot_be_written_is_named_by_its_variable(tmp_path, variable, value):
    done = run(tmp_path, "process", SURVEY, **{variable: value})
    assert done.returncode == 2
    assert variable in done.stderr
    assert "Traceback" not in done.stderr


def test_a_port_in_use_is_told_before_anything_else(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        for command in ("serve", "demo"):
            done = run(tmp_path, command, "--port", port)
            assert done.returncode == 2
            assert "--port" in done.stderr
            assert "Sightings" not in done.stdout


def test_the_data_folder_is_private(tmp_path):
    folder = tmp_path / "data"
    run_process(folder, "flights", "list")
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_detect_of_no_picture_says_so(tmp_path):
    path = tmp_path / "text.jpg"
    path.write_text("no picture")
    done = run(tmp_path, "detect", path, "--json")
    assert done.returncode == 2
    (document,) = json.loads(done.stdout)
    assert document["error"]


def test_an_account_is_made_once_and_its_password_shown_once(tmp_path):
    added = run(tmp_path, "user", "add", "desk-1", "--role", "officer")
    assert added.returncode == 0, added.stderr
    password = added.stdout.split("shown only now: ")[1].strip()
    assert len(password) >= 16
    listed = run(tmp_path, "user", "list", "--json")
    assert [u["name"] for u in json.loads(listed.stdout)] == ["desk-1"]
    assert password not in listed.stdout
    again = run(tmp_path, "user", "add", "desk-1")
    assert again.returncode == 2
    assert "desk-1" in again.stderr


def test_a_weak_password_is_refused(tmp_path):
    done = run(tmp_path, "user", "add", "desk-1", "--password-stdin", stdin="short\n")
    assert done.returncode == 2
    assert "must have 10 to 1024 characters; got 5" in done.stderr
    assert json.loads(run(tmp_path, "user", "list", "--json").stdout) == []


def test_doctor_finds_all_well_and_a_missing_model_wrong(tmp_path):
    assert run(tmp_path, "doctor").returncode == 0
    done = run(tmp_path, "doctor", "--json", LIBONG_MODEL=str(tmp_path / "none.json"))
    assert done.returncode == 1
    findings = {f["what"]: f for f in json.loads(done.stdout)}
    assert not findings["model"]["well"]
    assert "LIBONG_MODEL" in findings["model"]["detail"]
    assert findings["site"]["well"]


def test_verify_of_an_empty_store_finds_no_fault(tmp_path):
    done = run(tmp_path, "verify", "--json")
    assert done.returncode == 0
    assert json.loads(done.stdout)["faults"] == []
