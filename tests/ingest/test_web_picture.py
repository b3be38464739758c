"""PNG and WebP that kept their metadata, and other formats beside JPEG."""

from io import BytesIO

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from ingest.errors import PhotoError
from ingest.flight import read_photo
from ingest.frame import Frame
from ingest.photo import read_frame
from ingest.picture import read_picture_head
from ingest.pixels import decode_bgr

from .maker_photos import FOCAL_35MM, FOCAL_MM, MakerPhoto, dji

SIZE = (160, 120)


def reformatted(tmp_path, kind):
    """A photo of a Mavic Pro as a program writes it in another format, with its metadata."""
    photo = MakerPhoto(SIZE, "DJI", "FC220", dji(), {FOCAL_MM: 4.73, FOCAL_35MM: 26})
    with Image.open(photo.write(tmp_path / "original.jpg")) as original:
        exif, xmp = original.info["exif"], original.info["xmp"]
    path = tmp_path / f"photo.{kind.lower()}"
    options = {"exif": exif}
    if kind == "PNG":
        options["pnginfo"] = PngInfo()
        options["pnginfo"].add_itxt("XML:com.adobe.xmp", xmp.decode())
    else:
        options["xmp"] = xmp
    if kind == "MPO":
        options |= {"save_all": True, "append_images": [Image.new("RGB", SIZE)]}
    Image.radial_gradient("L").resize(SIZE).convert("RGB").save(path, kind, **options)
    return path


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "MPO"])
def test_other_formats_keep_what_a_photo_tells(tmp_path, site, kind):
    path = reformatted(tmp_path, kind)
    frame = read_photo(path, site)
    assert isinstance(frame, Frame), frame
    assert (frame.width_px, frame.height_px) == SIZE
    assert frame.pose.yaw_deg == 45.0
    assert frame.pose.height_source == "relative_altitude"
    assert decode_bgr(path, scale_denominator=4).shape == (30, 40, 3)


@pytest.mark.parametrize("lossless", [True, False])
def test_a_webp_without_metadata_tells_its_size(lossless):
    stream = BytesIO()
    Image.new("RGB", (33, 21), "teal").save(stream, "WEBP", lossless=lossless)
    head = read_picture_head(BytesIO(stream.getvalue()))
    assert (head.width_px, head.height_px, head.xmp) == (33, 21, ())


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_a_picture_cut_short_is_refused(tmp_path, site, kind):
    path = reformatted(tmp_path, kind)
    data = path.read_bytes()
    for part in (0.98, 0.6, 0.1):
        path.write_bytes(data[: int(len(data) * part)])
        with pytest.raises(PhotoError) as refused:
            read_frame(path, site)
        assert refused.value.code in {"truncated", "damaged"}


def test_a_png_that_never_ends_its_parts_is_refused():
    part = (0).to_bytes(4, "big") + b"tEXt" + bytes(4)
    with pytest.raises(PhotoError, match="too many parts"):
        read_picture_head(BytesIO(b"\x89PNG\r\n\x1a\n" + part * 200_000))


@pytest.mark.parametrize(
    ("beginning", "name"), [(b"GIF89a" + bytes(20), "a GIF"), (b"%PDF-1.7" + bytes(20), "a PDF")]
)
def test_formats_that_are_not_read_are_named(tmp_path, site, beginning, name):
    path = tmp_path / "photo.jpg"
    path.write_bytes(beginning)
    with pytest.raises(PhotoError, match=name) as refused:
        read_frame(path, site)
    assert refused.value.code == "unsupported_format"
