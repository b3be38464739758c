"""libong bench: our figures beside a peer's, measured in the same run."""

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from functools import partial
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from detection.manifest import load_manifest
from ingest.errors import LibongError
from ingest.flight import photo_paths, read_flight
from ingest.site_reference import SiteReference
from libong.bench.detect import Contest, memory_rows
from libong.bench.ingest import ingest_rows
from libong.bench.pictures import BenchPicture, real_picture, rendered_pictures
from libong.bench.row import Row
from libong.bench.store import own_schema, store_rows
from libong.bench.store_fill import StoreSize
from libong.bench.watch import TimeUp, Watch
from libong.cli.output import (
    Exit,
    JsonOption,
    console,
    messages,
    print_error,
    progress_or_lines,
)
from libong.settings import Settings, read_settings
from libong.sites import open_site
from patrol.checkpoint_key import SiteKey

REAL_PICTURE = Path("photos", "sea", "DJI_20240213141303_0001.JPG")

RoundsOption = Annotated[int, typer.Option(min=1, help="Turns each way takes on each picture.")]
FolderOption = Annotated[Path, typer.Option(help="Where rendered pictures are kept.")]
DEFAULT_ROUNDS, DEFAULT_FOLDER, DEFAULT_PICTURES = 3, Path("datasets/bench"), 6
DEFAULT_DETECTIONS, DEFAULT_MINUTES = 1_000_000, 60
DEFAULT_CHROMIUM = Path("/usr/bin/chromium")
DEFAULT_PHOTOS, SAMPLE_PHOTOS = 1000, Path("sample_flights/seagrass_survey")


class NothingToTimeError(LibongError, ValueError):
    """A benchmark without a single usable file."""


app = typer.Typer(no_args_is_help=False, invoke_without_command=True)


def register(parent: typer.Typer) -> None:
    """Add this group's commands."""
    parent.add_typer(app, name="bench", help="Measure speed against a peer, in one run.")


@app.callback()
def everything(context: typer.Context, as_json: JsonOption = False) -> None:
    """Run every benchmark; name one to run it alone."""
    if context.invoked_subcommand is None:
        server = read_settings().test_postgres
        rows = chain(
            _detect_rows([], DEFAULT_ROUNDS, DEFAULT_FOLDER, DEFAULT_PICTURES),
            _ingest_rows([], DEFAULT_PHOTOS, DEFAULT_ROUNDS),
            _page_rows(DEFAULT_ROUNDS, DEFAULT_CHROMIUM),
            _store_rows(DEFAULT_DETECTIONS, server, DEFAULT_ROUNDS, DEFAULT_MINUTES),
        )
        _show(rows, as_json=as_json)


@app.command()
def detect(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(exists=True, help="Located photos with nothing in them, besides ours."),
    ] = None,
    rounds: RoundsOption = DEFAULT_ROUNDS,
    folder: FolderOption = DEFAULT_FOLDER,
    pictures: Annotated[
        int, typer.Option(min=1, help="Rendered pictures to tell recall on; the first is timed.")
    ] = DEFAULT_PICTURES,
    as_json: JsonOption = False,
) -> None:
    """Time, steps, finds and memory of detection beside SAHI + Ultralytics on torch.

    Both search the same pictures with the same weights, taking turns: rendered pictures of 20 MP
    from 100 m with known truth, the first of which is timed, the photos given, and without any the
    Zenmuse P1 photo of LIBONG_FIELD_DATA when that is set. Needs the extras `train` and `bench`.
    """
    _show(_detect_rows(paths or [], rounds, folder, pictures), as_json=as_json)


@app.command()
def ingest(
    paths: Annotated[
        list[Path] | None, typer.Argument(exists=True, help="Photos to make copies of.")
    ] = None,
    photos: Annotated[int, typer.Option(min=1, help="How many copies are read.")] = DEFAULT_PHOTOS,
    rounds: RoundsOption = DEFAULT_ROUNDS,
    as_json: JsonOption = False,
) -> None:
    """Time reading photos' metadata, pixels not decoded, beside ExifTool, and tell the memory.

    Copies that differ in their last bytes are made of the photos given, without any of those of
    LIBONG_FIELD_DATA, or of a sample flight. Needs ExifTool (Debian: libimage-exiftool-perl).
    """
    _show(_ingest_rows(paths or [], photos, rounds), as_json=as_json)


@app.command()
def store(
    detections: Annotated[
        int, typer.Option(min=1000, help="How many; a tenth as many incidents.")
    ] = DEFAULT_DETECTIONS,
    postgres: Annotated[
        str | None,
        typer.Option(help="A PostgreSQL server to measure too, in a schema of its own."),
    ] = None,
    rounds: RoundsOption = DEFAULT_ROUNDS,
    minutes: Annotated[
        float, typer.Option(min=0.01, help="End after so long with what was measured.")
    ] = DEFAULT_MINUTES,
    as_json: JsonOption = False,
) -> None:
    """Fill a store and time what people wait for: lists, one incident, statuses, report, check.

    Beside the same read whole and sorted out in Python, or without an index. The store is filled
    with a million made-up detections in a scratch folder, and dropped. A tenth of it comes first
    and tells how long the rest will take. Rows are printed as they are measured.
    """
    server = postgres or read_settings().test_postgres
    _show(_store_rows(detections, server, rounds, minutes), as_json=as_json)


