"""Commands on files from a drone: frames, process, locate."""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import typer
from rich.table import Table

from ingest.errors import LibongError
from ingest.flight import photo_paths, read_flight, read_frame
from ingest.frame import Flight, Frame, RefusedFile
from ingest.pose_check import PoseCheck, check_poses
from ingest.projection import SeaView
from ingest.quality import FrameQuality
from ingest.report import frame_document, refusal_document
from ingest.site_reference import SiteReference
from ingest.summary import summarise
from libong.cli.output import Exit, JsonOption, console, print_json, progress_bar
from libong.cli.quality import (
    figures_document,
    limit_documents,
    measure_frames,
    motion_cells,
    motion_document,
    print_figures,
    print_limits,
    print_qualities,
    quality_document,
)
from libong.composition import open_detector, open_media, open_site, open_store
from libong.pipeline import FlightReport, Progress, process_flight
from libong.settings import read_settings

Paths = Annotated[
    list[Path],
    typer.Argument(
        exists=True, help="Photos, videos, folders of them, or ZIPs.", metavar="PATH..."
    ),
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
            raise NoPhotoError(nothing_in(paths))
        yield flight, progress


def nothing_in(paths: Sequence[Path]) -> str:
    """Say that paths hold nothing to read, and what to name instead."""
    named = ", ".join(str(path) for path in paths)
    return (
        f"no photo or video in {named}; name a folder with a drone's JPEG photos or videos, or a "
        "ZIP of them"
    )


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    app.command()(frames)
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
    quality: Annotated[
        bool,
        typer.Option(
            "--quality",
            help="Measure sharpness, exposure and glare, and sum up what can be used.",
        ),
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Read where, when and how photos were taken, or pictures of videos; nothing is logged.

    Videos are sampled by what they show: each stretch of sea twice at least.

    Example: libong frames sample_flights/seagrass_survey --json
    """
    where = open_site(
        site or read_settings().site, sea_level_ellipsoid_m=sea_level_ellipsoid_m
    ).reference
    with _flight_of(paths, where) as (flight, progress):
        qualities: tuple[FrameQuality, ...] = ()
        if quality and not check_overlap:
            flight, qualities = measure_frames(
                flight, on_progress=lambda done, total: progress("measure", done, total)
            )
        check = None
        if check_overlap:
            check = check_poses(
                flight.frames, on_progress=lambda done, total: progress("check", done, total)
            )
    if check is not None:
        _print_overlap(check, as_json=as_json)
    elif as_json:
        told = [frame_document(f) for f in flight.frames]
        for document, measured in zip(told, qualities, strict=False):
            document["quality"] = quality_document(measured)
        print_json(told + [refusal_document(r) for r in flight.refused])
    else:
        _print_frames(flight)
        if quality:
            print_qualities(flight, qualities)
            print_figures(summarise(flight, qualities))
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
            shown_name(f),
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


def shown_name(frame: Frame) -> str:
    """What a frame is called in tables: the file's name, for one of a video with the second."""
    if frame.video is None:
        return frame.path.name
    return f"{frame.video.path.name} {frame.video.offset_s:.1f} s"


def print_refused(refused: Sequence[RefusedFile]) -> None:
    """Print what was refused, why, and what to do."""
    if not refused:
        return
    table = Table("refused", "why", "what to do", title="Refused files")
    for r in refused:
        table.add_row(r.path.name, r.reason.text, r.remedy)
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
        raise NoPhotoError(nothing_in(paths))
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
                **motion_document(s),
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
        "summary": None if report.figures is None else figures_document(report.figures),
        "limits": [
            {
                "path": str(look.frame.path),
                "weight": round(look.weight, 3),
                "limits": limit_documents(look.limits),
            }
            for look in report.beyond
        ],
        "ashore": report.ashore,
    }


def print_report(report: FlightReport) -> None:
    """Print a processed flight as tables."""
    known = " (processed before; nothing changed)" if report.already_logged else ""
    console.print(
        f"flight {report.flight_id}{known}: {report.frames} frames, "
        f"{len(report.refused)} refused, {report.detections} detections"
    )
    if report.figures is not None:
        print_figures(report.figures)
    print_limits(report.beyond)
    if report.ashore:
        console.print(
            f"{report.ashore} finds that looked like dugongs lie on dry land and are not counted"
        )
    sightings = Table(
        "sighting", "lon", "lat", "± m", "frames", "score", "kn", "course", title="Sightings"
    )
    for s in report.sightings:
        sightings.add_row(
            s.object_class.value,
            f"{s.position.lon:.6f}",
            f"{s.position.lat:.6f}",
            f"{s.error_m:.1f}",
            str(len(s.detections)),
            f"{s.score:.2f}",
            *motion_cells(s),
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
