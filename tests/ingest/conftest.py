"""Small JPEG photos with the tags a test asks for, and the field photos where they are at hand."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from PIL import Image

from ingest.camera import CameraIntrinsics
from ingest.lonlat import LonLat
from ingest.pose import CameraPose, HeightSource
from ingest.projection import SeaView
from ingest.site_reference import SiteReference

LIBONG = LonLat(99.40, 7.25)
PhotoMaker = Callable[..., Path]
ViewMaker = Callable[..., SeaView]

_IMAGE_TAGS = {"make": 0x010F, "model": 0x0110, "software": 0x0131, "changed": 0x0132}
_EXIF_TAGS = {
    "taken": 0x9003,
    "offset": 0x9011,
    "subseconds": 0x9291,
    "focal_mm": 0x920A,
    "width": 0xA002,
    "plane_resolution": 0xA20E,
    "plane_unit": 0xA210,
    "zoom": 0xA404,
    "focal_35mm": 0xA405,
}
DEFAULT_TAGS = {
    "make": "DJI",
    "model": "FC300S",
    "taken": "2026:02:03 10:00:00",
    "focal_mm": 3.61,
    "focal_35mm": 20,
    "lon": LIBONG.lon,
    "lat": LIBONG.lat,
    "altitude": 60.0,
}


def _xmp(dji: Mapping[str, object], pix4d: Mapping[str, object]) -> bytes:
    """A packet of `drone-dji` attributes, as DJI writes, and `Camera` elements, as ExifTool."""
    attributes = " ".join(f'drone-dji:{name}="{value}"' for name, value in dji.items())
    elements = "".join(f"<Camera:{name}>{v}</Camera:{name}>" for name, v in pix4d.items())
    return (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/">'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description '
        'xmlns:drone-dji="http://www.dji.com/drone-dji/1.0/" '
        f'xmlns:Camera="http://pix4d.com/camera/1.0" {attributes}>{elements}'
        "</rdf:Description></rdf:RDF></x:xmpmeta>"
    ).encode()


def _sexagesimal(degrees: float) -> tuple[float, float, float]:
    minutes = abs(degrees) % 1 * 60
    return int(abs(degrees)), int(minutes), minutes % 1 * 60


def _gps_tags(tags: Mapping[str, object]) -> dict[int, object]:
    gps: dict[int, object] = {}
    if isinstance(tags.get("lon"), float) and isinstance(tags.get("lat"), float):
        gps |= {1: "N" if tags["lat"] >= 0 else "S", 2: _sexagesimal(tags["lat"])}
        gps |= {3: "E" if tags["lon"] >= 0 else "W", 4: _sexagesimal(tags["lon"])}
    if isinstance(tags.get("altitude"), float):
        gps |= {5: b"\1" if tags["altitude"] < 0 else b"\0", 6: abs(tags["altitude"])}
    if "gps_date" in tags:
        gps |= {7: tags["gps_time"], 29: tags["gps_date"]}
    if "gps_error" in tags:
        gps[31] = tags["gps_error"]
    return gps


@pytest.fixture
def make_photo(tmp_path: Path) -> PhotoMaker:
    """Write a small JPEG; a tag given as None is left out of the defaults."""

    def make(
        name: str = "photo.jpg",
        *,
        size: tuple[int, int] = (160, 90),
        grey: int = 100,
        xmp: bytes | None = None,
        dji: Mapping[str, object] | None = None,
        pix4d: Mapping[str, object] | None = None,
        progressive: bool = False,
        **changes: object,
    ) -> Path:
        tags = {key: v for key, v in (DEFAULT_TAGS | changes).items() if v is not None}
        exif = Image.Exif()
        exif.update({code: tags[key] for key, code in _IMAGE_TAGS.items() if key in tags})
        exif.get_ifd(0x8769).update({c: tags[key] for key, c in _EXIF_TAGS.items() if key in tags})
        exif.get_ifd(0x8825).update(_gps_tags(tags))
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        picture = Image.radial_gradient("L").resize(size).point(lambda v: (v + grey) % 256)
        xmp = _xmp(dji or {}, pix4d or {}) if xmp is None and (dji or pix4d) else xmp
        options = {} if xmp is None else {"xmp": xmp}
        picture.convert("RGB").save(
            path, "JPEG", exif=exif, progressive=progressive, quality=90, **options
        )
        return path

    return make


@pytest.fixture
def site() -> SiteReference:
    return SiteReference(ZoneInfo("Asia/Bangkok"), -17.0, 1.5, 0.8)


@pytest.fixture
def make_view() -> ViewMaker:
    """A SeaView over Ko Libong: 4000 x 3000 px, 2400 px focal length, 60 m up, looking down."""

    def make(**changes: float) -> SeaView:
        pose = {
            "height_above_sea_m": 60.0,
            "yaw_deg": 0.0,
            "pitch_deg": -90.0,
            "roll_deg": 0.0,
            "position_sigma_m": 4.0,
            "height_sigma_m": 2.0,
            "yaw_sigma_deg": 3.0,
            "tilt_sigma_deg": 1.0,
        }
        camera = CameraIntrinsics("", "", 4000, 3000, 2400.0, (2000.0, 1500.0), 0.02, "calibrated")
        return SeaView(
            camera,
            CameraPose(position=LIBONG, height_source=HeightSource.RELATIVE, **(pose | changes)),
        )

    return make


@pytest.fixture(scope="session")
def field_photos() -> Path:
    folder = os.environ.get("LIBONG_FIELD_DATA")
    if not folder or not (Path(folder) / "photos").is_dir():
        pytest.skip("LIBONG_FIELD_DATA does not name a folder with field photos")
    return Path(folder) / "photos"
