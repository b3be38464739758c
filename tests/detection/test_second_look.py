"""The second, closer look: where it goes, what it sees, and what both looks together say."""

import cv2
import numpy as np
import pytest

from detection.boxes import Boxes
from detection.detector import Detector
from detection.manifest import LookAgain
from detection.resampling import DecodedPicture
from detection.second_look import (
    REACH_M,
    Suspect,
    in_reach,
    looked_at,
    piece_around,
    piece_px,
)
from detection.tiling import Level, Tile, grid
from detection.types import ObjectClass
from ingest.errors import PhotoError
from tests.detection.test_detector import COLOURS, MANIFEST, frame_of, painted

MANIFEST_AT_6 = MANIFEST.model_copy(update={"search_gsd_cm": (6.0,)})
LOOKING_AGAIN = MANIFEST.model_copy(
    update={"search_gsd_cm": (6.0,), "second_look": LookAgain(gsd_cm=(4.2,), from_score=0.2)}
)


class SizeEngine:
    """Stands in for the network: squares of the dugong's colour, scored by their length in tiles.

    `score_of(length_px)` is what it says of a square so long.
    """

    input_px = 640
    outputs = 7

    def __init__(self, score_of):
        self.score_of = score_of
        self.tiles_seen = 0

    def infer(self, tiles):
        return [self._one(tile) for tile in tiles]

    def _one(self, tile):
        self.tiles_seen += 1
        rows = []
        mask = (np.abs(tile.astype(int) - COLOURS[0]).max(axis=2) < 90).astype(np.uint8)
        count, _, stats, _ = cv2.connectedComponentsWithStats(mask)
        for x, y, w, h, area in stats[1:count]:
            if area >= 20:
                rows.append([x + w / 2, y + h / 2, w, h, self.score_of(max(w, h)), 0.0, 0.0])
        return np.array(rows or [[0.0] * 7], np.float32).T


def boxes_at(*middles):
    x = np.array([(x - 5, y - 5, x + 5, y + 5) for x, y in middles], np.float32).reshape(-1, 4)
    n = len(x)
    return Boxes(x, np.ones(n, np.float32), np.zeros(n, np.int64), np.zeros(n, np.uint8))


def test_a_neighbour_is_seen_in_the_same_piece_and_one_further_off_has_its_own():
    first, beside, apart = (Suspect(x, 1500, 3.0) for x in (2000, 2080, 2090))
    assert looked_at((first, beside)) == (first,)  # 2.4 m beside
    assert looked_at((first, apart, beside)) == (first, apart)
    assert looked_at(()) == ()


def test_four_pieces_fill_a_tile_and_show_all_in_reach():
    assert piece_px(4.2, 640) == piece_px(5.9, 640) == 320
    assert REACH_M + 3.3 / 2 <= 320 * 4.2 / 100 / 2
    assert piece_px(2.0, 640) == 640  # twice as near, one piece is a tile
    assert piece_px(0.5, 640) == 640


@pytest.mark.parametrize("corner", [(0, 0), (3999, 0), (0, 2999), (3999, 2999), (2000, 1400)])
def test_pieces_show_their_suspect_and_stay_within_the_picture(corner):
    level, tile = piece_around(Suspect(*corner, 3.0), 4.2, 4000, 3000, 320)
    assert level.scale == pytest.approx(3.0 / 4.2)
    assert 0 <= tile.x_px <= level.width_px - 320
    assert 0 <= tile.y_px <= level.height_px - 320
    for at_px, start_px in zip(corner, (tile.x_px, tile.y_px), strict=True):
        assert start_px <= at_px * level.scale <= start_px + 320


def test_a_picture_smaller_than_a_piece_is_seen_from_its_corner():
    _, tile = piece_around(Suspect(90, 60, 3.0), 4.2, 200, 100, 320)
    assert tile == Tile(0, 0)


def test_what_is_in_reach_is_measured_on_the_sea():
    reach_px = REACH_M * 100 / 2.5
    boxes = boxes_at((500 + reach_px - 1, 500), (500 + reach_px + 1, 500), (500, 500 - reach_px))
    assert in_reach(boxes, (Suspect(500, 500, 2.5),)).tolist() == [True, False, True]
    assert in_reach(boxes, ()).tolist() == [False, False, False]


