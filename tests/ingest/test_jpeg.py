from io import BytesIO

import pytest
from PIL import Image

from ingest.errors import PhotoError
from ingest.jpeg import is_whole, read_jpeg_head


def head_and_wholeness(data: bytes):
    stream = BytesIO(data)
    head = read_jpeg_head(stream)
    return head, is_whole(stream, head.scan_offset)


@pytest.mark.parametrize("progressive", [False, True])
def test_a_complete_photo_is_whole(make_photo, progressive):
    data = make_photo(progressive=progressive, xmp=b"<x/>").read_bytes()
    head, whole = head_and_wholeness(data)
    assert (head.width_px, head.height_px) == (160, 90)
    assert head.xmp == (b"<x/>",)
    assert head.exif is not None
    assert whole


@pytest.mark.parametrize("progressive", [False, True])
@pytest.mark.parametrize("kept", [0.6, 0.8, 0.95])
def test_a_photo_cut_in_its_pixels_is_not_whole(make_photo, progressive, kept):
    data = make_photo(progressive=progressive, xmp=b" " * 10).read_bytes()
    pixels = data.index(b"\xff\xda") + 14
    _, whole = head_and_wholeness(data[: pixels + int(kept * (len(data) - pixels))])
    assert not whole


def test_a_missing_last_byte_is_noticed(make_photo):
    assert not head_and_wholeness(make_photo().read_bytes()[:-1])[1]


def test_bytes_behind_the_end_do_no_harm(make_photo):
    # DJI appends a smaller preview (MPF) and debug records behind the picture.
    data = make_photo().read_bytes()
    assert head_and_wholeness(data + data + b"\0debug record\0" * 100)[1]


def test_an_appended_preview_does_not_hide_a_cut_picture(make_photo):
    data = make_photo().read_bytes()
    assert not head_and_wholeness(data[:-40] + b"\0" * 3000)[1]


def test_the_end_marker_is_found_across_chunks(make_photo, monkeypatch):
    data = make_photo().read_bytes()
    for chunk_bytes in (1, 2, 3, 7):
        monkeypatch.setattr("ingest.jpeg._CHUNK_BYTES", chunk_bytes)
        assert head_and_wholeness(data)[1]
        assert not head_and_wholeness(data[:-2])[1]


def png_bytes() -> bytes:
    stream = BytesIO()
    Image.new("RGB", (4, 4)).save(stream, "PNG")
    return stream.getvalue()


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "truncated"),
        (b"not a photo at all", "not_an_image"),
        (png_bytes(), "unsupported_format"),
        (b"II*\0\x08\0\0\0", "unsupported_format"),
        (b"\0\0\0\x18ftypmp42", "unsupported_format"),
        (b"\xff\xd8", "truncated"),
        (b"\xff\xd8\xff\xe1\x10\x00Exif", "truncated"),
        (b"\xff\xd8\xff\xd9\0\2", "damaged"),
        (b"\xff\xd8garbage garbage", "damaged"),
        (b"\xff\xd8\xff\xda\0\2", "damaged"),
    ],
)
def test_what_is_no_jpeg_is_told_apart(data, code):
    with pytest.raises(PhotoError) as refused:
        read_jpeg_head(BytesIO(data))
    assert refused.value.code == code
