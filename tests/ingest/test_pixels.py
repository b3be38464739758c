import numpy as np
import pytest
from PIL import Image

from ingest.errors import PhotoError
from ingest.pixels import decode_bgr


@pytest.mark.parametrize(
    ("denominator", "shape"),
    [(1, (90, 161, 3)), (2, (45, 81, 3)), (4, (23, 41, 3)), (8, (12, 21, 3))],
)
def test_sizes_round_up(make_photo, denominator, shape):
    pixels = decode_bgr(make_photo(size=(161, 90)), scale_denominator=denominator)
    assert pixels.shape == shape
    assert pixels.dtype == np.uint8


def test_channels_are_blue_green_red_and_orientation_is_not_applied(tmp_path):
    picture = Image.new("RGB", (40, 20), (250, 10, 10))
    exif = Image.Exif()
    exif[0x0112] = 6  # "turn a quarter to show"
    picture.save(tmp_path / "red.jpg", exif=exif)
    pixels = decode_bgr(tmp_path / "red.jpg")
    assert pixels.shape == (20, 40, 3)
    np.testing.assert_allclose(pixels[10, 20], (10, 10, 250), atol=4)


def test_a_cut_photo_is_refused(make_photo):
    path = make_photo()
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(PhotoError) as refused:
        decode_bgr(path)
    assert refused.value.code == "truncated"


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(PhotoError) as refused:
        decode_bgr(tmp_path / "none.jpg")
    assert refused.value.code == "unreadable"


def test_only_dct_scales_are_taken(make_photo):
    with pytest.raises(ValueError, match="1, 2, 4 or 8; got 3"):
        decode_bgr(make_photo(), scale_denominator=3)


@pytest.mark.parametrize("suffix", ["png", "tiff", "bmp", "webp"])
def test_other_pictures_are_decoded_too(tmp_path, suffix):
    path = tmp_path / f"picture.{suffix}"
    Image.new("RGB", (120, 80), (200, 100, 50)).save(path)
    pixels = decode_bgr(path, scale_denominator=2)
    assert pixels.shape == (40, 60, 3)
    assert np.abs(pixels[20, 30].astype(int) - (50, 100, 200)).max() <= 4


def test_what_is_no_picture_at_all_is_refused(tmp_path):
    path = tmp_path / "text.png"
    path.write_text("no picture")
    with pytest.raises(PhotoError, match="no picture that can be read") as refused:
        decode_bgr(path)
    assert refused.value.code == "not_an_image"
