"""The command as a user meets it: a process of its own, its output, its exit code."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

HOUSE = Path(__file__).resolve().parents[2]
SURVEY = HOUSE / "sample_flights" / "seagrass_survey"
FAULTS = HOUSE / "sample_flights" / "with_faults"


def run(data_dir, *arguments, stdin=""):
    environment = {k: v for k, v in os.environ.items() if not k.startswith("LIBONG_")}
    return subprocess.run(
        [sys.executable, "-c", "from libong.cli.main import main; main()", *map(str, arguments)],
        env=environment | {"LIBONG_DATA_DIR": str(data_dir), "PYTHONWARNINGS": "error"},
        input=stdin,
        capture_output=True,
        text=True,
        timeout=120,
        cwd=HOUSE,
        check=False,
    )


def first_photo():
    return sorted(SURVEY.glob("*.[jJ][pP][gG]"))[0]


def test_frames_prints_every_promised_key(tmp_path):
    done = run(tmp_path, "frames", SURVEY, "--json")
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
    assert "nowhere" in done.stderr


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


def test_detect_takes_a_picture_without_place(tmp_path):
    from PIL import Image

    path = tmp_path / "plain.png"
    Image.new("RGB", (700, 500), (40, 110, 120)).save(path)
    done = run(tmp_path, "detect", path, "--json")
    assert done.returncode == 0, done.stderr
    (document,) = json.loads(done.stdout)
    assert document["error"] is None
    assert document["warnings"]
    assert all(d["lon"] is None for d in document["detections"])


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
    environment_model = tmp_path / "none.json"
    done = subprocess.run(
        [sys.executable, "-c", "from libong.cli.main import main; main()", "doctor", "--json"],
        env=os.environ | {"LIBONG_DATA_DIR": str(tmp_path), "LIBONG_MODEL": str(environment_model)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    findings = {f["what"]: f for f in json.loads(done.stdout)}
    assert not findings["model"]["well"]
    assert "LIBONG_MODEL" in findings["model"]["detail"]
    assert findings["site"]["well"]


def test_verify_of_an_empty_store_finds_no_fault(tmp_path):
    done = run(tmp_path, "verify", "--json")
    assert done.returncode == 0
    assert json.loads(done.stdout)["faults"] == []
