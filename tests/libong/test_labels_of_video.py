"""What is labelled on stills of a video teaches and is measured, as a photo is."""

import json
import shutil
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from detection.evaluation.dataset import read_labelled
from detection.evaluation.search import Searchers, search_flights
from detection.labels.by_hand import drawn
from detection.labels.changes import Annotator
from detection.labels.errors import LabelError
from detection.labels.folder import FRAMES_FILE, LabelFormat, picture_path, read_labels
from detection.manifest import read_manifest
from detection.types import ObjectClass
from ingest.flight import read_flight
from ingest.photo import with_pose
from libong.composition import open_media, open_store
from libong.label_exchange import export_labels
from libong.open_models import open_detector
from libong.settings import HOUSE, SHIPPED_MODEL, read_settings
from patrol.flight_log import FlightLog
from patrol.labels import FrameReview, StoredLabel
from patrol.site import shipped_site

pytest.importorskip("torch", reason="needs the extra `train`")

from detection.training.site_scores import score_labelled
from detection.training.site_tiles import tiles_of_frame

SITE = shipped_site().reference
SHIPPED = read_manifest(SHIPPED_MODEL)
VIDEO = HOUSE / "sample_flights" / "boats_on_video"
AT = datetime(2026, 3, 2, tzinfo=UTC)
OFFICER = Annotator("officer", AT)


@pytest.fixture(scope="module")
def flight(tmp_path_factory):
    """The sample video, of which a pose was put right as the check of poses does."""
    read = read_flight([VIDEO], SITE, work_folder=tmp_path_factory.mktemp("stills"))
    assert read.refused == ()
    first, *others = read.frames
    mended = with_pose(first, replace(first.pose, height_above_sea_m=60.0))
    return replace(read, frames=(mended, *others))


def boats(frame):
    """What the renderer says of the boats in a still."""
    tracks = json.loads((VIDEO / "truth.json").read_text(encoding="utf-8"))["tracks"]
    return [
        tuple(seen["xyxy_px"])
        for track in tracks
        for seen in track["seen"]
        if abs(seen["time_s"] - frame.video.offset_s) < 0.01
    ]


@pytest.fixture(scope="module")
def exported(flight, tmp_path_factory):
    """Labels of the video as an officer drew them at the desk: each boat, in all its frames."""
    folder = tmp_path_factory.mktemp("labels")
    settings = read_settings(data_dir=folder / "data")
    media = open_media(settings)
    with closing(open_store(settings)) as store:
        store.log_flight(FlightLog(flight, (), (), (), (), "e" * 64, "koh_libong", AT))
        labelled = store.labelled_flight(flight.flight_id)
        for frame, of_frame in zip(flight.frames, labelled.frames, strict=True):
            media.put(frame.path.read_bytes())
            store.add_labels(
                flight.flight_id,
                [
                    StoredLabel(
                        frame.sha256, "mali", drawn(of_frame, ObjectClass.BOAT, box, OFFICER)
                    )
                    for box in boats(frame)
                ],
                [FrameReview(frame.sha256, True, "mali", "officer", AT)],
            )
        export_labels(store, media, SITE, folder / "out", LabelFormat.COCO, at_utc=AT)
    return folder / "out"


def test_stills_of_a_video_give_tiles_at_the_scale_of_their_telemetry(flight, exported):
    (labelled,) = read_labels(exported)
    assert [f.gsd_cm for f in labelled.frames] == [
        pytest.approx(f.gsd_cm, rel=1e-9) for f in flight.frames
    ]
    for frame in labelled.frames:
        path = picture_path(exported / labelled.flight_id, frame)
        tiles = tiles_of_frame(path, frame, SITE, 256, np.random.default_rng(0))
        assert sum(len(tile.classes) for tile in tiles) >= len(frame.objects)


class Asked:
    """Stands in for a detector: finds nothing, and keeps the frames that it was asked about."""

    manifest = SHIPPED

    def __init__(self):
        self.frames = []

    def detect(self, frame):
        self.frames.append(frame)
        return ()

    def detect_unlocated(self, picture):
        raise AssertionError("searched as if it had no place")


def test_exported_stills_are_evaluated_at_the_place_they_were_logged_with(flight, exported):
    asked = Asked()
    labelled = read_labelled(exported)
    search_flights(labelled.flights, Searchers(asked), lambda _: SITE)
    by_sha256 = {frame.sha256: frame for frame in asked.frames}
    assert by_sha256.keys() == {frame.sha256 for frame in flight.frames}
    for frame in flight.frames:
        assert by_sha256[frame.sha256].pose == frame.pose
    assert sum(len(p.truths) for f in labelled.flights for p in f.pictures) > 6


def test_what_nobody_looked_through_as_a_whole_is_not_evaluated(exported, tmp_path):
    """More may be there than was labelled: a find beside the labels is no false alarm."""
    folder = tmp_path / "out"
    shutil.copytree(exported, folder)
    (file,) = folder.rglob(FRAMES_FILE)
    document = json.loads(file.read_text(encoding="utf-8"))
    first, *others = document["frames"]
    first["complete"] = False
    file.write_text(json.dumps(document), encoding="utf-8")
    labelled = read_labelled(folder)
    pictures = [p for f in labelled.flights for p in f.pictures]
    assert len(pictures) == len(others)
    assert all(p.logged is not None and p.logged.sha256 != first["sha256"] for p in pictures)
    assert any(note.startswith("1 pictures are left out that nobody") for note in labelled.notes)

    for frame in others:
        frame["complete"] = False
    file.write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(LabelError, match="nobody looked through one of the"):
        read_labelled(folder)


def test_stills_of_a_video_are_measured(flight, exported, tmp_path):
    detector = open_detector(read_settings(data_dir=tmp_path))
    scored = score_labelled(detector, exported, read_labels(exported), SITE)
    assert [s.frame for s in scored] == [f.sha256 for f in flight.frames]
    assert sum(len(s.truths) for s in scored) == sum(len(boats(f)) for f in flight.frames) > 6
    assert sum(len(s.finds) for s in scored) > 6
