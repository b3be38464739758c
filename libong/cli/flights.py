"""Commands on files from a drone: frames, detect, process, locate."""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from hashlib import file_digest
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import typer
from PIL import Image, UnidentifiedImageError
from rich.table import Table

from detection.detector import Detector, Picture
from detection.types import Detection
from ingest.archive import is_zip, unpack
from ingest.errors import LibongError, PhotoError
from ingest.flight import photo_paths, read_flight, read_frame
from ingest.frame import Flight, RefusedFile
from ingest.pose_check import PoseCheck, check_poses
from ingest.projection import SeaView
from ingest.report import frame_document, refusal_document
from ingest.site_reference import SiteReference
from libong.cli.output import Exit, JsonOption, console, print_json, progress_bar
from libong.composition import open_detector, open_media, open_site, open_store
from libong.pipeline import FlightReport, Progress, process_flight
from libong.settings import read_settings

Paths = Annotated[
    list[Path],
    typer.Argument(exists=True, help="Photos, folders of them, or ZIPs.", metavar="PATH..."),
]
SiteOption = Annotated[
    str | None, typer.Option("--site", help="Name of a shipped site, or a folder of your own.")
]
SeaLevelOption = Annotated[
    float | None,
    typer.Option(
        "--sea-level-ellipsoid-m",
        help="Height of the sea above the WGS 84 ellipsoid, for photos with ellipsoidal heights.",
    ),
]


class NoPhotoError(LibongError, ValueError):
    """Folders without a single photo."""


class OutsidePictureError(LibongError, ValueError):
    """A pixel that a picture does not have."""


@contextmanager
def _flight_of(paths: Sequence[Path], where: SiteReference) -> Iterator[tuple[Flight, Progress]]:
    """Read photos, folders and ZIPs, with a progress bar; what was unpacked is there within.

    Raises:
        NoPhotoError: when there is nothing to read at all.
    """
    with TemporaryDirectory(prefix="libong-") as unpacked, progress_bar() as progress:
        flight = read_flight(
            paths,
            where,
            on_progress=lambda done, total: progress("read", done, total),
            work_folder=Path(unpacked),
        )
        if not flight.frames and not flight.refused:
            raise NoPhotoError(_nothing_in(paths))
        yield flight, progress


def _nothing_in(paths: Sequence[Path]) -> str:
    named = ", ".join(str(path) for path in paths)
    return f"no photo in {named}; name a folder with a drone's JPEG photos, or a ZIP of them"


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    app.command()(frames)
    app.command()(detect)
    app.command()(process)
    app.command()(locate)


def _code(refused: Sequence[RefusedFile], good: int) -> Exit:
    if refused:
        return Exit.PARTIAL if good else Exit.BAD_INPUT
    return Exit.OK


