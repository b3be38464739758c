"""libong bench: our figures beside a peer's, measured in the same run."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer
from rich.table import Table

from detection.manifest import load_manifest
from ingest.errors import LibongError
from ingest.flight import photo_paths, read_flight
from ingest.site_reference import SiteReference
from libong.bench.detect import Contest, memory_rows
from libong.bench.ingest import ingest_rows
from libong.bench.pictures import BenchPicture, real_picture, rendered_picture
from libong.bench.row import Row
from libong.bench.store import own_schema, store_rows
from libong.bench.store_fill import StoreSize
from libong.cli.output import JsonOption, console, messages, print_json
from libong.composition import open_site
from libong.settings import Settings, read_settings

REAL_PICTURE = Path("photos", "sea", "DJI_20240213141303_0001.JPG")

RoundsOption = Annotated[int, typer.Option(min=1, help="Turns each way takes on each picture.")]
FolderOption = Annotated[Path, typer.Option(help="Where the rendered picture is kept.")]
DEFAULT_ROUNDS, DEFAULT_FOLDER = 3, Path("datasets/bench")
DEFAULT_DETECTIONS = 1_000_000
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
        rows = _detect_rows([], DEFAULT_ROUNDS, DEFAULT_FOLDER)
        rows += _ingest_rows([], DEFAULT_PHOTOS, DEFAULT_ROUNDS)
        rows += _store_rows(DEFAULT_DETECTIONS, read_settings().test_postgres, DEFAULT_ROUNDS)
        rows += _page_rows(DEFAULT_ROUNDS, DEFAULT_CHROMIUM)
        _show(rows, as_json=as_json)


@app.command()
def detect(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(exists=True, help="Located photos with nothing in them, besides ours."),
    ] = None,
    rounds: RoundsOption = DEFAULT_ROUNDS,
    folder: FolderOption = DEFAULT_FOLDER,
    as_json: JsonOption = False,
) -> None:
    """Time, steps, finds and memory of detection beside SAHI + Ultralytics on torch.

    Both search the same pictures with the same weights, taking turns: a rendered picture of 20 MP
    from 100 m with known truth, the photos given, and without any the Zenmuse P1 photo of
    LIBONG_FIELD_DATA when that is set. Needs the extras `train` and `bench`.
    """
    _show(_detect_rows(paths or [], rounds, folder), as_json=as_json)


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
    as_json: JsonOption = False,
) -> None:
    """Fill a store and time what people wait for: lists, one incident, statuses, report, check.

    Beside the same read whole and sorted out in Python, or without an index. The store is filled
    with a million made-up detections in a scratch folder, and dropped.
    """
    server = postgres or read_settings().test_postgres
    _show(_store_rows(detections, server, rounds), as_json=as_json)


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


def _store_rows(detections: int, postgres: str | None, rounds: int) -> list[Row]:
    site = open_site(read_settings().site)
    size = StoreSize(detections, detections // 10, min(3000, detections // 30))
    rows = []
    with TemporaryDirectory(prefix="libong-bench-") as scratch:
        messages.print(f"filling SQLite with {detections} detections")
        rows += store_rows(f"sqlite:///{scratch}/bench.sqlite3", site, size, rounds)
    if postgres is not None:
        messages.print(f"filling PostgreSQL with {detections} detections")
        with own_schema(postgres) as url:
            rows += store_rows(url, site, size, rounds)
    return rows


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


def _detect_rows(paths: Sequence[Path], rounds: int, folder: Path) -> list[Row]:
    settings = read_settings()
    site = open_site(settings.site).reference
    real = _real_pictures(paths, settings, site)
    with TemporaryDirectory(prefix="libong-bench-") as scratch:
        torch_file = Path(scratch) / "weights.pt"
        contest = Contest(settings.model.parent, load_manifest(settings.model), torch_file)
        messages.print(f"rendering a picture into {folder}, unless it is there")
        rendered = rendered_picture(folder)
        rows = []
        for picture in (rendered, *real):
            messages.print(f"{picture.name}: {rounds} rounds", highlight=False)
            rows += contest.rows(picture, site, rounds)
        messages.print("measuring memory")
        return rows + memory_rows(rendered, torch_file)


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


def _show(rows: Sequence[Row], *, as_json: bool) -> None:
    if as_json:
        print_json([asdict(r) for r in rows])
        return
    table = Table("metric", "unit", "ours", "peer", "ratio", title=rows[0].peer_name)
    for r in rows:
        table.add_row(r.metric, r.unit, f"{r.ours:.3f}", _shown(r.peer), _shown(r.ratio))
    console.print(table)


def _shown(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
