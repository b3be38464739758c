"""Labels out of the store and back, as an officer does it at the command line."""

import json
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime

import pytest
import sqlalchemy
from PIL import Image
from typer.testing import CliRunner

from detection.labels.folder import LabelFormat, picture_path, read_labels
from detection.labels.label import Origin
from detection.labels.label import Verdict as Said
from detection.types import Detection, ObjectClass, Sighting
from ingest.flight import read_flight, read_frame
from ingest.photo import with_pose
from ingest.projection import SeaView
from libong.cli.main import app
from libong.composition import open_media, open_store
from libong.label_exchange import export_labels
from libong.settings import HOUSE, read_settings
from patrol.flight_log import FlightLog
from patrol.incident import open_incidents
from patrol.incident_state import State
from patrol.labels import FrameReview
from patrol.site import shipped_site
from patrol.verdict import Certainty, Priority, Verdict
from patrol.zones import RuleName

PHOTOS = sorted((HOUSE / "sample_flights" / "seagrass_survey").glob("*.[jJ][pP][gG]"))[:3]
DUGONG, BOAT, GEAR = ObjectClass
SEEN = ((DUGONG, "dismiss"), (DUGONG, "confirm"), (DUGONG, "confirm"), (BOAT, None))


def log_of_three_photos():
    """Four made-up sightings, each seen in the three photos; one stray box of gear in the first."""
    flight = read_flight(PHOTOS, shipped_site().reference)
    sightings = tuple(
        _sighting(flight, f"s{number}", c, 100.0 * number) for number, (c, _) in enumerate(SEEN)
    )
    stray = replace(sightings[0].detections[0], object_class=GEAR, xyxy_px=(900, 900, 950, 910))
    verdicts = [
        Verdict(
            RuleName.DUGONG_SIGHTING, "chu_hoi_seagrass", s.sighting_id, s.object_class,
            Certainty.INSIDE, Priority.NORMAL, "x", "x", "x",
        )
        for s in sightings
        if s.object_class is DUGONG
    ]  # fmt: skip
    return FlightLog(
        flight, sightings, (*(d for s in sightings for d in s.detections), stray),
        open_incidents(verdicts, sightings, {}), (), "e" * 64, "koh_libong",
        datetime(2026, 3, 2, tzinfo=UTC),
    )  # fmt: skip


def _sighting(flight, sighting_id, object_class, left_px):
    detections = tuple(
        Detection(
            object_class, 0.8, (left_px, 50.25, left_px + 40.5, 90.0), frame.sha256,
            frame.taken_at_utc, frame.pose.position, 4.0, "e" * 64,
        )
        for frame in flight.frames
    )  # fmt: skip
    return Sighting(
        sighting_id, flight.flight_id, object_class, 0.8, detections[0].position, 4.0,
        detections[0].taken_at_utc, detections[-1].taken_at_utc, detections, detections[0],
    )  # fmt: skip


@pytest.fixture
def libong(tmp_path, monkeypatch):
    """The command on a database with one flight, its dugongs decided; two originals are kept."""
    monkeypatch.setenv("LIBONG_DATA_DIR", str(tmp_path / "data"))

    def command(*arguments, fails=False):
        done = CliRunner().invoke(app, [str(a) for a in arguments])
        if fails:
            assert done.exit_code != 0
            return done.exception
        assert done.exit_code == 0, (done.output, done.exception)
        return done.stdout

    log = log_of_three_photos()
    with closing(open_store(read_settings())) as store:
        store.log_flight(log)
    media = open_media(read_settings())
    for photo in PHOTOS[:2]:
        media.put(photo.read_bytes())
    command("user", "add", "somchai", "--role", "officer")
    command("user", "add", "malee", "--role", "ranger")
    steps = {s.sighting_id: step for s, (_, step) in zip(log.sightings, SEEN, strict=True)}
    for incident in log.incidents:
        step = steps[incident.sighting_id]
        by = ("--actor", "somchai", "--reason", "x")
        command("incidents", "move", incident.incident_id, step, *by)
    return command


@pytest.fixture
def exported(libong, tmp_path):
    summary = json.loads(
        libong("labels", "export", "--to", tmp_path / "out", "--format", "yolo", "--json")
    )
    return tmp_path / "out", summary


def labels_of(folder):
    return [x for flight in read_labels(folder) for f in flight.frames for x in f.labels]


