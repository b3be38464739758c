"""Searching labelled pictures, remembering what was found, and counting by flight."""

import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import cv2
import numpy as np
import pytest
from PIL import Image
from pillow_heif import from_pillow

from detection.evaluation.counting import SearchedPicture, Unit, count_flight
from detection.evaluation.dataset import LabelledFlight, LabelledPicture, read_labelled
from detection.evaluation.scoring import FoundBox, ScoredFrame, TrueBox
from detection.evaluation.search import Searchers, area_km2, search_flights
from detection.frame_look import FrameLook
from detection.manifest import Manifest
from detection.types import Detection, ObjectClass
from ingest.frame import Note
from ingest.lonlat import LonLat
from ingest.photo import read_frame
from ingest.projection import SeaView
from ingest.quality import FrameQuality
from ingest.site_reference import SiteReference

SURVEY = Path(__file__).resolve().parents[3] / "sample_flights" / "seagrass_survey"
SITE = SiteReference(ZoneInfo("Asia/Bangkok"), None, 2.0, 0.0)
DUGONG, BOAT, GEAR = ObjectClass
CLEAR = FrameQuality(0.8, 0.0, 0.0, False, ())
GLARE = replace(CLEAR, glare_share=0.4, reasons=(Note("glare", "the sun glitters"),))
MANIFEST = Manifest(
    file="none.onnx",
    sha256="a" * 64,
    architecture="none",
    input_px=640,
    target_gsd_cm=5.0,
    classes=tuple(ObjectClass),
    thresholds=dict.fromkeys(ObjectClass, 0.5),
)


class Sees:
    """Stands in for a detector: one dugong in every picture; remembers what it was asked."""

    def __init__(self, manifest=MANIFEST, score=0.9):
        self.manifest = manifest
        self.score = score
        self.asked = []

    def detect(self, frame):
        self.asked.append(frame.path.name)
        view = SeaView(frame.camera, frame.pose)
        return (found(frame, view, (100.0, 100.0, 130.0, 120.0), DUGONG, self.score),)

    def detect_unlocated(self, picture):
        self.asked.append(f"{picture.path.name} {picture.width_px}x{picture.height_px}")
        box = (1.0, 2.0, 3.0, 4.0)
        return (Detection(DUGONG, self.score, box, picture.sha256, None, None, None, "a" * 64),)


class SeesOnce(Sees):
    """Sees something in the middle of one picture alone."""

    def detect(self, frame):
        if frame.path.name != "LIBONG_0006.JPG":
            return ()
        x, y = frame.width_px / 2, frame.height_px / 2
        view = SeaView(frame.camera, frame.pose)
        return (found(frame, view, (x, y, x + 40, y + 20), DUGONG, self.score),)


def found(frame, view, xyxy_px, object_class, score=0.9):
    left, top, right, bottom = xyxy_px
    ground = view.to_ground(((left + right) / 2, (top + bottom) / 2))
    return Detection(
        object_class, score, xyxy_px, frame.sha256, frame.taken_at_utc, ground.position,
        ground.error_m, "a" * 64,
    )  # fmt: skip


@pytest.fixture
def folder(tmp_path):
    """Two located photos, a copy of one, a picture without place, and a broken one."""
    for number in (1, 2):
        shutil.copy(SURVEY / f"LIBONG_{number:04d}.JPG", tmp_path / f"{number}.JPG")
    shutil.copy(SURVEY / "LIBONG_0001.JPG", tmp_path / "copy.JPG")
    cv2.imwrite(str(tmp_path / "plain.png"), np.zeros((30, 40, 3), np.uint8))
    (tmp_path / "text.jpg").write_text("no picture")
    return tmp_path


def flight_of(folder, *names):
    paths = [folder / name for name in names] if names else sorted(folder.iterdir())
    return LabelledFlight("a", folder, tuple(LabelledPicture(p, (), "2") for p in paths), False)


def search(flight, operating, candidates, cache=None):
    return search_flights([flight], Searchers(operating, candidates), lambda f: SITE, cache=cache)


def test_located_and_other_pictures_are_searched_and_bad_ones_told(folder):
    done = search(flight_of(folder), Sees(), Sees(score=0.1))
    assert [f.frame for f in done.frames] == ["1.JPG", "2.JPG", "plain.png"]
    assert [f.finds[0].score for f in done.frames] == [0.9, 0.9, 0.9]
    assert [f.candidates[0].score for f in done.frames] == [0.1, 0.1, 0.1]
    assert [f.gsd_cm is None for f in done.frames] == [False, False, True]
    assert [f.area_km2 > 0 for f in done.frames] == [True, True, False]
    assert {f.sea_state for f in done.frames} == {"2"}
    assert [r.path.name for r in done.refused] == ["copy.JPG", "text.jpg"]
    assert "same content" in done.refused[0].why
    # one picture has no place, so that boxes are counted
    assert [(c.counted, c.unit) for c in done.counts if c.object_class is DUGONG] == [
        (3, Unit.BOXES)
    ]