@pytest.mark.parametrize("scale", [pytest.param(1.6, marks=pytest.mark.deep), 0.8, 0.45, 0.2])
def test_a_piece_shows_what_the_whole_level_would(tmp_path, scale):
    rng = np.random.default_rng(5)
    blobs = cv2.GaussianBlur(rng.integers(0, 255, (900, 1200, 3), np.uint8), (0, 0), 9)
    blobs = cv2.normalize(blobs, None, 0, 255, cv2.NORM_MINMAX)
    path = tmp_path / "blobs.png"
    cv2.imwrite(str(path), blobs)
    width, height = round(1200 * scale), round(900 * scale)
    whole = cv2.resize(blobs, (width, height), interpolation=cv2.INTER_AREA).astype(int)
    level = Level(scale, width, height, grid(width, height, 128, 16))
    picture = DecodedPicture(path, 1200, 900)
    for tile in level.tiles:
        piece = picture.piece(level, tile, 128).astype(int)
        there = whole[tile.y_px : tile.y_px + 128, tile.x_px : tile.x_px + 128]
        off = np.abs(piece[: there.shape[0], : there.shape[1]] - there)
        assert off.mean() < 1.5
        assert np.percentile(off, 99) < 8
        assert (piece[there.shape[0] :] == 114).all()
        assert (piece[:, there.shape[1] :] == 114).all()


def test_a_picture_is_decoded_again_only_for_more_detail(tmp_path, monkeypatch):
    import detection.resampling as resampling

    path, asked = painted(tmp_path), []
    decode = resampling.decode_bgr

    def noting(path, *, scale_denominator):
        asked.append(scale_denominator)
        return decode(path, scale_denominator=scale_denominator)

    monkeypatch.setattr(resampling, "decode_bgr", noting)
    picture = DecodedPicture(path, 2400, 1800, keep=True)
    assert [picture.reduced(scale)[0] for scale in (0.25, 0.2, 0.5, 0.2)] == [4, 4, 2, 2]
    assert asked == [4, 2]
    asked.clear()
    alone = DecodedPicture(path, 2400, 1800)  # nobody looks again: its pixels are not held
    assert [alone.reduced(0.25)[0], alone.reduced(0.25)[0], alone.denominator] == [4, 4, 4]
    assert asked == [4, 4]


# In a frame of 3 cm a pixel an animal of 90 px is 45 px long at 6 cm, and 64 px at 4.2 cm.
ANIMAL = (0, 1000, 800, 1090, 840)


def found_with(score_of, tmp_path, manifest=LOOKING_AGAIN, animal=ANIMAL, **frame):
    engine = SizeEngine(score_of)
    found = Detector(engine, manifest).detect(frame_of(painted(tmp_path, animal), **frame))
    return [round(d.score, 2) for d in found], engine.tiles_seen


def test_what_both_looks_see_keeps_its_score(tmp_path):
    scores, tiles = found_with(lambda length: 0.9, tmp_path)
    assert scores == [0.9]
    assert tiles == found_with(lambda length: 0.9, tmp_path, MANIFEST_AT_6)[1] + 1


def test_suspects_are_looked_at_side_by_side_each_in_its_place(tmp_path):
    animals = [(0, x, y, x + 90, y + 40) for x, y in ((900, 700), (1300, 700), (2200, 1600))]
    frame = frame_of(painted(tmp_path, *animals))
    once, twice = SizeEngine(lambda length: 0.9), SizeEngine(lambda length: 0.9)
    found = Detector(twice, LOOKING_AGAIN).detect(frame)
    before = Detector(once, MANIFEST_AT_6).detect(frame)
    assert twice.tiles_seen == once.tiles_seen + 1
    assert [round(d.score, 2) for d in found] == [0.9] * 3
    middles = [
        sorted(((x0 + x1) / 2, (y0 + y1) / 2) for x0, y0, x1, y1 in (d.xyxy_px for d in seen))
        for seen in (found, before)
    ]
    assert np.abs(np.subtract(*middles)).max() < 3


