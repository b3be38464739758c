"""The sharpest picture near each chosen moment of a video, written as a JPEG.

Decoding is what costs: the reader jumps to the key frame before each moment and decodes a few
pictures from there, and never holds more than two.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import av
import cv2
import numpy as np
import numpy.typing as npt
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from ingest.disk_room import room_needed
from ingest.errors import VideoError
from ingest.video.container import VideoFacts, opened
from ingest.video.sampling import SampleTime

# Pictures to choose from: some five of a usual film, in which a shaking hand or gimbal is still
# for one. A boat at 15 knots moves 1.5 m meanwhile, and the picture's own time is kept.
WINDOW_S = 0.2
JPEG_QUALITY = 92
_LOOK_WIDTH_PX = 960  # sharpness of one scene compares well on a reduced picture
_EARLY_S = 0.001
_JPEG_START = b"\xff\xd8"

Picture = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Still:
    """A picture of a video: `offset_s` after its first, `path` and `sha256` of the JPEG."""

    path: Path
    sha256: str
    offset_s: float
    width_px: int
    height_px: int


@dataclass(frozen=True)
class _Window:
    """Pictures from `start_s` up to `end_s` are candidates."""

    start_s: float
    end_s: float


def take_stills(
    facts: VideoFacts,
    video_sha256: str,
    moments: Sequence[SampleTime],
    folder: Path,
    on_progress: Callable[[int, int], None] | None = None,
) -> Iterator[Still]:
    """Write the sharpest picture near each moment into a folder, in order of time.

    Each JPEG's comment names the video by its SHA-256 and the time in it, so that equal pictures
    make different files. Pictures that the decoder calls damaged are passed over, and a moment
    without any gives none. Raises VideoError when the video cannot be decoded at all.
    """
    folder.mkdir(parents=True, exist_ok=True)
    windows = [_window(facts, moment) for moment in moments]
    last_s = -1.0
    with opened(facts.path) as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        reader = _Reader(container, stream, facts)
        for done, window in enumerate(windows):
            if on_progress is not None:
                on_progress(done, len(windows))
            found = _sharpest(reader.pictures(window))
            if found is None or found[0] <= last_s:
                continue
            last_s, picture = found
            yield _written(picture, last_s, video_sha256, facts, folder)
        if on_progress is not None:
            on_progress(len(windows), len(windows))


def sharpness(grey: Picture) -> float:
    """Variance of the Laplacian: only for comparing pictures of one scene."""
    return float(cv2.Laplacian(grey, cv2.CV_64F).var())


def _window(facts: VideoFacts, moment: SampleTime) -> _Window:
    """The window about a moment, moved within its tolerance to begin at a key frame."""
    start_s = max(moment.time_s - WINDOW_S / 2, 0.0)
    for keyframe_s in (
        facts.keyframe_at_or_after(start_s),
        facts.keyframe_before(start_s),
    ):
        if keyframe_s is not None and abs(keyframe_s - start_s) <= moment.tolerance_s:
            start_s = keyframe_s
            break
    return _Window(start_s, start_s + WINDOW_S)


class _Reader:
    """Decodes on from where it is, or jumps, whichever means fewer pictures."""

    def __init__(self, container: InputContainer, stream: VideoStream, facts: VideoFacts) -> None:
        self._container, self._stream, self._facts = container, stream, facts
        self._tick_s = float(stream.time_base or 1)
        self._start = stream.start_time or 0
        self._decoded: Iterator[VideoFrame] = container.decode(stream)
        self._at_s = -1.0  # of the last decoded picture
        self._ahead: tuple[float, VideoFrame] | None = None
        self._count = 0

    def pictures(self, window: _Window) -> Iterator[tuple[float, VideoFrame]]:
        """The pictures of a window with their times; none where they cannot be decoded."""
        keyframe_s = self._facts.keyframe_before(window.start_s)
        if keyframe_s is not None and keyframe_s > self._at_s:
            self._jump(keyframe_s)
        for time_s, frame in self._following():
            if time_s > window.end_s:
                self._ahead = time_s, frame
                return
            if time_s >= window.start_s - _EARLY_S and not frame.is_corrupt:
                yield time_s, frame

    def _following(self) -> Iterator[tuple[float, VideoFrame]]:
        if self._ahead is not None:
            ahead, self._ahead = self._ahead, None
            yield ahead
        while True:
            try:
                frame = next(self._decoded, None)
            except av.FFmpegError:
                return  # the data here are damaged; a later window may begin at a good key frame
            if frame is None:
                return
            self._count += 1
            if frame.pts is None:
                self._at_s = (self._count - 1) / self._facts.frame_rate
            else:
                self._at_s = (frame.pts - self._start) * self._tick_s
            yield self._at_s, frame

    def _jump(self, keyframe_s: float) -> None:
        self._ahead = None
        target = round(keyframe_s / self._tick_s) + self._start
        self._container.seek(target, stream=self._stream, backward=True)
        self._decoded = self._container.decode(self._stream)


def _sharpest(
    pictures: Iterator[tuple[float, VideoFrame]],
) -> tuple[float, VideoFrame] | None:
    best: tuple[float, VideoFrame] | None = None
    best_sharpness = -1.0
    for time_s, frame in pictures:
        width = min(frame.width, _LOOK_WIDTH_PX)
        height = max(round(frame.height * width / frame.width), 1)
        measured = sharpness(
            np.asarray(frame.reformat(width, height, "gray").to_ndarray(), dtype=np.uint8)
        )
        if measured > best_sharpness:
            best, best_sharpness = (time_s, frame), measured
    return best


def _written(
    frame: VideoFrame, offset_s: float, video_sha256: str, facts: VideoFacts, folder: Path
) -> Still:
    pixels = np.asarray(frame.to_ndarray(format="bgr24"), dtype=np.uint8)
    # cameras hung upside down, and phones, say how their pictures are to be turned
    pixels = np.ascontiguousarray(np.rot90(pixels, round(frame.rotation / 90)))
    ok, encoded = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    if not ok:
        raise VideoError("video_damaged", f"the picture at {offset_s:.3f} s cannot be written")
    comment = f"picture at {offset_s:.3f} s of the video with SHA-256 {video_sha256}".encode()
    segment = b"\xff\xfe" + (len(comment) + 2).to_bytes(2, "big") + comment
    data = _JPEG_START + segment + encoded.tobytes().removeprefix(_JPEG_START)
    path = folder / f"{facts.path.stem}_{offset_s:08.3f}s.jpg"
    try:
        with room_needed(
            "there is no room on the disk for a video's stills; make room, or set TMPDIR to a "
            "folder with some"
        ):
            path.write_bytes(data)
    except OSError as error:
        raise VideoError("unwritable", f"a still cannot be written: {error.strerror}") from error
    height_px, width_px = pixels.shape[:2]
    return Still(path, hashlib.sha256(data).hexdigest(), offset_s, width_px, height_px)