def test_pictures_are_searched_as_plain_ones_where_that_is_asked_for(folder):
    sees = Sees()
    done = search_flights([flight_of(folder, "1.JPG")], Searchers(sees), lambda f: None)
    with Image.open(folder / "1.JPG") as picture:
        assert sees.asked == [f"1.JPG {picture.width}x{picture.height}"]
    assert [(f.gsd_cm, f.area_km2) for f in done.frames] == [(None, 0.0)]


def test_a_heic_without_place_is_searched_as_large_as_it_is_decoded(tmp_path):
    from_pillow(Image.new("RGB", (64, 48))).save(tmp_path / "phone.heic")
    sees = Sees()
    done = search(flight_of(tmp_path), sees, None)
    assert done.refused == ()
    assert sees.asked == ["phone.heic 64x48"]


def test_what_was_found_is_remembered(folder, tmp_path_factory):
    cache, flight = tmp_path_factory.mktemp("found"), flight_of(folder, "1.JPG", "plain.png")
    first = search(flight, Sees(), Sees(score=0.1), cache)
    again = Sees()
    assert search(flight, again, again, cache) == first
    assert again.asked == []


def test_other_thresholds_poses_or_precisions_or_a_broken_memory_search_anew(
    folder, tmp_path_factory
):
    cache, flight = tmp_path_factory.mktemp("found"), flight_of(folder, "1.JPG")
    search(flight, Sees(), Sees(), cache)
    strict = Sees(MANIFEST.model_copy(update={"thresholds": dict.fromkeys(ObjectClass, 0.7)}))
    search(flight, strict, strict, cache)
    assert strict.asked == ["1.JPG", "1.JPG"]
    higher, elsewhere = Sees(), replace(SITE, launch_height_above_sea_m=9.0)
    search_flights([flight], Searchers(higher, higher), lambda f: elsewhere, cache=cache)
    assert higher.asked == ["1.JPG", "1.JPG"]
    exact = Sees()
    search_flights([flight], Searchers(exact, exact, "f32"), lambda f: SITE, cache=cache)
    assert exact.asked == ["1.JPG", "1.JPG"]
    for file in cache.iterdir():
        file.write_text("[[{")
    after = Sees()
    search(flight, after, after, cache)
    assert after.asked == ["1.JPG", "1.JPG"]


def test_progress_tells_every_picture(folder):
    told = []
    search_flights(
        [flight_of(folder)],
        Searchers(Sees(), Sees()),
        lambda f: SITE,
        on_progress=lambda done, total: told.append((done, total)),
    )
    assert told == [(n, 5) for n in range(1, 6)]


def test_the_area_of_a_ring():
    # a thousandth of a degree at 60° north: 111.4 m north, 55.8 m east on WGS 84
    ring = [LonLat(10, 60), LonLat(10.001, 60), LonLat(10.001, 60.001), LonLat(10, 60.001)]
    assert area_km2([*ring, ring[0]]) == pytest.approx(0.1114 * 0.0558, rel=0.01)
    assert area_km2(None) == 0.0


def survey(found_classes, *, with_ids, seen=lambda number: True):
    """The rendered survey, searched by a detector that sees every fair truth of some classes."""
    pictures = []
    (flight,) = read_labelled(SURVEY).flights
    for number, picture in enumerate(flight.pictures):
        frame = read_frame(picture.path, SITE)
        view = SeaView(frame.camera, frame.pose)
        detections = tuple(
            found(frame, view, t.xyxy_px, t.object_class)
            for t in picture.truths
            if t.fair and t.object_class in found_classes and seen(number)
        )
        truths = tuple(t if with_ids else replace(t, object_id=None) for t in picture.truths)
        finds = tuple(FoundBox(d.object_class, d.score, d.xyxy_px) for d in detections)
        scored = ScoredFrame("survey", picture.path.name, truths, finds, 0.0)
        pictures.append(SearchedPicture(scored, FrameLook(frame, detections, CLEAR, ())))
    return pictures


@pytest.mark.parametrize("with_ids", [True, False])
def test_objects_are_counted_once_a_flight_with_and_without_identities(with_ids):
    counts = count_flight("survey", survey({DUGONG, BOAT}, with_ids=with_ids), MANIFEST.thresholds)
    assert {c.object_class: (c.counted, c.there) for c in counts} == {
        DUGONG: (3, 3),
        BOAT: (1, 1),
        GEAR: (0, 1),
    }
    assert {c.unit for c in counts} == {Unit.SIGHTINGS}


