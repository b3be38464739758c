"""A short fine-tuning of the released model, from exported labels to a candidate."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import cv2
import numpy as np
import pytest
from PIL import Image

from detection.engine import OpenVinoEngine
from detection.evaluation.scoring import ScoredFrame
from detection.evaluation.search import SearchedFlights
from detection.labels.errors import LabelError
from detection.labels.folder import LabelFormat, read_labels, write_labels
from detection.labels.label import Label, LabelledFlight, LabelledFrame, Origin, Verdict
from detection.manifest import load_manifest
from detection.model_verdict import verdict_of
from detection.precision import Precision
from detection.training.site_tiles import encoded_tile
from detection.types import ObjectClass
from ingest.flight import read_frame
from libong.cli.model_folder import open_model
from libong.settings import HOUSE
from patrol.site import shipped_site

torch = pytest.importorskip("torch", reason="needs the extra `train`")
pytest.importorskip("ultralytics", reason="needs the extra `train`")
module = pytest.importorskip("detection.training.fine_tune")
pytestmark = pytest.mark.train

BASE = HOUSE / "models" / "manifest.json"
PHOTOS = sorted((HOUSE / "sample_flights" / "seagrass_survey").glob("*.[jJ][pP][gG]"))[:2]
TINY = module.Schedule(epochs=1, tile_px=128, batch=2, rehearsal_tiles=2, rehearsal_share=0.5)
SITE = shipped_site().reference
EMPTY_FRAME = ScoredFrame("kept back", "a photo", (), (), 0.0)


def tile(seed):
    bgr = np.random.default_rng(seed).integers(60, 120, (128, 128, 3)).astype(np.uint8)
    bgr[40:60, 20:80] = (30, 40, 60)
    return encoded_tile(bgr, (0,), ((20.0, 40.0, 80.0, 60.0),))


@pytest.fixture(scope="module")
def trained():
    start = BASE.parent / load_manifest(BASE).file
    told = []
    tiles = [tile(n) for n in range(4)]
    network, steps = module.train_further(
        module.model_from_onnx(start), tiles, tiles[:2], TINY, told.append
    )
    return module.model_from_onnx(start), network, steps, told


def test_training_moves_what_is_free_and_leaves_the_first_layers(trained):
    before, after, steps, told = trained
    assert steps == 4  # one pass through four tiles, one of them a step
    assert "step 4 of 4" in told[-1]
    moved = {
        name.split(".")[1]
        for name, p in after.state_dict().items()
        if not torch.equal(p, before.state_dict()[name])
    }
    assert "22" in moved
    assert not moved & {"0", "1", "2", "3"}
    assert torch.equal(
        after.state_dict()["model.23.dfl.conv.weight"], torch.arange(16.0).view(1, 16, 1, 1)
    )


def test_what_is_written_is_what_was_trained(trained, tmp_path):
    _, network, _, _ = trained
    like = BASE.parent / load_manifest(BASE).file
    written = module.write_onnx(network, like, tmp_path / "x.onnx")
    picture = np.random.default_rng(3).integers(0, 255, (640, 640, 3)).astype(np.uint8)
    (found,) = OpenVinoEngine(written, 640, precision=Precision.F32).infer([picture])
    rgb = torch.from_numpy(picture[..., ::-1].copy()).permute(2, 0, 1)[None] / 255
    with torch.no_grad():
        expected = network.float()(rgb)[0][0].numpy()
    assert np.abs(found[4:] - expected[4:]).max() < 1e-3


@pytest.mark.parametrize("seed", range(12))
def test_a_tile_varied_keeps_its_box_on_the_thing(seed):
    from detection.training.varied_batch import varied

    bgr = np.full((128, 128, 3), 90, np.uint8)
    bgr[30:50, 10:70] = (10, 10, 200)
    one = encoded_tile(bgr, (0,), ((10.0, 30.0, 70.0, 50.0),))
    rgb, boxes = varied(one, 128, np.random.default_rng(seed))
    ys, xs = np.nonzero(rgb[..., 0].astype(int) - rgb[..., 1] > 60)
    shown = (xs.min(), ys.min(), xs.max() + 1, ys.max() + 1)
    assert boxes[0] == pytest.approx(shown, abs=2)


def labelled(flight_id, photo):
    frame = read_frame(photo, SITE)
    box = Label(
        "b0", 1, Verdict.OBJECT, ObjectClass.DUGONG, (500.0, 400.0, 560.0, 440.0), Origin.DRAWN,
        "officer", datetime(2026, 3, 1, tzinfo=UTC), None,
    )  # fmt: skip
    return LabelledFlight(
        flight_id,
        (
            LabelledFrame(
                frame.sha256, photo.name, frame.width_px, frame.height_px, frame.taken_at_utc,
                frame.gsd_cm, True, (box,),
            ),
        ),
    )  # fmt: skip


@pytest.fixture
def plan(tmp_path, monkeypatch):
    """Labels of two flights, a photo each; nothing is rendered."""
    photos = {labelled(p.stem, p).frames[0].sha256: p for p in PHOTOS}
    write_labels(
        [labelled(p.stem, p) for p in PHOTOS], tmp_path / "labels",
        lambda sha256: photos[sha256].read_bytes(), LabelFormat.YOLO,
    )  # fmt: skip
    monkeypatch.setattr(module, "rehearsal_tiles", lambda *_, **__: (tile(9),))
    monkeypatch.setattr(module, "render_flights", lambda *_: ())
    empty = tmp_path / "empty.jpg"
    with Image.open(PHOTOS[0]) as like:
        told = {part: like.info[part] for part in ("exif", "xmp")}
        Image.new("RGB", like.size, (70, 110, 120)).save(empty, **told)
    return module.FineTuning(
        tmp_path / "labels", BASE, tmp_path / "models", SITE, tmp_path / "flights", 0, TINY,
        empty_photos=(module.EmptyPhotos((empty,), SITE),),
    )  # fmt: skip


@pytest.mark.deep
def test_a_candidate_names_what_it_came_from_and_what_was_kept_back(plan):
    made = module.fine_tune(plan, open_model, lambda _: None)
    assert made.manifest == plan.models / made.model_sha256 / "manifest.json"
    load_manifest(made.manifest)  # whole
    document = json.loads(made.manifest.read_text())
    training = document["training"]
    assert training["fine_tuned_from"] == load_manifest(BASE).sha256 != document["sha256"]
    assert len(training["learnt_flights"]) == len(training["held_out_flights"]) == 1
    assert training["learnt_flights"] != training["held_out_flights"]
    assert document["thresholds"] == json.loads(BASE.read_text())["thresholds"]
    assert {c.where for c in made.comparisons} == {
        "held-out flights of the site",
        "real photographs without dugongs (1)",
    }
    told = (made.manifest.parent / "comparison.md").read_text()
    assert "| dugong | recall |" in told
    assert "| dugong | false alarms in all, at most 1 | 0.000 |" in told


@pytest.fixture
def at_once(plan, monkeypatch):
    """A fine-tuning that leaves the network as it was, and neither renders nor searches.

    `base` is the model it starts from, `labels` what it learns from, `models` where it writes,
    `scored` what comes of the frames that were kept back.
    """

    def run(base=BASE, labels=plan.labels, models=plan.models, scored=()):
        nothing = SearchedFlights((), {}, (), ())
        monkeypatch.setattr(module, "train_further", lambda network, *_: (network.eval(), 1))
        monkeypatch.setattr(module, "score_labelled", lambda *_: scored)
        monkeypatch.setattr(module, "search_rendered", lambda *_: nothing)
        changed = replace(plan, base=base, labels=labels, models=models, empty_photos=())
        return module.fine_tune(changed, lambda _: None, lambda _: None)

    return run


def test_a_candidate_that_no_frame_of_the_site_speaks_for_is_not_fit_for_use(at_once):
    made = at_once()
    assert made.against == ("none of the 1 frames kept back was measured",)
    assert verdict_of(made.manifest).against == made.against
    measured = at_once(scored=(EMPTY_FRAME,))
    assert measured.against == verdict_of(measured.manifest).against == ()


def test_a_candidate_that_was_not_measured_to_the_end_has_no_verdict(at_once, monkeypatch):
    whole = at_once(scored=(EMPTY_FRAME,))
    assert verdict_of(whole.manifest) is not None

    def cut_short(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "compare", cut_short)
    with pytest.raises(KeyboardInterrupt):
        at_once()
    assert load_manifest(whole.manifest)  # the same network again
    assert verdict_of(whole.manifest) is None


def test_a_flight_that_was_learnt_from_is_not_kept_back_by_the_next_training(at_once, tmp_path):
    first = at_once().manifest
    of_first = load_manifest(first).training
    (seen,), (kept_back,) = of_first.learnt_flights, of_first.held_out_flights
    second = at_once(base=first, models=tmp_path / "second").manifest
    of_second = load_manifest(second).training
    assert (of_second.learnt_flights, of_second.held_out_flights) == ((seen,), (kept_back,))
    flights = [labelled(seen, PHOTOS[0]), labelled("another", PHOTOS[1])]
    photos = {f.frames[0].sha256: p for f, p in zip(flights, PHOTOS, strict=True)}
    write_labels(flights, tmp_path / "later", lambda x: photos[x].read_bytes(), LabelFormat.YOLO)
    third = at_once(base=second, labels=tmp_path / "later").manifest
    of_third = load_manifest(third).training
    assert (of_third.learnt_flights, of_third.held_out_flights) == ((seen,), ("another",))


def test_one_flight_is_refused_before_anything_is_trained(plan):
    for file in sorted(plan.labels.glob("*/frames.json"))[1:]:
        file.unlink()
    assert len(read_labels(plan.labels)) == 1
    with pytest.raises(LabelError, match="at least 2 flights"):
        module.fine_tune(plan, open_model, lambda _: None)
    assert not plan.models.exists()


def without_tags(plan, flight_ids):
    """Take from pictures what they tell of how they were taken, as stills of a video are."""
    for flight_id in flight_ids:
        for path in (plan.labels / flight_id / "images").iterdir():
            cv2.imwrite(str(path), cv2.imread(str(path)))


def test_pictures_of_unknown_place_are_refused_by_their_reason_before_anything_is_trained(plan):
    split = module.split_by_flight(read_labels(plan.labels))
    told = []
    without_tags(plan, [flight.flight_id for flight in split.held_out])
    with pytest.raises(LabelError, match="1 of 1 frames to measure on cannot be measured: 1 beca"):
        module.fine_tune(plan, open_model, told.append)
    without_tags(plan, [flight.flight_id for flight in split.learnt])
    with pytest.raises(LabelError, match=r"1 of 1 frames to learn from give no tile: .* of videos"):
        module.fine_tune(plan, open_model, told.append)
    assert len(told) == 2  # how many are learnt from, each time
    assert not plan.models.exists()


@pytest.mark.deep
def test_rehearsed_tiles_are_those_of_the_renderer():
    made = module.rehearsal_tiles(2, 64, None, processes=1, tell=print)
    assert [cv2.imdecode(np.frombuffer(t.jpeg, np.uint8), 1).shape for t in made] == [
        (64, 64, 3)
    ] * 2
    assert all(len(t.classes) == len(t.boxes_px) for t in made)
