"""Rendered flights that are kept between runs: rendered where there are none, or others than now.

A flight's folder holds its frames, `truth.json`, and the mark of what drew it, written last.
"""

import json
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

import cv2

from detection.evaluation.rendered_truth import FILE_NAME
from detection.own_processes import side_by_side
from detection.training.flight import render_flight
from detection.training.flight_plan import FlightPlan
from detection.training.render_mark import MARK_FILE, RenderMark, mark_in
from ingest.errors import LibongError

log = logging.getLogger(__name__)

_FRAMES = "LIBONG_*.JPG"
# What `frame_metadata` writes into each frame as its software, and how far from the file's start.
_RENDERED = b"Libong Watch renderer"
_HEADER_BYTES = 4096


class RenderFolderError(LibongError, ValueError):
    """A folder for a rendered flight that holds what no renderer of ours wrote."""


def keep_flights(
    plans: Mapping[Path, FlightPlan],
    *,
    processes: int = 2,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> tuple[Path, ...]:
    """Render each plan into its folder, unless just that is there; returns the folders.

    What another version of the renderer drew, or one of which nothing is known, is drawn anew in
    its place, and a line logged; other files in the folders stay. `on_progress` is told (flights
    rendered, flights to render).

    Raises:
        RenderFolderError: when what is to be written over is no render; nothing is rendered then.
    """
    missing = {
        folder: mark
        for folder, plan in plans.items()
        if mark_in(folder) != (mark := RenderMark.of(render_flight.__module__, plan))
        or not (folder / FILE_NAME).is_file()
    }
    outdated = [folder for folder in missing if _holds_a_render(folder)]
    if outdated:
        log.warning(
            "%d %s in %s drawn by another version of the renderer: drawing anew",
            len(outdated),
            "flight is" if len(outdated) == 1 else "flights are",
            outdated[0].parent,
        )
    jobs = [(folder, plans[folder], mark) for folder, mark in missing.items()]
    with side_by_side(_draw, jobs, processes) as drawn:
        for done, _ in enumerate(drawn, start=1):
            on_progress(done, len(jobs))
    return tuple(plans)


def mark_of_flights(plans: Iterable[FlightPlan]) -> str:
    """Sixteen digits that are others when any flight of these plans would be drawn anew."""
    return str(RenderMark.of(render_flight.__module__, tuple(plans)))


def _draw(job: tuple[Path, FlightPlan, RenderMark]) -> None:
    folder, plan, mark = job
    cv2.setNumThreads(1)
    # the truth goes first: a folder without it is unfinished, whatever else is in it
    for name in (FILE_NAME, MARK_FILE):
        (folder / name).unlink(missing_ok=True)
    for frame in _rendered_frames(folder):
        frame.unlink()
    render_flight(plan, folder)
    mark.write(folder)


def _holds_a_render(folder: Path) -> bool:
    """Whether a whole render is there; raises RenderFolderError for what is none of ours."""
    truth = folder / FILE_NAME
    foreign = [] if not truth.is_file() or _is_of_a_render(truth) else [truth]
    foreign += sorted({*folder.glob(_FRAMES)} - {*_rendered_frames(folder)})
    if foreign:
        raise RenderFolderError(
            f"{foreign[0]} is to be rendered, but what is there was not written by the renderer; "
            "move it away, or name another folder for rendered flights"
        )
    return truth.is_file()


def _is_of_a_render(truth: Path) -> bool:
    try:
        told = json.loads(truth.read_bytes())
    except ValueError:
        return False
    return isinstance(told, dict) and told.get("synthetic") is True


def _rendered_frames(folder: Path) -> Iterator[Path]:
    """The frames that say of themselves that they are rendered; an empty one was begun by us."""
    for path in folder.glob(_FRAMES):
        with path.open("rb") as file:
            header = file.read(_HEADER_BYTES)
        if not header or _RENDERED in header:
            yield path