@app.command()
def pages(
    rounds: RoundsOption = DEFAULT_ROUNDS,
    chromium: Annotated[Path, typer.Option(help="A Chromium browser.")] = DEFAULT_CHROMIUM,
    as_json: JsonOption = False,
) -> None:
    """Weigh and time the pages that need no account, on a slowed phone in a real browser.

    Held against our own limits: 150 kB, and 2 s until what the reader came for is there. Needs the
    extra `bench`.
    """
    _show(_page_rows(rounds, chromium), as_json=as_json)


def _store_rows(
    detections: int, postgres: str | None, rounds: int, minutes: float
) -> Iterator[Row]:
    site = open_site(read_settings().site)
    size = StoreSize(detections, detections // 10, min(3000, detections // 30))
    watch = Watch(lambda text: messages.print(text, highlight=False), minutes * 60)
    with TemporaryDirectory(prefix="libong-bench-") as scratch:
        key = SiteKey.kept_at(Path(scratch, "site_key.pem"))
        yield from store_rows(_sqlite_database, site, size, rounds, key, watch)
        if postgres is not None:
            yield from store_rows(lambda: own_schema(postgres), site, size, rounds, key, watch)


@contextmanager
def _sqlite_database() -> Iterator[str]:
    with TemporaryDirectory(prefix="libong-bench-") as scratch:
        yield f"sqlite:///{scratch}/bench.sqlite3"


def _page_rows(rounds: int, chromium: Path) -> list[Row]:
    # playwright comes with an extra; the other benchmarks do without
    from libong.bench.pages import chromium_browser, page_rows

    site = open_site(read_settings().site)
    with TemporaryDirectory(prefix="libong-bench-") as scratch, chromium_browser(chromium) as it:
        messages.print(f"opening pages, {rounds} rounds")
        return page_rows(site, Path(scratch), it, rounds)


def _ingest_rows(paths: Sequence[Path], count: int, rounds: int) -> list[Row]:
    settings = read_settings()
    if not paths:
        field = settings.field_data / "photos" if settings.field_data else None
        paths = [field if field is not None and field.is_dir() else SAMPLE_PHOTOS]
    originals = photo_paths(paths)
    if not originals:
        raise NothingToTimeError("no photo to make copies of; name a folder of them")
    with TemporaryDirectory(prefix="libong-bench-") as scratch:
        messages.print(f"{count} copies of {len(originals)} photos, {rounds} rounds")
        return ingest_rows(originals, Path(scratch), count, rounds)


def _detect_rows(paths: Sequence[Path], rounds: int, folder: Path, pictures: int) -> list[Row]:
    settings = read_settings()
    site = open_site(settings.site).reference
    real = _real_pictures(paths, settings, site)
    with TemporaryDirectory(prefix="libong-bench-") as scratch:
        torch_file = Path(scratch) / "weights.pt"
        contest = Contest(settings.model.parent, load_manifest(settings.model), torch_file)
        messages.print(f"rendering {pictures} pictures into {folder}, unless they are there")
        with progress_or_lines() as progress:
            rendered = rendered_pictures(folder, pictures, partial(progress, "picture"))
        rows = []
        for picture in (rendered[0], *real):
            messages.print(f"{picture.name}: {rounds} rounds", highlight=False)
            rows += contest.rows(picture, site, rounds)
        for searched in (rendered, *([picture] for picture in real)):
            messages.print(f"{searched[0].name}: what is found", highlight=False)
            rows += contest.finds_rows(searched)
        messages.print("measuring memory")
        return rows + memory_rows(rendered[0], torch_file)


def _real_pictures(
    paths: Sequence[Path], settings: Settings, site: SiteReference
) -> list[BenchPicture]:
    if paths:
        frames = read_flight(paths, site).frames
        if not frames:
            raise NothingToTimeError("no located photo to time; name a folder of them")
        return [real_picture(frame.path, site) for frame in frames]
    if settings.field_data is None or not (settings.field_data / REAL_PICTURE).is_file():
        return []
    return [real_picture(settings.field_data / REAL_PICTURE, site)]


def _show(rows: Iterable[Row], *, as_json: bool) -> None:
    """Print each row as it is measured, so that a run that is cut off keeps what it has."""
    print_all = _print_json if as_json else _print_lines
    try:
        print_all(rows)
    except TimeUp as why:
        print_error(str(why))
        raise typer.Exit(Exit.PARTIAL) from why


def _print_json(rows: Iterable[Row]) -> None:
    before = "["
    try:
        for row in rows:
            sys.stdout.write(f"{before}\n {json.dumps(asdict(row), ensure_ascii=False)}")
            sys.stdout.flush()
            before = ","
    finally:
        sys.stdout.write("[]\n" if before == "[" else "\n]\n")


def _print_lines(rows: Iterable[Row]) -> None:
    console.print(_line("metric", "unit", "ours", "peer", "ratio", "peer's name"), style="bold")
    for row in rows:
        figures = f"{row.ours:.3f}", _shown(row.peer), _shown(row.ratio)
        text = _line(row.metric, row.unit, *figures, row.peer_name)
        console.print(text, highlight=False, soft_wrap=True)


def _line(metric: str, unit: str, ours: str, peer: str, ratio: str, peer_name: str) -> str:
    return f"{metric:<70} {unit:>5} {ours:>12} {peer:>12} {ratio:>10}  {peer_name}"


def _shown(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
