"""libong frames: where, when and how photos and pictures of videos were taken."""

from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Annotated

import typer
from rich.table import Table

from ingest.agreement import PairDisagreement
from ingest.frame import Flight
from ingest.pose_check import PoseCheck, check_poses
from ingest.quality import FrameQuality
from ingest.report import frame_document, refusal_document
from ingest.summary import summarise, summarise_unmeasured
from libong.cli.flight_files import (
    Paths,
    SeaLevelOption,
    SiteOption,
    exit_code,
    flight_of,
    print_refused,
    shown_name,
)
from libong.cli.output import JsonOption, console, print_json
from libong.cli.quality import measure_frames, print_figures, print_qualities, quality_document
from libong.flight_plot import draw_flight
from libong.settings import read_settings
from libong.sites import open_site


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    app.command()(frames)


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
    plot: Annotated[
        Path | None,
        typer.Option(
            "--plot", dir_okay=False, help="Draw the track and what was seen as a PNG, too."
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Read where, when and how photos were taken, or pictures of videos; nothing is logged.

    Videos are sampled by what they show: each stretch of sea twice at least.

    Example: libong frames sample_flights/seagrass_survey --json
    """
    place = open_site(site or read_settings().site, sea_level_ellipsoid_m=sea_level_ellipsoid_m)
    with flight_of(paths, place.reference) as (flight, progress):
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
    figures = summarise(flight, qualities) if qualities else summarise_unmeasured(flight)
    if plot is not None:
        draw_flight(flight.frames, place.coast, figures.sentence_en(), plot)
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
        print_figures(figures)
    raise typer.Exit(exit_code(flight.refused, len(flight.frames)))


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
                "median_m": _median_m(check.before),
                "mended_median_m": _median_m(check.after),
                "within_error": check.within_error,
                "within_relative": check.within_relative,
                "relative_errors_m": {
                    str(frame.path): frame.relative_error_m for frame in check.frames
                },
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

    before_m, after_m = _median_m(check.before), _median_m(check.after)
    if before_m is not None and after_m is not None and check.within_error is not None:
        console.print(
            f"the same things land {before_m:.2f} m apart as tagged, {after_m:.2f} m mended "
            f"(medians of the pairs); {check.within_error:.0%} of them within the errors told, of "
            "which the frames of a flight share what the GPS is off",
            highlight=False,
        )
    own_m = [f.relative_error_m for f in check.frames if f.relative_error_m is not None]
    if own_m and check.within_relative is not None:
        console.print(
            f"against each other the frames are off by {min(own_m):.2f} to {max(own_m):.2f} m "
            f"(1 sigma); {check.within_relative:.0%} of what two of them put apart is within that, "
            "as foretold by the other pairs (68 % is right)",
            highlight=False,
        )


def _median_m(pairs: Sequence[PairDisagreement]) -> float | None:
    medians = [pair.median_m for pair in pairs if pair.median_m is not None]
    return median(medians) if medians else None


def _print_frames(flight: Flight) -> None:
    table = Table("file", "UTC", "lon", "lat", "height m", "source", "cm/px", "± m", "notes")
    for f in flight.frames:
        aimed = not f.pose.position_only
        table.add_row(
            shown_name(f),
            f"{f.taken_at_utc:%Y-%m-%d %H:%M:%S}",
            f"{f.pose.position.lon:.6f}",
            f"{f.pose.position.lat:.6f}",
            f"{f.pose.height_above_sea_m:.1f}" if aimed else "-",
            f.pose.height_source.value if aimed else "-",
            "-" if f.gsd_cm is None else f"{f.gsd_cm:.2f}",
            "-" if f.error_m is None else f"{f.error_m:.1f}",
            ", ".join(w.code for w in f.warnings),
        )
    console.print(table)
    print_refused(flight.refused)
