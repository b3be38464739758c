"""The small map of a flight."""

from pathlib import Path

import numpy as np
import pytest
import shapely
from PIL import Image

from ingest.flight import read_flight
from libong.flight_plot import NothingToDrawError, draw_flight
from libong.sites import open_site

SURVEY = Path(__file__).parents[2] / "sample_flights" / "seagrass_survey"
SEA, STRIP, TRACK = (219, 233, 238), (255, 255, 255), (194, 65, 12)


def test_the_map_shows_track_footprints_and_caption(tmp_path):
    site = open_site("koh_libong")
    frames = read_flight([SURVEY], site.reference).frames
    draw_flight(frames, site.coast, "21 frames, 0.028 km² seen", tmp_path / "map.png")
    pixels = np.asarray(Image.open(tmp_path / "map.png"))
    assert pixels.shape == (900, 1200, 3)
    assert tuple(pixels[5, 5]) == SEA
    assert (pixels == TRACK).all(axis=2).sum() > 1000
    shown = pixels[:840]
    seen = (shown != SEA).any(axis=2)
    assert 0.2 < seen.mean() < 0.9  # the footprints fill the sheet, but for its margin
    assert (pixels[880:] == STRIP).all(axis=2).mean() > 0.8


def test_a_coast_in_view_is_drawn(tmp_path):
    site = open_site("koh_libong")
    (frame, *_) = read_flight([SURVEY], site.reference).frames
    around = frame.pose.position
    land = shapely.Point(around).buffer(0.01)
    draw_flight([frame], land, "1 frame", tmp_path / "map.png")
    pixels = np.asarray(Image.open(tmp_path / "map.png"))
    assert (pixels == (239, 231, 211)).all(axis=2).any()


def test_nothing_to_draw_is_said(tmp_path):
    with pytest.raises(NothingToDrawError):
        draw_flight((), open_site("koh_libong").coast, "", tmp_path / "map.png")
