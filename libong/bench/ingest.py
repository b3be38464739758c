"""Reading the metadata of a thousand photos beside ExifTool, in one run.

Ours is what `libong frames` does: each file is hashed, looked through to its last pixel row, read,
and placed on the sea. ExifTool is asked for all tags and stops before the pixels (`-fast2`).
Run as `python -m libong.bench.ingest FOLDER` it reads a folder and prints its peak in megabytes.
"""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TypeVar

from ingest.errors import LibongError
from ingest.flight import photo_paths, read_flight
from ingest.frame import Flight
from libong.bench.memory import MemoryUnknownError, own_peak_mb
from libong.bench.row import Row, lower_is_better
from libong.photo_readers import photo_readers
from libong.settings import read_settings
from libong.sites import open_site

_T = TypeVar("_T")
BENCH, NAME = "ingest", "exiftool -json -fast2"
_FEW_SHARE = 10  # memory is measured of all photos and of a tenth of them
_EXIFTOOL = "exiftool"


class ExifToolMissingError(LibongError, RuntimeError):
    """ExifTool is not installed, or fails."""


def copied_photos(originals: Sequence[Path], folder: Path, count: int) -> list[Path]:
    """Write `count` copies of photos, each with other last bytes, so that none is sent twice."""
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    for number in range(count):
        original = originals[number % len(originals)]
        path = folder / f"{number:05d}{original.suffix}"
        shutil.copyfile(original, path)
        with path.open("ab") as stream:
            stream.write(number.to_bytes(4, "big"))
        made.append(path)
    return made


def ingest_rows(originals: Sequence[Path], scratch: Path, count: int, rounds: int) -> list[Row]:
    """Time both ways in turn over copies of photos; raises ExifToolMissingError."""
    if shutil.which(_EXIFTOOL) is None:
        raise ExifToolMissingError(
            "exiftool is not installed, and there is nothing to compare with; "
            "on Debian: apt-get install libimage-exiftool-perl"
        )
    folder, few = scratch / "photos", scratch / "few"
    photos = copied_photos(originals, folder, count)
    copied_photos(originals, few, max(count // _FEW_SHARE, 1))
    ours, peers = [], []
    for _ in range(rounds):
        flight, spent = _timed(lambda: _read(folder))
        ours.append(spent)
        peers.append(_timed(lambda: _exiftool(folder))[1])
    what = f"{len(photos)} photos, {len(flight.frames)} placed"
    return [
        _row(f"{what}: time", "s", [x.wall_s for x in ours], [x.wall_s for x in peers]),
        _row("processor time of all cores", "s", [x.cpu_s for x in ours], [x.cpu_s for x in peers]),
        Row(BENCH, "peak memory, all photos", "MB", _peak_mb(folder), None, NAME, None),
        Row(BENCH, "peak memory, a tenth of them", "MB", _peak_mb(few), None, NAME, None),
    ]


@dataclass(frozen=True)
class _Spent:
    """Seconds on the clock, and of all processors."""

    wall_s: float
    cpu_s: float


def _timed(work: Callable[[], _T]) -> tuple[_T, _Spent]:
    start, cpu = time.perf_counter(), _cpu_s()
    result = work()
    return result, _Spent(time.perf_counter() - start, _cpu_s() - cpu)


def _cpu_s() -> float:
    """Processor time of this process and of those it has seen end."""
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


def _row(metric: str, unit: str, ours: Sequence[float], peers: Sequence[float]) -> Row:
    return lower_is_better(BENCH, metric, unit, median(ours), median(peers), NAME)


def _read(folder: Path) -> Flight:
    site = open_site(read_settings().site).reference
    with photo_readers(len(photo_paths([folder]))) as readers:
        return read_flight([folder], site, executor=readers)


def _exiftool(folder: Path) -> None:
    command = [_EXIFTOOL, "-json", "-fast2", "-q", "-r", str(folder)]
    done = subprocess.run(command, capture_output=True, check=False)  # noqa: S603 - a fixed command
    if done.returncode != 0 or not json.loads(done.stdout):
        raise ExifToolMissingError(
            f"exiftool failed: {done.stderr.decode(errors='replace')[-300:]}"
        )


def _peak_mb(folder: Path) -> float:
    command = [sys.executable, "-m", "libong.bench.ingest", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - ours
    if done.returncode != 0:
        raise MemoryUnknownError(f"measuring memory failed: {done.stderr.strip()[-500:]}")
    return float(done.stdout.split()[-1])


def main(folder: str) -> None:
    """Read a folder and print this process's peak."""
    _read(Path(folder))
    sys.stdout.write(f"{own_peak_mb():.1f}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
