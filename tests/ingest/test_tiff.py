"""DNG files as drones write them: raw pixels that are not looked at, and JPEG previews."""

import struct

import pytest
from PIL import Image

from ingest.errors import PhotoError
from ingest.photo import picture_size, read_frame
from ingest.picture import PictureSize
from ingest.pixels import decode_bgr

_LONG, _SHORT, _BYTES = 4, 3, 7


def dng(photo, previews, *, cut=0):
    """A raw file with the Exif of a JPEG: mosaic in the first directory, previews in SubIFDs."""
    with Image.open(photo) as picture:
        exif, xmp = picture.getexif(), picture.info["xmp"]
    exif[0x0106] = 0x8023  # photometric interpretation: colour filter array
    exif[0x0100], exif[0x0101] = 640, 360
    head = bytearray(exif.tobytes()[6:])
    order = "<" if head[:2] == b"II" else ">"

    def ifd(entries):
        """A directory, at the end of what there is so far."""
        table = b"".join(struct.pack(f"{order}HHII", *entry) for entry in sorted(entries))
        at = len(head)
        head.extend(struct.pack(f"{order}H", len(entries)) + table + b"\0\0\0\0")
        return at

    def placed(data):
        at = len(head)
        head.extend(data)
        return at

    subs = [
        ifd([
            (0x0100, _LONG, 1, 160), (0x0101, _LONG, 1, 90), (0x0111, _LONG, 1, placed(data)),
            (0x0117, _LONG, 1, len(data)), (0x0103, _LONG, 1, 7), (0x0106, _LONG, 1, 6),
        ])
        for data in previews
    ]  # fmt: skip
    listed = placed(struct.pack(f"{order}{len(subs)}I", *subs)) if len(subs) > 1 else subs[0]
    xmp_at = placed(xmp)
    # the first directory, moved to the end with two entries more
    start = struct.unpack_from(f"{order}I", head, 4)[0]
    count = struct.unpack_from(f"{order}H", head, start)[0]
    entries = [
        struct.unpack_from(f"{order}HHII", head, start + 2 + 12 * index) for index in range(count)
    ]
    entries = [entry for entry in entries if entry[0] not in (0x014A, 0x02BC)]
    entries += [(0x014A, _LONG, len(subs), listed), (0x02BC, _BYTES, len(xmp), xmp_at)]
    struct.pack_into(f"{order}I", head, 4, ifd(entries))
    path = photo.with_suffix(".DNG")
    path.write_bytes(head[: len(head) - cut])
    return path


NADIR = {"GimbalYawDegree": "+45.0", "GimbalPitchDegree": "-90.0", "RelativeAltitude": "+58.5"}


def test_the_largest_preview_of_a_raw_file_is_looked_at(make_photo, site):
    small = make_photo("small.jpg", size=(80, 45), dji=NADIR).read_bytes()
    photo = make_photo(dji=NADIR)
    path = dng(photo, [small, photo.read_bytes()])
    frame, same = read_frame(path, site), read_frame(photo, site)
    assert (frame.width_px, frame.height_px) == (160, 90)
    assert (frame.pose, frame.taken_at_utc, frame.camera) == (
        same.pose, same.taken_at_utc, same.camera,
    )  # fmt: skip
    assert frame.pose.pitch_deg == -90
    assert decode_bgr(path).shape == (90, 160, 3)
    assert picture_size(path) == PictureSize(160, 90)  # not the mosaic's 640 x 360


def test_a_broken_preview_is_passed_over(make_photo, site):
    photo = make_photo(dji=NADIR)
    small = make_photo("small.jpg", size=(80, 45), dji=NADIR).read_bytes()
    path = dng(photo, [small, photo.read_bytes()[:-200]])
    assert read_frame(path, site).width_px == 80


def test_a_raw_file_without_a_whole_preview_is_refused(make_photo, site):
    photo = make_photo(dji=NADIR)
    path = dng(photo, [photo.read_bytes()[:-200]])
    with pytest.raises(PhotoError, match="no JPEG preview that is whole"):
        read_frame(path, site)
