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


def jpeg_of(picture, **options):
    out = io.BytesIO()
    picture.save(out, "JPEG", **options)
    return out.getvalue()


def pixels_of(jpeg):
    return Image.open(io.BytesIO(jpeg)).tobytes()


def test_what_was_appended_is_left_behind(jpeg_with_exif):
    plain = jpeg_of(Image.new("RGB", (16, 16), (10, 20, 30)))
    assert without_metadata(plain + jpeg_with_exif) == without_metadata(plain)
    assert without_metadata(plain + b"7.2561 N") == without_metadata(plain)


def test_metadata_between_scans_is_dropped():
    noise = Image.effect_noise((64, 64), 90)
    progressive = jpeg_of(noise, progressive=True)
    # where the next scan brings its own Huffman table
    first_scan = progressive.index(b"\xff\xda")
    between = progressive.index(b"\xff\xc4", first_scan)
    secret = b"7.2561 N 99.4512 E"
    length = (len(secret) + 2).to_bytes(2, "big")
    for marker in (b"\xff\xe1", b"\xff\xe0", b"\xff\xfe"):
        hidden = progressive[:between] + marker + length + secret + progressive[between:]
        bare = without_metadata(hidden)
        assert secret not in bare
        assert Image.open(io.BytesIO(bare)).tobytes() == pixels_of(progressive)
    assert progressive.count(b"\xff\xda") > 1


def test_a_thumbnail_in_the_jfif_header_is_dropped():
    plain = jpeg_of(Image.new("RGB", (16, 16), (10, 20, 30)))
    assert plain[2:6] == b"\xff\xe0\x00\x10"
    with_thumbnail = (
        plain[:4] + (16 + 3).to_bytes(2, "big") + plain[6:18] + b"\x01\x01" + b"key" + plain[20:]
    )
    assert b"key" not in without_metadata(with_thumbnail)


def test_restart_markers_and_fill_bytes_are_no_end():
    noise = Image.effect_noise((64, 64), 90)
    restarts = jpeg_of(noise, restart_marker_blocks=1)
    assert b"\xff\xd0" in restarts
    assert without_metadata(restarts) == restarts
    filled = restarts[:2] + b"\xff\xff" + restarts[2:]
    assert without_metadata(filled) == restarts


@pytest.mark.parametrize("cut", [-1, 0, 1, 2, 3, 20, 200])
def test_a_cut_picture_is_refused(jpeg_with_exif, cut):
    with pytest.raises(CropError):
        without_metadata(jpeg_with_exif[:cut])


@given(st.binary(max_size=200))
def test_other_bytes_are_refused(data):
    with pytest.raises(CropError, match="JPEG"):
        without_metadata(b"\xff\xd8" + data.replace(b"\xda", b""))
