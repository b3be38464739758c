import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from api.crops import CropError, without_metadata


def test_nothing_but_the_picture_is_left(jpeg_with_exif):
    assert b"Exif" in jpeg_with_exif
    assert b"a hidden word" in jpeg_with_exif
    bare = without_metadata(jpeg_with_exif)
    for word in (b"Exif", b"7.2561", b"a hidden word"):
        assert word not in bare
    before, after = Image.open(io.BytesIO(jpeg_with_exif)), Image.open(io.BytesIO(bare))
    assert after.tobytes() == before.tobytes()
    assert dict(after.getexif()) == {}


def test_a_cmyk_picture_keeps_its_colours():
    out = io.BytesIO()
    Image.new("CMYK", (16, 16), (10, 200, 30, 40)).save(out, "JPEG")
    bare = without_metadata(out.getvalue())
    assert Image.open(io.BytesIO(bare)).tobytes() == Image.open(out).tobytes()


def test_twice_is_once(jpeg_with_exif):
    bare = without_metadata(jpeg_with_exif)
    assert without_metadata(bare) == bare


@pytest.mark.parametrize("cut", [0, 1, 2, 3, 20, 200])
def test_a_cut_header_is_refused(jpeg_with_exif, cut):
    with pytest.raises(CropError):
        without_metadata(jpeg_with_exif[:cut])


@given(st.binary(max_size=200))
def test_other_bytes_are_refused(data):
    with pytest.raises(CropError, match="JPEG"):
        without_metadata(b"\xff\xd8" + data.replace(b"\xda", b""))