def frames(
    paths: Paths,
    site: SiteOption = None,
    sea_level_ellipsoid_m: SeaLevelOption = None,
    check_overlap: Annotated[
        bool,
        typer.Option(
            "--check-overlap",
            help="Match overlapping pictures: how far apart things land, and what mends it.",
        ),
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Read where, when and how photos were taken; nothing is logged.

    Example: libong frames sample_flights/seagrass_survey --json
    """
    where = open_site(
        site or read_settings().site, sea_level_ellipsoid_m=sea_level_ellipsoid_m
    ).reference
    with _flight_of(paths, where) as (flight, progress):
        check = None
        if check_overlap:
            check = check_poses(
                flight.frames, on_progress=lambda done, total: progress("check", done, total)
            )
    if check is not None:
        _print_overlap(check, as_json=as_json)
    elif as_json:
        print_json(
            [frame_document(f) for f in flight.frames]
            + [refusal_document(r) for r in flight.refused]
        )
    else:
        _print_frames(flight)
    raise typer.Exit(_code(flight.refused, len(flight.frames)))


def _print_overlap(check: PoseCheck, *, as_json: bool) -> None:
    if as_json:
        print_json(
            {
                "pairs": [
                    {
                        "a": str(told.a.path),
                        "b": str(told.b.path),
                        "matches": told.matches,
                        "median_m": told.median_m,
                        "mended_median_m": mended.median_m,
                    }
                    for told, mended in zip(check.before, check.after, strict=True)
                ],
                "corrections": [
                    {
                        "code": c.code.value,
                        "amount": c.amount,
                        "sigma": c.sigma,
                        "unit": c.unit,
                        "paths": [str(path) for path in c.paths],
                    }
                    for c in check.corrections
                ],
                "within_error": check.within_error,
            }
        )
        return
    table = Table(
        "pair", "matches", "as tagged m", "mended m", title="Same ground, two pictures: medians"
    )
    for told, mended in zip(check.before, check.after, strict=True):
        table.add_row(
            f"{told.a.path.name} / {told.b.path.name}",
            str(told.matches),
            *("-" if m is None else f"{m:.2f}" for m in (told.median_m, mended.median_m)),
        )
    console.print(table)
    for c in check.corrections:
        names = ", ".join(path.name for path in c.paths)
        console.print(f"{c.code.value}: {c} in {names}", highlight=False)


def _print_frames(flight: Flight) -> None:
    table = Table("file", "UTC", "lon", "lat", "height m", "source", "cm/px", "± m", "notes")
    for f in flight.frames:
        table.add_row(
            f.path.name,
            f"{f.taken_at_utc:%Y-%m-%d %H:%M:%S}",
            f"{f.pose.position.lon:.6f}",
            f"{f.pose.position.lat:.6f}",
            f"{f.pose.height_above_sea_m:.1f}",
            f.pose.height_source.value,
            "-" if f.gsd_cm is None else f"{f.gsd_cm:.2f}",
            "-" if f.error_m is None else f"{f.error_m:.1f}",
            ", ".join(w.code for w in f.warnings),
        )
    console.print(table)
    print_refused(flight.refused)


def print_refused(refused: Sequence[RefusedFile]) -> None:
    """Print what was refused, why, and what to do."""
    if not refused:
        return
    table = Table("refused", "why", "what to do", title="Refused files")
    for r in refused:
        table.add_row(r.path.name, r.reason.text, r.remedy)
    console.print(table)


def detect(
    paths: Paths,
    site: SiteOption = None,
    sea_level_ellipsoid_m: SeaLevelOption = None,
    min_score: Annotated[
        float | None,
        typer.Option(min=0.01, max=1, help="One score for all classes, not the model's own."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Find dugongs, boats and fishing gear in any pictures; nothing is logged.

    A picture without place or height is searched at several scales, and its boxes have no position.
    """
    settings = read_settings()
    where = open_site(site or settings.site, sea_level_ellipsoid_m=sea_level_ellipsoid_m).reference
    detector = open_detector(settings, min_score=min_score)
    with TemporaryDirectory(prefix="libong-") as folder, progress_bar() as progress:
        pictures, refused = _pictures(paths, Path(folder))
        if not pictures and not refused:
            raise NoPhotoError(_nothing_in(paths))
        documents = [_detection_document(str(r.path), (), r.reason.text) for r in refused]
        for done, (shown, path) in enumerate(pictures):
            progress("detect", done, len(pictures))
            documents.append(_detect_one(shown, path, where, detector))
        progress("detect", len(pictures), len(pictures))
    if as_json:
        print_json(documents)
    else:
        _print_detections(documents)
    failed = sum(document["error"] is not None for document in documents)
    if failed:
        raise typer.Exit(Exit.PARTIAL if failed < len(documents) else Exit.BAD_INPUT)


def _pictures(
    paths: Sequence[Path], work_folder: Path
) -> tuple[list[tuple[str, Path]], list[RefusedFile]]:
    """List the files to search, each with the name to show; ZIPs are unpacked into a folder."""
    pictures: list[tuple[str, Path]] = []
    refused: list[RefusedFile] = []
    for number, path in enumerate(photo_paths(paths)):
        if not is_zip(path):
            pictures.append((str(path), path))
            continue
        into = work_folder / str(number)
        unpacked = unpack(path, into)
        pictures += [(str(path / file.relative_to(into)), file) for file in unpacked.files]
        refused += unpacked.refused
    return pictures, refused


def _detect_one(shown: str, path: Path, where: SiteReference, detector: Detector) -> dict[str, Any]:
    """Search one file; one that cannot be placed on the sea is searched without place."""
    try:
        frame = read_frame(path, where)
    except PhotoError as unlocated:
        return _detect_unlocated(shown, path, detector, unlocated)
    try:
        return _detection_document(shown, detector.detect(frame), None)
    except PhotoError as broken:
        return _detection_document(shown, (), str(broken))


def _detect_unlocated(
    shown: str, path: Path, detector: Detector, why: PhotoError
) -> dict[str, Any]:
    """Search a picture that ingest refused as a frame, when its pixels can be read at all."""
    try:
        with Image.open(path) as picture, path.open("rb") as file:
            sha256 = file_digest(file, "sha256").hexdigest()
            width_px, height_px = picture.size
        found = detector.detect_unlocated(Picture(path, sha256, width_px, height_px))
    except UnidentifiedImageError:
        return _detection_document(shown, (), "the file is no picture that can be read")
    except (PhotoError, Image.DecompressionBombError, OSError) as exc:
        return _detection_document(shown, (), f"{exc}")
    return _detection_document(shown, found, None) | {"warnings": [str(why)]}


def _detection_document(
    shown: str, found: Sequence[Detection], error: str | None
) -> dict[str, Any]:
    return {
        "path": shown,
        "detections": [
            {
                "class": d.object_class.value,
                "score": round(d.score, 4),
                "xyxy_px": [round(v, 1) for v in d.xyxy_px],
                "lon": d.position.lon if d.position else None,
                "lat": d.position.lat if d.position else None,
                "error_m": None if d.error_m is None else round(d.error_m, 2),
            }
            for d in found
        ],
        "warnings": [],
        "error": error,
    }


def _print_detections(documents: Sequence[dict[str, Any]]) -> None:
    table = Table("file", "class", "score", "box px", "lon", "lat", "± m")
    for document in documents:
        name = Path(document["path"]).name
        if document["error"]:
            table.add_row(name, f"refused: {document['error']}")
        for d in document["detections"]:
            located = d["lon"] is not None
            table.add_row(
                name,
                d["class"],
                f"{d['score']:.2f}",
                " ".join(f"{v:.0f}" for v in d["xyxy_px"]),
                f"{d['lon']:.6f}" if located else "-",
                f"{d['lat']:.6f}" if located else "-",
                f"{d['error_m']:.1f}" if located else "-",
            )
    console.print(table)


def process(
    paths: Paths,
    site: SiteOption = None,
    sea_level_ellipsoid_m: SeaLevelOption = None,
    as_json: JsonOption = False,
) -> None:
    """Process one flight and log what was found: sightings, and incidents by zone and rule.

    The same files again change nothing. Files that cannot be used are refused by name and reason,
    and the rest of the flight goes on (exit code 1).
    """
    settings = read_settings()
    if not photo_paths(paths):
        raise NoPhotoError(_nothing_in(paths))
    place = open_site(site or settings.site, sea_level_ellipsoid_m=sea_level_ellipsoid_m)
    with closing(open_store(settings)) as store, progress_bar() as progress:
        report = process_flight(
            paths,
            place,
            open_detector(settings),
            store,
            open_media(settings),
            on_progress=progress,
        )
    if as_json:
        print_json(report_document(report))
    else:
        print_report(report)
    raise typer.Exit(_code(report.refused, report.frames))


def report_document(report: FlightReport) -> dict[str, Any]:
    """Return what `libong process --json` prints."""
    return {
        "flight": report.flight_id,
        "already_logged": report.already_logged,
        "frames": report.frames,
        "refused": [
            {"path": str(r.path), "code": r.reason.code, "why": r.reason.text, "remedy": r.remedy}
            for r in report.refused
        ],
        "detections": report.detections,
        "sightings": [
            {
                "class": s.object_class.value,
                "lon": s.position.lon,
                "lat": s.position.lat,
                "error_m": round(s.error_m, 2),
                "frames": len(s.detections),
                "score": round(s.score, 4),
            }
            for s in report.sightings
        ],
        "incidents": [
            {
                "id": i.incident_id,
                "zone": i.zone_id,
                "rule": i.rule.value,
                "class": i.object_class.value,
                "state": i.state.value,
            }
            for i in report.incidents
        ],
    }


def print_report(report: FlightReport) -> None:
    """Print a processed flight as tables."""
    known = " (processed before; nothing changed)" if report.already_logged else ""
    console.print(
        f"flight {report.flight_id}{known}: {report.frames} frames, "
        f"{len(report.refused)} refused, {report.detections} detections"
    )
    sightings = Table("sighting", "lon", "lat", "± m", "frames", "score", title="Sightings")
    for s in report.sightings:
        sightings.add_row(
            s.object_class.value,
            f"{s.position.lon:.6f}",
            f"{s.position.lat:.6f}",
            f"{s.error_m:.1f}",
            str(len(s.detections)),
            f"{s.score:.2f}",
        )
    console.print(sightings)
    incidents = Table("incident", "rule", "zone", "class", "priority", "state", title="Incidents")
    for i in report.incidents:
        incidents.add_row(
            i.incident_id[:12],
            i.rule.value,
            i.zone_id or "-",
            i.object_class.value,
            i.priority.value,
            i.state.value,
        )
    console.print(incidents)
    print_refused(report.refused)


def locate(
    photo: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="The photo.")],
    x: Annotated[float, typer.Argument(help="Pixel from the left, as the file is stored.")],
    y: Annotated[float, typer.Argument(help="Pixel from the top.")],
    site: SiteOption = None,
    sea_level_ellipsoid_m: SeaLevelOption = None,
    as_json: JsonOption = False,
) -> None:
    """Tell where on the sea a pixel of a photo is.

    Example: libong locate DJI_0018.JPG 2000 1125
    """
    where = open_site(
        site or read_settings().site, sea_level_ellipsoid_m=sea_level_ellipsoid_m
    ).reference
    frame = read_frame(photo, where)
    if not (0 <= x <= frame.width_px and 0 <= y <= frame.height_px):
        raise OutsidePictureError(
            f"the picture has {frame.width_px} x {frame.height_px} pixels; "
            f"{x:g}, {y:g} is outside it"
        )
    ground = SeaView(frame.camera, frame.pose).to_ground((x, y))
    if as_json:
        print_json(
            {
                "lon": ground.position.lon,
                "lat": ground.position.lat,
                "error_m": round(ground.error_m, 2),
            }
        )
    else:
        lon, lat = ground.position
        console.print(f"{lon:.7f} {lat:.7f} ± {ground.error_m:.1f} m (1 sigma)")
