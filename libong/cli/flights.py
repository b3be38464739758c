"""libong process: one flight, read, searched and logged."""

from contextlib import closing
from typing import Any

import typer
from rich.table import Table

from ingest.flight import photo_paths
from libong.cli.flight_files import (
    NoPhotoError,
    Paths,
    SeaLevelOption,
    SiteOption,
    exit_code,
    nothing_in,
    print_refused,
)
from libong.cli.output import JsonOption, console, print_json, progress_bar
from libong.cli.quality import (
    figures_document,
    limit_documents,
    motion_cells,
    motion_document,
    print_figures,
    print_limits,
)
from libong.composition import open_media, open_store
from libong.open_models import open_detector
from libong.pipeline import FlightReport, process_flight
from libong.settings import read_settings
from libong.sites import open_site


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    app.command()(process)


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
    raise typer.Exit(exit_code(report.refused, report.frames))


def report_document(report: FlightReport) -> dict[str, Any]:
    """Return what `libong process --json` prints."""
    return {
        "flight": report.flight_id,
        "already_logged": report.already_logged,
        "model_sha256": report.model_sha256,
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
    model = f"processed before, with the model {report.model_sha256[:12]}; nothing changed"
    known = f" ({model})" if report.already_logged else ""
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