def with_truths(pictures, change):
    """The pictures, their truths changed one by one, or left out where the change is None."""

    def changed(scored):
        truths = (change(t) for t in scored.truths)
        return replace(scored, truths=tuple(t for t in truths if t is not None))

    return [replace(p, scored=changed(p.scored)) for p in pictures]


def test_what_no_label_demands_is_not_counted():
    pictures = survey({DUGONG, BOAT}, with_ids=True)

    def counts(of):
        told = count_flight("survey", of, MANIFEST.thresholds)
        return {c.object_class: (c.counted, c.there) for c in told}

    hard = with_truths(pictures, lambda t: replace(t, fair=t.fair and t.object_class is DUGONG))
    assert counts(hard)[BOAT] == (0, 0)
    assert counts(hard)[DUGONG] == (3, 3)
    sea = TrueBox(BOAT, None, (0.0, 0.0, 9999.0, 9999.0), fair=False, region=True)
    without = with_truths(pictures, lambda t: None if t.object_class is BOAT else t)
    in_region = [
        replace(p, scored=replace(p.scored, truths=(*p.scored.truths, sea))) for p in without
    ]
    assert counts(without)[BOAT] == (1, 0)
    assert counts(in_region)[BOAT] == (0, 0)


def test_an_object_that_is_fair_in_one_frame_is_counted_though_another_is_hard():
    pictures = survey({DUGONG}, with_ids=True)
    fair_once = set()

    def once(truth):
        key = truth.object_class, truth.object_id
        first = truth.fair and key not in fair_once
        fair_once.update({key} if first else ())
        return replace(truth, fair=first)

    told = count_flight("survey", with_truths(pictures, once), MANIFEST.thresholds)
    assert next((c.counted, c.there) for c in told if c.object_class is DUGONG) == (3, 3)


def test_boxes_in_a_region_are_not_counted_but_for_what_is_labelled():
    region = TrueBox(DUGONG, None, (0.0, 0.0, 90.0, 90.0), fair=False, region=True)
    box, other = (0.0, 0.0, 10.0, 10.0), (40.0, 40.0, 50.0, 50.0)
    finds = tuple(FoundBox(DUGONG, 0.9, b) for b in (box, other))
    scored = ScoredFrame("f", "1.jpg", (region, TrueBox(DUGONG, 1, box, True)), finds, 0.0)
    told = count_flight("f", [SearchedPicture(scored, None)], MANIFEST.thresholds)
    assert [(c.counted, c.there) for c in told if c.object_class is DUGONG] == [(1, 1)]


def with_one_find(pictures, score=0.55):
    """The pictures, with a dugong in the middle of the sixth alone."""
    frame = pictures[5].look.frame
    view, x, y = SeaView(frame.camera, frame.pose), frame.width_px / 2, frame.height_px / 2
    once = found(frame, view, (x, y, x + 40, y + 20), DUGONG, score)
    sixth = replace(pictures[5], look=replace(pictures[5].look, detections=(once,)))
    return [*pictures[:5], sixth, *pictures[6:]]


def dugongs(pictures):
    counts = count_flight("survey", pictures, MANIFEST.thresholds)
    return next(c.counted for c in counts if c.object_class is DUGONG)


def test_finds_that_other_looks_do_not_bear_out_are_not_counted():
    pictures = survey(set(), with_ids=True)
    assert dugongs(with_one_find(pictures)) == 0
    first, second = (p.look.frame.taken_at_utc for p in pictures[4:6])
    assert second - first < timedelta(minutes=1)


def test_looks_of_no_use_speak_against_no_find():
    pictures = [
        replace(p, look=replace(p.look, quality=GLARE)) for p in survey(set(), with_ids=True)
    ]
    assert dugongs(with_one_find(pictures)) == 1


@pytest.mark.parametrize(("target_gsd_cm", "counted"), [(5.0, 1), (0.5, 0)])
def test_what_is_counted_is_weighed_as_the_pipeline_weighs_it(target_gsd_cm, counted):
    """A strong find stands alone; one beyond what was taught takes other looks to bear it out."""
    flight = flight_of(SURVEY, *(f"LIBONG_000{number}.JPG" for number in range(4, 9)))
    sees = SeesOnce(MANIFEST.model_copy(update={"target_gsd_cm": target_gsd_cm}))
    done = search(flight, sees, sees)
    assert [find.score for frame in done.frames for find in frame.finds] == [0.9]
    assert next(c.counted for c in done.counts if c.object_class is DUGONG) == counted
