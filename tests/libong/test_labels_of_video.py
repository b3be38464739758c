"""What is labelled on stills of a video teaches and is measured, as a photo is."""

import json
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from detection.labels.by_hand import drawn
from detection.labels.changes import Annotator
from detection.labels.folder import LabelFormat, picture_path, read_labels
from detection.types import ObjectClass
from ingest.flight import read_flight
from ingest.photo import with_pose
from libong.composition import open_media, open_store
from libong.label_exchange import export_labels
from libong.open_models import open_detector
from libong.settings import HOUSE, read_settings
from patrol.flight_log import FlightLog
from patrol.labels import FrameReview, StoredLabel
from patrol.site import shipped_site

pytest.importorskip("torch", reason="needs the extra `train`")

from detection.training.site_scores import score_labelled
from detection.training.site_tiles import tiles_of_frame

SITE = shipped_site().reference
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


def test_stills_of_a_video_are_measured(flight, exported, tmp_path):
    detector = open_detector(read_settings(data_dir=tmp_path))
    scored = score_labelled(detector, exported, read_labels(exported), SITE)
    assert [s.frame for s in scored] == [f.sha256 for f in flight.frames]
    assert sum(len(s.truths) for s in scored) == sum(len(boats(f)) for f in flight.frames) > 6
    assert sum(len(s.finds) for s in scored) > 6
