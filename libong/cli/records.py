"""Commands on what is logged: flights and incidents."""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any

import typer
from rich.table import Table

from libong.cli.conditions import conditions
from libong.cli.exports import export
from libong.cli.output import JsonOption, console, print_json
from libong.cli.report_effort import show
from libong.composition import open_store
from libong.settings import read_settings
from patrol.incident import Incident, State
from patrol.uploads import FileState, Upload, UploadState

flights_app = typer.Typer(no_args_is_help=True, help="Flights that were processed.")
incidents_app = typer.Typer(no_args_is_help=True, help="Incidents and what was done about them.")


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    flights_app.command()(show)
    flights_app.command()(conditions)
    app.add_typer(flights_app, name="flights")
    incidents_app.command()(export)
    app.add_typer(incidents_app, name="incidents")


@flights_app.command("list")
def list_flights(as_json: JsonOption = False) -> None:
    """List the flights, newest first; before them those on their way, with how far they are."""
    with closing(open_store(read_settings())) as store:
        flights, on_their_way = store.flights(), store.uploads.unfinished()
    now = datetime.now(UTC)
    if as_json:
        print_json(
            [_upload_document(upload, now) for upload in on_their_way]
            + [
                {
                    "flight": f.flight_id,
                    "state": UploadState.READY.value,
                    "site": f.site_id,
                    "first_taken_at_utc": _iso(f.first_taken_utc),
                    "last_taken_at_utc": _iso(f.last_taken_utc),
                    "frames": f.frames,
                    "refused": len(f.refused),
                    "detections": f.detections,
                    "sightings": f.sightings,
                    "model_sha256": f.model_sha256,
                }
                for f in flights
            ]
        )
        return
    if on_their_way:
        _print_uploads(on_their_way, now)
    table = Table("flight", "from (UTC)", "frames", "refused", "detections", "sightings")
    for f in flights:
        table.add_row(
            f.flight_id,
            "-" if f.first_taken_utc is None else f"{f.first_taken_utc:%Y-%m-%d %H:%M}",
            *(str(n) for n in (f.frames, len(f.refused), f.detections, f.sightings)),
        )
    console.print(table)


def _upload_document(upload: Upload, now: datetime) -> dict[str, Any]:
    progress = upload.progress if upload.state is UploadState.PROCESSING else None
    left_s = None if progress is None else progress.seconds_left(now)
    return {
        "flight": None,
        "upload": upload.upload_id,
        "state": upload.state.value,
        "name": upload.name,
        "sender": upload.owner,
        "files": len(upload.files),
        "files_stored": len(upload.in_state(FileState.STORED)),
        "files_refused": len(upload.in_state(FileState.REFUSED)),
        "stage": progress and progress.stage,
        "done": progress and progress.done,
        "total": progress and progress.total,
        "seconds_left": None if left_s is None else round(left_s),
        "fault": upload.fault,
    }


def _print_uploads(uploads: Sequence[Upload], now: datetime) -> None:
    table = Table("upload", "name", "from", "state", "how far", title="On their way")
    for upload in uploads:
        told = _upload_document(upload, now)
        far = f"{told['files_stored']} of {told['files']} files here"
        if told["total"] is not None:
            left = told["seconds_left"]
            far = f"{told['stage']} {told['done']} of {told['total']}"
            far += "" if left is None else f", {left // 60}:{left % 60:02d} left"
        table.add_row(
            upload.upload_id, upload.name, upload.owner, upload.state.value, upload.fault or far
        )
    console.print(table)


@flights_app.command()
def retry(
    upload_id: Annotated[str, typer.Argument(help="As listed by `libong flights list`.")],
) -> None:
    """Put a flight whose processing was given up back in line for the worker."""
    with closing(open_store(read_settings())) as store:
        store.queue.retry(upload_id)
    console.print(f"{upload_id} waits for the worker again", highlight=False)


def _iso(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()


@incidents_app.command("list")
def list_incidents(
    state: Annotated[list[State] | None, typer.Option(help="Only these states.")] = None,
    zone: Annotated[str | None, typer.Option(help="Only this zone.")] = None,
    as_json: JsonOption = False,
) -> None:
    """List incidents, newest first."""
    with closing(open_store(read_settings())) as store:
        incidents = store.incidents(states=state or None, zone_id=zone)
    if as_json:
        print_json(
            [
                {
                    "id": i.incident_id,
                    "state": i.state.value,
                    "rule": i.rule.value,
                    "zone": i.zone_id,
                    "class": i.object_class.value,
                    "priority": i.priority.value,
                    "certainty": i.certainty.value,
                    "lon": i.position.lon,
                    "lat": i.position.lat,
                    "error_m": round(i.error_m, 2),
                    "occurred_at_utc": i.occurred_at_utc.isoformat(),
                    "reason_th": i.reason_th,
                    "reason_en": i.reason_en,
                    "version": i.version,
                    "grounds": None if i.grounds is None else asdict(i.grounds),
                }
                for i in incidents
            ]
        )
        return
    table = Table("id", "state", "priority", "reason")
    for i in incidents:
        table.add_row(i.incident_id, i.state.value, i.priority.value, i.reason_en)
    console.print(table)


class Step(StrEnum):
    """The states a command can take an incident to, as verbs."""

    CONFIRM = "confirm"
    DISMISS = "dismiss"
    RESPOND = "respond"
    RESOLVE = "resolve"
    RETRACT = "retract"
    REOPEN = "reopen"


STATE_AFTER = {
    Step.CONFIRM: State.CONFIRMED,
    Step.DISMISS: State.DISMISSED,
    Step.RESPOND: State.RESPONDING,
    Step.RESOLVE: State.RESOLVED,
    Step.RETRACT: State.RETRACTED,
    Step.REOPEN: State.NEW,
}


@incidents_app.command()
def move(
    incident_id: Annotated[str, typer.Argument(help="As listed by `libong incidents list`.")],
    step: Annotated[Step, typer.Argument(help="What to do.")],
    actor: Annotated[str, typer.Option(help="Who does it; goes into the ledger.")],
    reason: Annotated[str, typer.Option(help="Why; goes into the ledger.")],
) -> None:
    """Move an incident to its next state, with who and why."""
    with closing(open_store(read_settings())) as store:
        moved: Incident = store.transition(
            incident_id,
            STATE_AFTER[step],
            actor=actor,
            reason=reason,
            expected_version=None,
            at_utc=datetime.now(UTC),
        )
    console.print(f"{moved.incident_id} is {moved.state.value}", highlight=False)
