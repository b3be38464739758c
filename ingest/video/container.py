"""A video file: what kind it is, whether it is whole, and what it tells of itself."""

from bisect import bisect_left
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

import av
from av.container import InputContainer
from av.video.codeccontext import VideoCodecContext

from ingest.errors import VideoError

_SNIFFED_BYTES = 512
# Still pictures in the same kind of file (ISO 23008-12, AVIF, Canon's CR3) are no videos.
_PICTURE_BRANDS = frozenset(
    {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"avif", b"avis"}
    | {b"crx "}
)
_MP4_BOXES = frozenset({b"ftyp", b"moov", b"mdat", b"wide", b"pnot"})
_MATROSKA, _TS_SYNC, _TS_PACKETS = b"\x1a\x45\xdf\xa3", 0x47, ((0, 188), (4, 192))
# Clocks that were never set stand at the beginning of their count: 1904, 1970, or a firmware's day.
_FIRST_YEAR = 2005
_DEVICE_TAGS = (
    "model", "com.apple.quicktime.model", "com.android.model", "encoder", "make", "comment",
)  # fmt: skip
_MOST_PIXELS = 16_384 * 8_640  # more than any drone films: a broken header, or a trap


@dataclass(frozen=True)
class VideoFacts:
    """What a video file tells of itself, before a picture is decoded.

    `width_px` x `height_px` is the coded picture; `duration_s` and `keyframes_s` (rising; empty
    where the file has no index) count from the first picture; `frames` is 0 where it is not told.
    `created` is the file's creation time, aware, as if it were UTC, which not all drones write.
    `device` is what the file calls its maker; `tracks` are the codecs or names of what lies beside
    pictures and sound.
    """

    path: Path
    codec: str
    width_px: int
    height_px: int
    duration_s: float
    frame_rate: float
    frames: int
    keyframes_s: tuple[float, ...]
    created: datetime | None
    device: str
    tracks: tuple[str, ...]

    def keyframe_at_or_after(self, time_s: float) -> float | None:
        """The first key frame that is not earlier; None when there is none, or no index."""
        index = bisect_left(self.keyframes_s, time_s)
        return self.keyframes_s[index] if index < len(self.keyframes_s) else None

    def keyframe_before(self, time_s: float) -> float | None:
        """The last key frame that is not later; None when there is none, or no index."""
        index = bisect_left(self.keyframes_s, time_s + 1e-6)
        return self.keyframes_s[index - 1] if index else None


def is_video(path: Path) -> bool:
    """Whether a file begins as videos do, whatever its name; False when it cannot be read."""
    return _demuxer(path) is not None


@contextmanager
def opened(path: Path) -> Iterator[InputContainer]:
    """Open a video; every failure of the library within is a VideoError.

    The reader is chosen by the file's first bytes: left to guess, the library would also read
    playlists, which name other files and addresses.
    """
    demuxer = _demuxer(path)
    if demuxer is None:
        raise VideoError("video_damaged", "the file does not begin as an MP4, MOV, MKV, AVI or TS")
    if demuxer == "mov":
        _check_whole_mp4(path)
    try:
        with (
            path.open("rb") as stream,
            # firmware writes tags in codes of its own
            av.open(stream, "r", format=demuxer, metadata_errors="replace") as container,
        ):
            yield container
    except av.FFmpegError as error:
        raise VideoError(
            "video_damaged", f"the video cannot be read: {error.strerror or error}"
        ) from error
    except OSError as error:
        raise VideoError("unreadable", f"the file cannot be read: {error.strerror}") from error


def read_facts(path: Path) -> VideoFacts:
    """Read a video's index and tags; raises VideoError.

    Codes: `unreadable`, `video_cut_short`, `video_damaged`, `no_pictures`.
    """
    with opened(path) as container:
        return _facts(path, container)


