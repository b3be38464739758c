"""A flight without its originals, in one ZIP: what was read and found, and small pictures of it.

The same flight gives the same bytes, so that sending it again sends nothing. Nothing that a bundle
says is believed before its parts have the hashes that it lists, and agree with each other.
"""

import json
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ingest.errors import LibongError, PhotoError
from ingest.flight import flight_id_of
from ingest.jpeg import is_whole, read_jpeg_head
from libong.flight_record import FlightRecord, read_record, record_document

SUFFIX = ".libong"
FORMAT = "libong-watch field bundle 1"

_CONTENTS, _FLIGHT = "bundle.json", "flight.json"
_EARLIEST = (1980, 1, 1, 0, 0, 0)  # the first time a ZIP can tell
_SHA256 = "^[0-9a-f]{64}$"
# Ten thousand frames, the most of a flight, with a few finds each, are 40 MB.
_MOST_RECORD_BYTES = 256 << 20
_MOST_CONTENTS_BYTES = 16 << 20
_MOST_PICTURE_BYTES = 4 << 20
_MOST_PICTURE_SIDE_PX = 4096
# What Python's reader raises on a ZIP with a few bytes changed; see ingest.archive.
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    ValueError,
    NotImplementedError,
    KeyError,
    RuntimeError,  # an entry that is marked as encrypted
)


class BundleError(LibongError, ValueError):
    """A bundle that is damaged, was changed, or is none."""


class _Contents(BaseModel):
    """What a bundle says of itself."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: str
    flight_sha256: str = Field(pattern=_SHA256)
    crops: dict[str, str]
    pictures: dict[str, str]


@dataclass(frozen=True)
class Bundle:
    """A flight as it is sent from the field.

    `crops` are the pictures' hashes by sighting id, `pictures` those of small pictures of whole
    frames by the frame's hash; `jpegs` are their bytes by hash.
    """

    record: FlightRecord
    crops: Mapping[str, str]
    pictures: Mapping[str, str]
    jpegs: Mapping[str, bytes]


def write_bundle(bundle: Bundle) -> bytes:
    """Return the bytes of a bundle."""
    record = record_document(bundle.record)
    contents = {
        "format": FORMAT,
        "flight_sha256": sha256(record).hexdigest(),
        "crops": dict(bundle.crops),
        "pictures": dict(bundle.pictures),
    }
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        _add(file, _CONTENTS, json.dumps(contents, sort_keys=True).encode(), zipfile.ZIP_DEFLATED)
        _add(file, _FLIGHT, record, zipfile.ZIP_DEFLATED)
        for name in sorted(bundle.jpegs):
            # deflating a JPEG only costs time
            _add(file, _jpeg_name(name), bundle.jpegs[name], zipfile.ZIP_STORED)
    return out.getvalue()


def read_bundle(path: Path) -> Bundle:
    """Return what a bundle holds, every part checked against its hash; raises BundleError."""
    try:
        with zipfile.ZipFile(path) as file:
            return _read(file)
    except _BROKEN as error:
        if isinstance(error, LibongError):
            raise
        raise BundleError(f"the bundle is damaged ({error}); sync the flight again") from error


def _read(file: zipfile.ZipFile) -> Bundle:
    contents = _contents(_part(file, _CONTENTS, _MOST_CONTENTS_BYTES))
    document = _part(file, _FLIGHT, _MOST_RECORD_BYTES)
    if sha256(document).hexdigest() != contents.flight_sha256:
        raise _changed(_FLIGHT)
    record = read_record(document)
    _check_id(record)
    shown = {frame.sha256 for frame in record.flight.frames}
    if not set(contents.pictures) <= shown:
        raise BundleError("the bundle has a picture of a frame that is not in its flight")
    names = {*contents.crops.values(), *contents.pictures.values()}
    if sorted(file.namelist()) != sorted([_CONTENTS, _FLIGHT, *map(_jpeg_name, names)]):
        raise BundleError("the bundle holds other files than it lists; sync the flight again")
    jpegs = {name: _jpeg(file, name) for name in sorted(names)}
    return Bundle(record, contents.crops, contents.pictures, jpegs)


def _check_id(record: FlightRecord) -> None:
    """Raise BundleError for a flight whose id is not that of the files it is said to be of.

    Whoever could choose an id could keep another flight from being logged.
    """
    flight = record.flight
    own = {f.sha256 if f.video is None else f.video.sha256 for f in flight.frames}
    own |= {refused.sha256 for refused in flight.refused if refused.sha256 is not None}
    files = set(flight.file_sha256s) or own  # earlier versions told of no other files
    if not own <= files or flight_id_of(files) != flight.flight_id:
        raise BundleError(
            f"the bundle's flight {flight.flight_id} is not of the files that it names; bring both "
            "sides to the same version, process the flight again and sync it"
        )


def _contents(data: bytes) -> _Contents:
    try:
        contents = _Contents.model_validate_json(data)
    except ValidationError as error:
        raise BundleError("the bundle's list of contents cannot be read") from error
    if contents.format != FORMAT:
        raise BundleError(
            f"a bundle must be of the format {FORMAT!r}; got {contents.format[:80]!a}: "
            "bring both sides to the same version"
        )
    return contents


def _jpeg(file: zipfile.ZipFile, name: str) -> bytes:
    data = _part(file, _jpeg_name(name), _MOST_PICTURE_BYTES)
    if sha256(data).hexdigest() != name:
        raise _changed(_jpeg_name(name))
    try:
        head = read_jpeg_head(BytesIO(data))
        whole = is_whole(BytesIO(data), head.scan_offset)
    except PhotoError as error:
        raise BundleError(f"the bundle's {_jpeg_name(name)} is no JPEG: {error}") from error
    if not whole or max(head.width_px, head.height_px) > _MOST_PICTURE_SIDE_PX:
        raise BundleError(f"the bundle's {_jpeg_name(name)} is cut short or too large")
    return data


def _part(file: zipfile.ZipFile, name: str, most_bytes: int) -> bytes:
    with file.open(name) as part:
        data = part.read(most_bytes + 1)
    if len(data) > most_bytes:
        raise BundleError(f"the bundle's {name} may have {most_bytes} bytes; it has more")
    return data


def _add(file: zipfile.ZipFile, name: str, data: bytes, compression: int) -> None:
    entry = zipfile.ZipInfo(name, _EARLIEST)
    entry.create_system = 3
    entry.compress_type = compression
    file.writestr(entry, data)


def _jpeg_name(name: str) -> str:
    return f"pictures/{name}.jpg"


def _changed(name: str) -> BundleError:
    return BundleError(
        f"the bundle's {name} was changed after the bundle was made; sync the flight again"
    )
