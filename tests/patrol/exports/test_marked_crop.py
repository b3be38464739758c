"""The marked crop: the box around its pixels, in the photo as it is stored."""

import io

import numpy as np
import pytest
from PIL import Image

from patrol.exports.marked_crop import UndrawableError, marked_crop

YELLOW = (255, 212, 0)


def photo(width: int, height: int, *, orientation: int = 1, mode: str = "RGB") -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    written = io.BytesIO()
    image = Image.new("RGB", (width, height), (30, 100, 120))
    image.paste((200, 30, 30), (100, 50, 140, 70))  # the object
    image.convert(mode).save(written, "JPEG", quality=95, exif=exif)
    return written.getvalue()


def drawn(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    assert image.format == "JPEG"
    assert not image.getexif()
    return image


def near(colour: tuple[int, ...], other: tuple[int, ...]) -> bool:
    return max(abs(a - b) for a, b in zip(colour, other, strict=True)) < 60


@pytest.mark.parametrize("orientation", [1, 6])
def test_the_box_is_drawn_around_the_object_in_stored_pixels(orientation) -> None:
    image = drawn(marked_crop(photo(640, 400, orientation=orientation), (100, 50, 140, 70), "x"))
    # the window of 480 px around (120, 60) is cut off at the photo's edges
    assert image.size == (360, 300 + 34)
    assert near(image.getpixel((120, 60)), (200, 30, 30))
    for x, y in ((97, 60), (143, 60), (120, 47), (120, 73)):
        assert near(image.getpixel((x, y)), YELLOW), (x, y)


def test_the_note_is_written_in_the_strip_below() -> None:
    with_note = drawn(marked_crop(photo(640, 400), (100, 50, 140, 70), "boat ± 11 m"))
    without = drawn(marked_crop(photo(640, 400), (100, 50, 140, 70), ""))
    strip = (0, 300, 360, 334)
    assert np.asarray(without.crop(strip)).max() < 60
    assert (np.asarray(with_note.crop(strip).convert("L")) > 200).sum() > 100


def test_a_big_box_is_shrunk_and_grey_photos_are_drawn_too() -> None:
    image = drawn(marked_crop(photo(3000, 2000, mode="L"), (500, 200, 2500, 1800), "x"))
    assert image.size == (1280, round(2000 * 1280 / 3000) + 34)
    assert near(image.getpixel((round(500 * 1280 / 3000) - 3, 400)), YELLOW)


@pytest.mark.parametrize(
    "data", [b"", b"no photo", photo(640, 400)[:400], photo(640, 400)[:3000]], ids=len
)
def test_what_cannot_be_decoded_is_refused(data) -> None:
    with pytest.raises(UndrawableError, match="cannot be decoded"):
        marked_crop(data, (100, 50, 140, 70), "x")


def test_a_box_outside_the_photo_is_refused() -> None:
    with pytest.raises(UndrawableError, match="is not in the photo of 640x400 px"):
        marked_crop(photo(640, 400), (2000, 2000, 2040, 2020), "x")
