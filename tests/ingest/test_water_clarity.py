import numpy as np
import pytest

from ingest.water_clarity import ERROR_FACTOR, estimated_secchi_m

GSD_M = 0.1
RNG = np.random.default_rng(4)


def picture(colour_bgr, *, detail=0.02, hues=0.01, side=240):
    """Water of a colour, with detail in brightness and in red over some metres, as shares."""
    grey = RNG.normal(size=(side // 6, side // 6))
    red = RNG.normal(size=(side // 16, side // 16))
    spread = [np.kron(field, np.ones((6, 6)))[:side, :side] for field in (grey,)]
    wide = np.kron(red, np.ones((16, 16)))[:side, :side]
    bright = 1 + detail * spread[0]
    levels = np.ones((side, side, 3)) * np.array(colour_bgr, dtype=float) * bright[..., None]
    levels[..., 2] *= 1 + hues * wide
    return np.clip(levels, 0, 255).astype(np.uint8)


TEAL, BROWN = (150, 140, 60), (70, 95, 100)


def test_teal_water_with_a_bottom_to_see_is_clearer_than_brown():
    clear = estimated_secchi_m(picture(TEAL, detail=0.08, hues=0.08), GSD_M)
    murky = estimated_secchi_m(picture(BROWN, detail=0.02, hues=0.01), GSD_M)
    assert clear > 1.5 * murky


def test_less_red_than_any_rendered_sea_is_just_clear():
    red_sea = estimated_secchi_m(picture((160, 140, 12), detail=0.05, hues=0.05), GSD_M)
    assert red_sea > 4


@pytest.mark.parametrize(
    ("pixels", "gsd_m"),
    [
        (picture(TEAL), 0.3),  # too coarse
        (picture(TEAL, side=48), GSD_M),  # too little
        (picture((250, 250, 250), detail=0.001), GSD_M),  # nothing but glitter
        (picture((0, 0, 0)), GSD_M),
        (picture((40, 120, 90), detail=0.5), GSD_M),  # trees
        (picture((60, 160, 150)), GSD_M),  # yellow-green as no water is
    ],
)
def test_what_is_no_water_has_no_estimate(pixels, gsd_m):
    assert estimated_secchi_m(pixels, gsd_m) is None


def test_the_error_is_told():
    assert ERROR_FACTOR >= 2