def _facts(path: Path, container: InputContainer) -> VideoFacts:
    if not container.streams.video:
        raise VideoError("no_pictures", "the file holds no pictures, only sound or data")
    stream = container.streams.video[0]
    coder: VideoCodecContext | None = stream.codec_context
    if coder is None:
        raise VideoError(
            "video_damaged", "its pictures are coded in a way that is not known, or the file broke"
        )
    if not 0 < coder.width * coder.height <= _MOST_PIXELS:
        raise VideoError(
            "video_damaged",
            f"a picture must have 1 to {_MOST_PIXELS} pixels; got {coder.width} x {coder.height}",
        )
    tick_s = float(stream.time_base or 0)
    if stream.duration:
        duration_s = float(stream.duration * tick_s)
    else:
        duration_s = (container.duration or 0) / av.time_base
    if duration_s <= 0:
        raise VideoError("no_pictures", "the video is 0 seconds long: nothing was recorded")
    # the index counts when pictures are decoded, some pictures before they are shown; the first
    # of both is the same picture
    entries = [entry.timestamp for entry in stream.index_entries if entry.is_keyframe]
    first = min(entries, default=0)
    metadata = {key.lower(): value for key, value in container.metadata.items()}
    return VideoFacts(
        path=path,
        codec=coder.name,
        width_px=coder.width,
        height_px=coder.height,
        duration_s=duration_s,
        frame_rate=float(stream.average_rate or stream.guessed_rate or 0) or 30.0,
        frames=stream.frames,
        keyframes_s=tuple(sorted((entry - first) * tick_s for entry in entries)),
        created=_created(metadata) or _created(dict(stream.metadata)),
        device=" ".join(metadata[tag] for tag in _DEVICE_TAGS if metadata.get(tag)),
        tracks=tuple(_track_names(path, container)),
    )


def _track_names(path: Path, container: InputContainer) -> Iterator[str]:
    for stream in container.streams:
        if stream.type == "subtitle" and stream.codec_context is not None:
            yield stream.codec_context.name
        elif stream.type == "data":
            yield stream.metadata.get("handler_name", "data")
    described = _track_descriptions(path)
    for name in ("djmd", "dbgi"):
        if name.encode() in described:
            yield name


def _created(metadata: dict[str, str]) -> datetime | None:
    text = metadata.get("creation_time") or metadata.get("com.apple.quicktime.creationdate")
    try:
        created = datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
    if created is None or created.year < _FIRST_YEAR:
        return None
    return created.replace(tzinfo=UTC) if created.tzinfo is None else created.astimezone(UTC)


def _demuxer(path: Path) -> str | None:
    try:
        with path.open("rb") as stream:
            first = stream.read(_SNIFFED_BYTES)
    except OSError:
        return None
    if first[4:8] in _MP4_BOXES and first[8:12] not in _PICTURE_BRANDS:
        return "mov"
    if first.startswith(_MATROSKA):
        return "matroska"
    if first.startswith(b"RIFF") and first[8:12] == b"AVI ":
        return "avi"
    for offset, length in _TS_PACKETS:
        if len(first) > offset + length and first[offset] == first[offset + length] == _TS_SYNC:
            return "mpegts"
    return None


def _check_whole_mp4(path: Path) -> None:
    """Raise VideoError for a file without its index, which a recorder writes at the very end."""
    try:
        with path.open("rb") as stream:
            size = stream.seek(0, 2)
            whole = [name for name, at, length in _boxes(stream) if at + length <= size]
    except OSError as error:
        raise VideoError("unreadable", f"the file cannot be read: {error.strerror}") from error
    if b"moov" not in whole:
        raise VideoError(
            "video_cut_short",
            "the video's index (moov), which is written when a recording ends, is not whole: "
            "the recording or the copy was cut short",
        )


def _boxes(stream: BinaryIO) -> Iterator[tuple[bytes, int, int]]:
    """Name, first byte and length of an MP4's outermost boxes, as far as they follow each other."""
    size = stream.seek(0, 2)
    at = 0
    while at + 8 <= size:
        stream.seek(at)
        head = stream.read(16)
        length = int.from_bytes(head[:4], "big")
        if length == 1:
            length = int.from_bytes(head[8:16], "big")
        elif length == 0:
            length = size - at
        if length < 8:
            return
        yield head[4:8], at, length
        at += length


def _track_descriptions(path: Path) -> bytes:
    """The index of an MP4, in which DJI's own data tracks can be told by their four letters."""
    most_bytes = 64 << 20
    with path.open("rb") as stream:
        for name, at, length in _boxes(stream):
            if name == b"moov":
                stream.seek(at)
                return stream.read(min(length, most_bytes))
    return b""
