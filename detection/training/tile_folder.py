"""A folder of training tiles in YOLO's layout, rendered so far as they are not there yet.

`tiles.jsonl` names each tile as soon as it is written, so that rendering that was stopped goes on.
"""

import json
import logging
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import cv2

from detection.own_processes import side_by_side
from detection.training.dataset import CLASSES, TilePlan, label_lines, make_tile, tile_name
from detection.training.render_mark import RenderMark, mark_in
from ingest.errors import LibongError

log = logging.getLogger(__name__)

DATA_FILE = "data.yaml"
_SUMMARY_FILE = "summary.json"
_RECORD_FILE = "tiles.jsonl"


class TileFolderError(LibongError, ValueError):
    """A folder for tiles that holds others, or what is not known to be tiles of ours."""


@dataclass(frozen=True)
class _Job:
    """A tile to write: its plan, its number there, and the folder of the tiles."""

    plan: TilePlan
    number: int
    folder: Path

    @property
    def key(self) -> tuple[str, str]:
        """Its split and its name."""
        return self.plan.split, tile_name(self.plan, self.number)

    @property
    def picture(self) -> Path:
        return self._file("images", "jpg")

    @property
    def labels(self) -> Path:
        return self._file("labels", "txt")

    def _file(self, part: str, suffix: str) -> Path:
        split, name = self.key
        return self.folder / part / split / f"{name}.{suffix}"


def write_dataset(
    folder: Path,
    plans: tuple[TilePlan, ...],
    *,
    processes: int = 1,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> Path:
    """Write the tiles of all plans and `data.yaml`; returns its path.

    Tiles that are there after the same plans are kept; those that another version of the renderer
    drew are drawn anew in their place, and a line logged. `on_progress` is told (tiles that are
    there, tiles in all). `summary.json` counts tiles by scene and boxes by class.

    Raises:
        TileFolderError: when the folder holds tiles of other plans, or others' files.
    """
    jobs = [_Job(plan, number, folder) for plan in plans for number in range(plan.count)]
    scenes = _begun(folder, plans)
    for part in ("images", "labels"):
        for plan in plans:
            (folder / part / plan.split).mkdir(parents=True, exist_ok=True)
    missing = [
        job
        for job in jobs
        if job.key not in scenes or not job.picture.is_file() or not job.labels.is_file()
    ]
    on_progress(len(jobs) - len(missing), len(jobs))
    with side_by_side(_write_tile, missing, processes, chunk=8) as drawn:
        first = len(jobs) - len(missing) + 1
        for done, (job, scene) in enumerate(zip(missing, drawn, strict=True), first):
            scenes[job.key] = scene
            _note(folder, job.key, scene)
            on_progress(done, len(jobs))
    summary = {plan.split: _summary(plan, [j for j in jobs if j.plan is plan], scenes)
               for plan in plans}  # fmt: skip
    (folder / _SUMMARY_FILE).write_text(json.dumps(summary, indent=1))
    splits = "".join(f"{plan.split}: images/{plan.split}\n" for plan in plans)
    names = "".join(f"  {number}: {name.value}\n" for number, name in enumerate(CLASSES))
    data = folder / DATA_FILE
    data.write_text(f"path: {folder.resolve()}\n{splits}names:\n{names}")
    return data


def drawn_by_another_renderer(folder: Path) -> bool:
    """Whether a folder holds tiles, but not of the present renderer."""
    before = mark_in(folder)
    if before is None:
        return (folder / DATA_FILE).is_file()
    return before.renderer != RenderMark.of(make_tile.__module__, ()).renderer


def _begun(folder: Path, plans: tuple[TilePlan, ...]) -> dict[tuple[str, str], str]:
    """Make or take up a folder; returns the scenes of tiles that may be kept, by split and name."""
    mark = RenderMark.of(make_tile.__module__, _plan_of(plans))
    before = mark_in(folder)
    if before == mark:
        scenes = dict(_noted(folder))
        # anew, since a line that was cut off would take the next one with it
        (folder / _RECORD_FILE).write_text("".join(_line(*noted) for noted in scenes.items()))
        return scenes
    if before is None and _same_but_unmarked(folder, plans):
        log.warning("the tiles in %s are of an earlier version: drawing them anew", folder)
    elif before is not None and before.plan == mark.plan:
        log.warning(
            "the tiles in %s are drawn by another version of the renderer: drawing them anew",
            folder,
        )
    elif folder.is_dir() and {p.name for p in folder.iterdir()} - {_RECORD_FILE}:
        raise TileFolderError(
            f"{folder} holds other tiles than these (in number, side, first tile, or with other "
            "sea photos), or other files, which would mix; name another folder"
        )
    # nothing is deleted but what tells that the tiles are whole: the same names are written over
    folder.mkdir(parents=True, exist_ok=True)
    (folder / DATA_FILE).unlink(missing_ok=True)
    (folder / _RECORD_FILE).write_text("")
    mark.write(folder)
    return {}


def _plan_of(plans: tuple[TilePlan, ...]) -> Sequence[object]:
    """What tells the tiles of plans from others: the photos by their names and bytes' number."""
    photos = {plan.photo_folder for plan in plans if plan.photo_folder is not None}
    files = sorted(file for folder in photos for file in folder.iterdir() if file.is_file())
    return (
        [(replace(plan, photo_folder=None), plan.photo_folder is not None) for plan in plans],
        [(file.name, file.stat().st_size) for file in files],
    )


def _same_but_unmarked(folder: Path, plans: tuple[TilePlan, ...]) -> bool:
    """Whether the tiles are of these plans by what earlier versions wrote of them."""
    try:
        told = json.loads((folder / _SUMMARY_FILE).read_bytes())
        return [told[plan.split]["plan"] for plan in plans] == [_told(plan) for plan in plans]
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _told(plan: TilePlan) -> dict[str, str]:
    return {key: str(value) for key, value in asdict(plan).items() if key != "photo_folder"}


def _noted(folder: Path) -> Iterator[tuple[tuple[str, str], str]]:
    """The scenes of tiles by split and name, as far as the record can be read."""
    try:
        lines = (folder / _RECORD_FILE).read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return
    for line in lines:
        try:
            split, name, scene = json.loads(line)
        except ValueError:
            continue
        yield (split, name), scene


def _line(key: tuple[str, str], scene: str) -> str:
    return json.dumps([*key, scene]) + "\n"


def _note(folder: Path, key: tuple[str, str], scene: str) -> None:
    with (folder / _RECORD_FILE).open("a", encoding="utf-8") as file:
        file.write(_line(key, scene))


def _write_tile(job: _Job) -> str:
    cv2.setNumThreads(1)
    tile = make_tile(job.plan, job.number)
    bgr, quality = tile.rgb[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, tile.jpeg_quality]
    if not cv2.imwrite(str(job.picture), bgr, quality):
        raise TileFolderError(f"{job.picture} cannot be written; is the disk full?")
    job.labels.write_text("".join(f"{line}\n" for line in label_lines(tile)))
    return tile.scene


def _summary(
    plan: TilePlan, jobs: Sequence[_Job], scenes: dict[tuple[str, str], str]
) -> dict[str, object]:
    labels = [job.labels.read_text().splitlines() for job in jobs]
    return {
        "plan": _told(plan),
        "real_sea_backgrounds": plan.photo_folder is not None,
        "tiles_by_scene": Counter(scenes[job.key] for job in jobs),
        "tiles_without_boxes": sum(not lines for lines in labels),
        "boxes_by_class": Counter(CLASSES[int(x[0])].value for lines in labels for x in lines),
    }
