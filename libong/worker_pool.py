"""Where a worker's frames are searched: a process of its own, which may die without the worker.

A cluster's executor can take its place: what is submitted are functions of modules with arguments
that can be pickled, over files that both can read.
"""

import multiprocessing
from collections.abc import Sequence
from concurrent.futures import Executor
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

from detection import boat_network
from detection.detector import Detector
from detection.engine import RawOutput, TileBGR
from detection.errors import ModelError
from detection.frame_look import FrameLook, look_at
from detection.manifest import Manifest, Model
from detection.own_processes import own_processes
from ingest.errors import PhotoError
from ingest.flight import read_flight
from ingest.frame import Frame, Note
from ingest.pixels import decode_bgr
from ingest.site_reference import SiteReference
from libong.open_models import detector_of
from libong.settings import read_settings


def process_pool() -> Executor:
    """Return an executor with one process of its own; OpenVINO uses all cores by itself."""
    return own_processes(1)


def end_processes() -> None:
    """End the processes that this one started, also those that hang."""
    for process in multiprocessing.active_children():
        process.kill()


def search_frame(frame: Frame, model: Model) -> FrameLook | Note:
    """Search a frame with the model that is told; a Note says why it cannot be."""
    return look_or_note(frame, _detector(model))


def look_or_note(frame: Frame, detector: Detector) -> FrameLook | Note:
    """Search a frame; what is wrong with it is an answer, since errors do not travel well."""
    try:
        return look_at(frame, detector)
    except PhotoError as error:
        return Note(error.code, str(error))


def try_to_read(path: Path, site: SiteReference) -> None:
    """Read a file as a flight of its own, with its pixels: one that ends the process shows itself.

    A worker decodes pictures in its own process, too, to compare and to crop them.
    """
    with TemporaryDirectory(prefix="libong-") as unpacked:
        for frame in read_flight([path], site, work_folder=Path(unpacked)).frames:
            with suppress(PhotoError):  # it is refused by name when it is searched
                decode_bgr(frame.path)


class _ElsewhereEngine:
    """Stands for a network that other processes run, so that its weights are loaded only there."""

    def __init__(self, input_px: int, outputs: int) -> None:
        self.input_px, self.outputs = input_px, outputs

    def infer(self, tiles: Sequence[TileBGR]) -> list[RawOutput]:
        raise ModelError("this process searches no frames; its executor's processes do")


def detector_elsewhere(manifest: Manifest) -> Detector:
    """Return a detector that knows its model and leaves the searching to `search_frame`."""
    boats = _ElsewhereEngine(manifest.input_px, boat_network.OUTPUTS)
    return Detector(
        _ElsewhereEngine(manifest.input_px, 4 + len(manifest.classes)),
        manifest,
        boat_engine=boats if manifest.boat_network is not None else None,
    )


@lru_cache(maxsize=1)  # the networks of one model are memory enough
def _detector(model: Model) -> Detector:
    return detector_of(model, precision=read_settings().precision)