def test_what_was_decided_is_exported_without_names(exported):
    folder, summary = exported
    assert summary == {
        "flights": 1, "complete": 0, "partial": 2, "objects": {"dugong": 4}, "false_alarms": 2,
        "without_original": 1,
    }  # fmt: skip
    (flight,) = read_labels(folder)
    assert [f.file_name for f in flight.frames] == [p.name for p in PHOTOS[:2]]
    for frame, photo in zip(flight.frames, PHOTOS, strict=False):
        assert picture_path(folder / flight.flight_id, frame).read_bytes() == photo.read_bytes()
        assert {x.xyxy_px[0]: x.verdict for x in frame.labels} == {
            0.0: Said.FALSE_ALARM, 100.0: Said.OBJECT, 200.0: Said.OBJECT,
        }  # fmt: skip
        assert BOAT in {x.object_class for x in frame.undecided}
        assert frame.gsd_cm == pytest.approx(
            read_frame(photo, shipped_site().reference).gsd_cm, rel=1e-6
        )
    assert {x.role for x in labels_of(folder)} == {"officer"}
    assert {x.model_sha256 for x in labels_of(folder)} == {"e" * 64}
    for file in folder.rglob("*"):
        if file.is_file():
            assert b"somchai" not in file.read_bytes()


@pytest.fixture
def mended():
    """The flight of the photos, the first with another pose, as the check of poses mends one."""
    flight = read_flight(PHOTOS, shipped_site().reference)
    first, *others = flight.frames
    pose = replace(first.pose, height_above_sea_m=40.0, yaw_deg=77.0)
    return replace(flight, frames=(with_pose(first, pose), *others))


def exported_frames(flight, folder, *, views_kept=True):
    """What an export tells of a flight whose frames were looked through as a whole."""
    settings = read_settings(data_dir=folder / "data")
    media, reference, now = open_media(settings), shipped_site().reference, datetime.now(UTC)
    with closing(open_store(settings)) as store:
        store.log_flight(FlightLog(flight, (), (), (), (), "e" * 64, "koh_libong", now))
        if not views_kept:
            with store._database.writer.begin() as connection:
                connection.execute(sqlalchemy.text("DELETE FROM frame_views"))
        for frame in flight.frames:
            media.put(frame.path.read_bytes())
        reviews = [FrameReview(f.sha256, True, "somchai", "officer", now) for f in flight.frames]
        store.add_labels(flight.flight_id, (), reviews)
        export_labels(store, media, reference, folder / "out", LabelFormat.COCO, at_utc=now)
    (exported,) = read_labels(folder / "out")
    return exported.frames


def test_a_pose_that_was_put_right_goes_with_its_frame_and_not_to_a_labelling_tool(
    mended, tmp_path
):
    exported = exported_frames(mended, tmp_path)
    assert [(f.view, f.gsd_cm) for f in exported] == [
        (SeaView(f.camera, f.pose), f.gsd_cm) for f in mended.frames
    ]
    (coco,) = (tmp_path / "out").glob("*/annotations.json")
    for image in json.loads(coco.read_text())["images"]:
        assert image.keys() == {"id", "file_name", "width", "height"}


def test_a_frame_logged_before_poses_were_kept_goes_as_its_picture_tells(mended, tmp_path):
    frame, *_ = exported_frames(mended, tmp_path, views_kept=False)
    told = read_frame(PHOTOS[0], shipped_site().reference)
    assert frame.view == SeaView(told.camera, replace(told.pose, height_above_sea_m=40.0))
    assert frame.gsd_cm == pytest.approx(mended.frames[0].gsd_cm, rel=1e-6)


def test_an_untouched_export_changes_nothing(libong, exported):
    folder, summary = exported
    done = json.loads(
        libong("labels", "import", folder, "--actor", "somchai", "--dry-run", "--json")
    )
    assert done["frames"] == summary["complete"] + summary["partial"]
    assert done["unchanged"] == sum(summary["objects"].values()) + summary["false_alarms"]
    assert {done[k] for k in ("confirmed", "drawn", "corrected", "removed")} == {0}