def test_what_is_gone_when_looked_at_closely_counts_half(tmp_path):
    scores, _ = found_with(lambda length: 0.9 if length < 55 else 0.0, tmp_path)
    assert scores == []
    without, _ = found_with(lambda length: 0.9 if length < 55 else 0.0, tmp_path, MANIFEST_AT_6)
    assert without == [0.9]


def test_what_is_faint_at_first_and_sure_when_looked_at_closely_is_found(tmp_path):
    scores, _ = found_with(lambda length: 0.3 if length < 55 else 0.9, tmp_path)
    assert scores == [pytest.approx(0.45 + 0.5 * (0.3 * 0.9) ** 0.5, abs=0.01)]


def test_what_the_first_look_hardly_sees_is_not_looked_at_again(tmp_path):
    scores, tiles = found_with(lambda length: 0.15 if length < 55 else 0.9, tmp_path)
    assert scores == []
    assert tiles == found_with(lambda length: 0.0, tmp_path, MANIFEST_AT_6)[1]


def test_a_picture_too_coarse_for_a_closer_look_keeps_what_the_first_saw(tmp_path):
    # from 240 m, at 12 cm a pixel, both looks enlarge as far as is allowed, and see the same
    small = (0, 1000, 800, 1025, 812)
    for manifest in (LOOKING_AGAIN, MANIFEST_AT_6):
        scores, _ = found_with(
            lambda length: 0.9 if 45 < length < 55 else 0.0,
            tmp_path, manifest, small, height_m=240.0,
        )  # fmt: skip
        assert scores == [0.9]


def test_looks_from_nearer_and_from_further_off_are_neighbours_of_the_first(tmp_path):
    manifest = MANIFEST_AT_6.model_copy(
        update={"second_look": LookAgain(gsd_cm=(9.0, 4.2), from_score=0.2)}
    )
    # 30 px at 9 cm, 45 at 6, 64 at 4.2: sure in the middle alone, half of it for each neighbour
    lengths = []

    def score_of(length):
        lengths.append(int(length))
        return 0.9 if 35 < length < 55 else 0.4

    scores, _ = found_with(score_of, tmp_path, manifest)
    assert sorted(round(length, -1) for length in set(lengths)) == [30, 40, 60]
    assert scores == [pytest.approx(0.45 + 0.5 * (0.9 * 0.4) ** 0.5, abs=0.01)]


def test_other_classes_are_as_the_first_look_saw_them(tmp_path):
    from tests.detection.test_detector import ColourEngine

    squares = [(1, 300, 400, 600, 500), (2, 1500, 1500, 1600, 1520), ANIMAL]
    frame = frame_of(painted(tmp_path, *squares))
    once, twice = (
        Detector(ColourEngine(), manifest).detect(frame)
        for manifest in (MANIFEST_AT_6, LOOKING_AGAIN)
    )
    assert [d for d in once if d.object_class is not ObjectClass.DUGONG] == [
        d for d in twice if d.object_class is not ObjectClass.DUGONG
    ]
    assert sum(d.object_class is ObjectClass.DUGONG for d in twice) == 1


def test_several_passes_and_unsure_heights_take_no_second_look(tmp_path):
    engines = [SizeEngine(lambda length: 0.9) for _ in range(2)]
    frame = frame_of(painted(tmp_path, ANIMAL))
    for engine, manifest in zip(engines, (LOOKING_AGAIN, MANIFEST_AT_6), strict=True):
        passes = manifest.model_copy(update={"search_gsd_cm": (6.0, 4.2)})
        Detector(engine, passes).detect(frame)
    assert engines[0].tiles_seen == engines[1].tiles_seen


def test_a_picture_that_vanished_between_the_looks_is_told(tmp_path):
    detector = Detector(SizeEngine(lambda length: 0.9), LOOKING_AGAIN)
    # at 1.5 cm a pixel the first look decodes at a quarter, the second at half the size
    frame = frame_of(painted(tmp_path, (0, 1000, 800, 1180, 880)), height_m=30.0)
    prepared = detector.prepare(frame)
    frame.path.unlink()
    with pytest.raises(PhotoError, match="cannot be read"):
        detector.detect_prepared(frame, prepared)
