"""How large a picture is, which is as large as it is decoded, and how it is shown."""

import pytest
from PIL import Image
from pillow_heif import from_pillow

from ingest.errors import PhotoError
from ingest.photo import picture_size
from ingest.picture import PictureSize
from ingest.pixels import decode_bgr

_ORIENTATION = 0x0112


def exif(orientation):
    found = Image.Exif()
    found[_ORIENTATION] = orientation
    return found


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("suffix", ["jpg", "png", "webp", "tiff", "avif"])
def test_a_picture_is_as_large_as_it_is_decoded_however_it_is_shown(tmp_path, suffix, orientation):
    path = tmp_path / f"picture.{suffix}"
    picture = Image.new("RGB", (160, 90), "navy")
    picture.paste((250, 250, 250), (0, 0, 40, 20))
    picture.save(path, exif=exif(orientation))
    assert picture_size(path) == PictureSize(160, 90, orientation)
    pixels = decode_bgr(path)
    assert pixels.shape == (90, 160, 3)
    corners = pixels[10, 20], pixels[10, -20], pixels[-10, 20], pixels[-10, -20]
    assert [corner.min() > 200 for corner in corners] == [True, False, False, False]


@pytest.mark.parametrize("suffix", ["bmp", "gif", "ppm"])
def test_a_picture_of_another_kind_has_a_size_too(tmp_path, suffix):
    path = tmp_path / f"picture.{suffix}"
    Image.new("RGB", (160, 90), "navy").save(path)
    assert picture_size(path) == PictureSize(160, 90)
    assert decode_bgr(path).shape == (90, 160, 3)


def test_a_heic_is_turned_while_it_is_decoded(tmp_path):
    """ISO/IEC 23008-12: the turning in the file holds, and Exif's is passed over."""
    path = tmp_path / "phone.heic"
    heif = from_pillow(Image.new("RGB", (160, 90), "navy"))
    heif.save(path, exif=exif(6).tobytes())
    assert picture_size(path) == PictureSize(90, 160)
    assert decode_bgr(path).shape == (160, 90, 3)


def test_broken_metadata_do_not_hide_the_size(make_photo):
    path = make_photo()
    data = path.read_bytes()
    at = data.index(b"Exif\0\0") + 6
    path.write_bytes(data[:at] + b"\xee" * 40 + data[at + 40 :])
    assert picture_size(path) == PictureSize(160, 90)


@pytest.mark.parametrize(
    ("data", "code"),
    [(b"no picture", "not_an_image"), (b"", "truncated"), (b"BM" + bytes(60), "damaged")],
)
def test_what_is_no_picture_is_refused(tmp_path, data, code):
    path = tmp_path / "a.jpg"
    path.write_bytes(data)
    with pytest.raises(PhotoError) as refused:
        picture_size(path)
    assert refused.value.code == code


def test_a_missing_file_and_an_endless_picture_are_refused(tmp_path):
    with pytest.raises(PhotoError, match="cannot be read"):
        picture_size(tmp_path / "none.jpg")
    head = b"P6\n100000 100000\n255\n"
    (tmp_path / "huge.ppm").write_bytes(head + bytes(100))
    with pytest.raises(PhotoError) as refused:
        picture_size(tmp_path / "huge.ppm")
    assert refused.value.code == "damaged"