def test_a_corrected_class_comes_back_as_a_further_version(libong, exported, tmp_path):
    folder, _ = exported
    file = next(f for f in sorted(folder.glob("*/labels/*.txt")) if f.read_text())
    first, *others = file.read_text().splitlines()
    file.write_text("\n".join(["1" + first[1:], "2 0.5 0.5 0.01 0.01", *others]))
    before = labels_of(folder)
    rehearsed = libong("labels", "import", folder, "--actor", "somchai", "--dry-run")
    assert "1 drawn, 1 corrected, 0 removed" in rehearsed
    done = libong("labels", "import", folder, "--actor", "somchai", "--complete")
    assert "1 drawn, 1 corrected" in done
    libong("labels", "export", "--to", tmp_path / "again", "--format", "coco")
    after = labels_of(tmp_path / "again")
    by_key = {x.key: x for x in after}
    changed = [x for x in before if by_key[x.key] != x]
    (one,) = [x for x in changed if x.verdict is Said.OBJECT]
    assert by_key[one.key].object_class.value == "boat"
    assert by_key[one.key].origin is Origin.CORRECTED
    assert [x.origin for x in after if x.key.startswith("b")] == [Origin.IMPORTED]
    assert all(f.complete for flight in read_labels(tmp_path / "again") for f in flight.frames)


def test_labels_of_a_picture_that_exif_turns_are_kept_as_it_is_stored(libong, tmp_path):
    path = tmp_path / "turned.jpg"
    with Image.open(PHOTOS[2]) as photo:
        exif, (width, height) = photo.getexif(), photo.size
        exif[0x0112] = 6  # a quarter to the right
        photo.save(path, exif=exif, xmp=photo.info["xmp"])
    flight = read_flight([path], shipped_site().reference)
    log = replace(log_of_three_photos(), flight=flight, sightings=(), detections=(), incidents=())
    with closing(open_store(read_settings())) as store:
        store.log_flight(log)
    sha256 = open_media(read_settings()).put(path.read_bytes())
    (tmp_path / "yolo").mkdir()
    (tmp_path / "yolo" / f"{sha256}.txt").write_text("1 0.9 0.2 0.1 0.1\n")
    told = libong("labels", "import", tmp_path / "yolo", "--actor", "somchai", "--dry-run")
    assert "Exif turns 1 labelled pictures" in told
    assert "--labels-as-shown" in told
    said = ("labels", "import", tmp_path / "yolo", "--actor", "somchai", "--labels-as-shown")
    assert "Exif turns" not in libong(*said)
    with closing(open_store(read_settings())) as store:
        (frame,) = store.labelled_flight(flight.flight_id).frames
    shares = (0.15 * width, 0.05 * height, 0.25 * width, 0.15 * height)
    assert [x.xyxy_px for x in frame.labels] == [pytest.approx(shares)]


def renamed(folder):
    """The label files as a tool that keeps nothing but the hash in names writes them."""
    for file in folder.glob("*/labels/*.txt"):
        file.rename(file.with_name(f"{file.stem[:64]}.txt"))


def stored_labels():
    with closing(open_store(read_settings())) as store:
        (summary,) = store.flights()
        frames = store.labelled_flight(summary.flight_id).frames
        return {(f.sha256, x.key): x for f in frames for x in f.labels}


def test_what_was_confirmed_after_an_export_is_no_false_alarm_for_its_age(libong, exported):
    folder, _ = exported
    (again,) = (i for i in dismissed_incidents())
    libong("incidents", "move", again, "reopen", "--actor", "somchai", "--reason", "x")
    libong("incidents", "move", again, "confirm", "--actor", "somchai", "--reason", "x")
    before = stored_labels()
    done = json.loads(libong("labels", "import", folder, "--actor", "somchai", "--json"))
    assert (done["removed"], done["left"], done["of_unknown_age"]) == (0, 2, 0)
    assert stored_labels() == before
    renamed(folder)
    told = libong("labels", "import", folder, "--actor", "somchai")
    assert "left 2 as they stand" in told
    assert "--as-of" in told
    assert stored_labels() == before
    said = libong("labels", "import", folder, "--actor", "somchai", "--as-of", "2099-01-01")
    assert "2 removed" in said


def dismissed_incidents():
    with closing(open_store(read_settings())) as store:
        return [i.incident_id for i in store.incidents() if i.state is State.DISMISSED]


@pytest.mark.parametrize(("actor", "fault"), [("malee", "is a ranger"), ("nobody", "no account")])
def test_only_officers_give_labels(libong, exported, actor, fault):
    failed = libong("labels", "import", exported[0], "--actor", actor, fails=True)
    assert fault in str(failed)


def test_nothing_to_export_says_what_to_do(libong, tmp_path):
    failed = libong("labels", "export", "--to", tmp_path / "x", "--since", "2099-01-01", fails=True)
    assert "no reviewed frames" in str(failed)
    failed = libong("labels", "export", "--to", tmp_path / "x", "--flight", "none", fails=True)
    assert "no flight 'none'" in str(failed)
