"""libong incidents export: incidents as files for GIS, spreadsheets, boats and courts."""

import os
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO, Annotated, Any

import typer

from ingest.errors import LibongError
from libong.cli.output import Exit, JsonOption, console, print_json
from libong.composition import open_media, open_store
from libong.settings import read_settings
from libong.sites import open_site
from patrol.exports.contents import WHY_WORDS, EvidenceReport
from patrol.exports.evidence import EvidenceError, write_evidence
from patrol.exports.file_format import FileFormat, incidents_file
from patrol.exports.sharing_policy import Cell, SharingPolicy, read_sharing_policy
from patrol.exports.smart import OWN_MODEL, read_smart_model
from patrol.incident import Incident, State
from patrol.media import MediaStore
from patrol.site import Site
from patrol.store import LedgerFault, Store, StoreError

_ZIP = ".zip"


class ExportError(LibongError, ValueError):
    """An export that cannot be written where or as it was asked for."""


class Format(StrEnum):
    """The formats of one file, and evidence for courts."""

    GEOJSON = FileFormat.GEOJSON.value
    CSV = FileFormat.CSV.value
    KML = FileFormat.KML.value
    GPX = FileFormat.GPX.value
    EARTHRANGER = FileFormat.EARTHRANGER.value
    SMART = FileFormat.SMART.value
    DARWIN_CORE = FileFormat.DARWIN_CORE.value
    EVIDENCE = "evidence"


def export(
    file_format: Annotated[Format, typer.Option("--format", help="What to write.")],
    out: Annotated[
        Path,
        typer.Option(
            help="File to write. Evidence of one incident: a name ending in .zip; of several: a "
            "folder, which gets one ZIP each."
        ),
    ],
    incident_ids: Annotated[
        list[str] | None,
        typer.Option("--id", help="Only this incident, as listed; may be given several times."),
    ] = None,
    state: Annotated[list[State] | None, typer.Option(help="Only these states.")] = None,
    zone: Annotated[str | None, typer.Option(help="Only this zone.")] = None,
    site: Annotated[
        str | None, typer.Option(help="Name of a shipped site, or a folder; for names of zones.")
    ] = None,
    cell_deg: Annotated[
        float | None,
        typer.Option(help="Darwin Core: side in degrees of the cells that stand for places (0.1)."),
    ] = None,
    policy: Annotated[
        Path | None,
        typer.Option(help="Darwin Core: TOML file of what the recipient may know.", dir_okay=False),
    ] = None,
    smart_model: Annotated[
        Path | None,
        typer.Option(help="SMART: TOML file of the data model's keys.", dir_okay=False),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace files that are there.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Write incidents to files, positions included: for officers only, do not pass them on.

    geojson, csv, kml, gpx, earthranger (events in its JSON) and smart (independent incidents for
    SMART Connect) hold all that are asked for in one file. darwin-core is an archive of the
    confirmed dugongs among them for science, with places made coarse (1, 0.1, 0.01 or 0.001
    degrees, or as --policy says for its recipient) and without times of day. evidence is a ZIP per
    incident: original photo, crops, map, what is known, the ledger's entries and a page that opens
    offline; its verify.py shows any change, on any computer with Python. Write the manifest's
    SHA-256 that is printed into the logbook: it shows even a forgery of the whole ZIP.

    Example: libong incidents export --format gpx --state confirmed --out patrol.gpx

    Exit code 1 when some evidence lacks something, as a photo that is gone or was changed, or could
    not be made; 2 when nothing could be written. Files are readable by you alone.
    """
    settings = read_settings()
    place = open_site(site or settings.site)
    with closing(open_store(settings)) as store:
        incidents = _chosen(store, incident_ids, state, zone)
        if file_format is Format.EVIDENCE:
            paths = _evidence_paths(incidents, out)
            _check_free(paths, force=force)
            faults = store.verify().faults
            place = store.tides.in_force(place)
            outcomes = _write_all(paths, incidents, place, store, open_media(settings), faults)
            _tell_evidence(outcomes, faults, as_json=as_json)
            raise typer.Exit(_code(outcomes, faults))
    _check_free([out], force=force)
    made = incidents_file(
        FileFormat(file_format.value),
        incidents,
        place,
        datetime.now(place.reference.timezone).date(),
        policy=_policy(policy, cell_deg) if file_format is Format.DARWIN_CORE else None,
        smart_model=OWN_MODEL if smart_model is None else read_smart_model(smart_model),
    )
    with _replaced(out) as file:
        file.write(made.content)
    if as_json:
        print_json({"path": str(out), "incidents": made.incidents, "bytes": out.stat().st_size})
    else:
        _say(f"{out}: {made.incidents} incidents")


def _policy(path: Path | None, side_deg: float | None) -> SharingPolicy:
    if path is not None:
        if side_deg is not None:
            raise ExportError("the policy names the cells itself; leave out --cell-deg")
        return read_sharing_policy(path)
    if side_deg is None:
        return SharingPolicy()
    try:
        return SharingPolicy(cell=Cell(side_deg))
    except ValueError as error:
        sides = ", ".join(f"{cell.value:g}" for cell in Cell)
        raise ExportError(f"--cell-deg must be one of {sides}; got {side_deg:g}") from error


def _chosen(
    store: Store, incident_ids: list[str] | None, states: list[State] | None, zone: str | None
) -> tuple[Incident, ...]:
    if not incident_ids:
        return store.incidents(states=states or None, zone_id=zone)
    if states or zone is not None:
        raise ExportError("--id names incidents itself; leave out --state and --zone")
    return tuple(store.incident(incident_id) for incident_id in dict.fromkeys(incident_ids))


def _evidence_paths(incidents: Sequence[Incident], out: Path) -> list[Path]:
    """Return the ZIP of each incident; raises ExportError where `out` does not fit."""
    if not incidents:
        raise ExportError("no incident is asked for; `libong incidents list` tells which there are")
    if out.suffix.lower() != _ZIP:
        return [out / f"{incident.incident_id}{_ZIP}" for incident in incidents]
    if len(incidents) > 1:
        raise ExportError(
            f"{out} is one ZIP, and {len(incidents)} incidents are asked for; name a folder, which "
            "gets one ZIP each, or one incident with --id"
        )
    return [out]


def _check_free(paths: Sequence[Path], *, force: bool) -> None:
    """Refuse before anything is written, so that it is all or nothing."""
    for path in paths:
        if path.is_dir():
            raise ExportError(f"{path} is a folder; name a file")
        if path.exists() and not force:
            raise ExportError(f"{path} is there already; use another name, or --force")


@contextmanager
def _replaced(path: Path) -> Iterator[IO[bytes]]:
    """Give a file that takes the place of `path` once it is whole, and leaves no trace before."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        aside = NamedTemporaryFile(  # noqa: SIM115  closed below, before it is renamed
            dir=path.parent, prefix=f".{path.name}.", suffix=".part", delete=False
        )
    except OSError as error:
        raise ExportError(f"{path} cannot be written: {error.strerror}") from error
    try:
        with aside:
            yield aside
            aside.flush()
            os.fsync(aside.fileno())
        Path(aside.name).replace(path)
    except OSError as error:
        raise ExportError(f"{path} cannot be written: {error.strerror}") from error
    finally:
        Path(aside.name).unlink(missing_ok=True)


@dataclass(frozen=True)
class _Outcome:
    """What became of the evidence of one incident: its report, or why there is none."""

    incident_id: str
    path: Path
    report: EvidenceReport | None
    refusal: str | None


def _write_all(
    paths: Sequence[Path],
    incidents: Sequence[Incident],
    site: Site,
    store: Store,
    media: MediaStore,
    faults: Sequence[LedgerFault],
) -> list[_Outcome]:
    """Write each ZIP; damaged records of one incident do not keep the others from being written."""
    outcomes = []
    for path, incident in zip(paths, incidents, strict=True):
        try:
            case = store.case_file(incident.incident_id)
            with _replaced(path) as file:
                report = write_evidence(
                    file, case, site, media, ledger_faults=faults, sign=store.sign_evidence
                )
        except (EvidenceError, StoreError) as refusal:
            outcomes.append(_Outcome(incident.incident_id, path, None, str(refusal)))
        else:
            outcomes.append(_Outcome(incident.incident_id, path, report, None))
    return outcomes


def _code(outcomes: Sequence[_Outcome], faults: Sequence[LedgerFault]) -> Exit:
    reports = [outcome.report for outcome in outcomes if outcome.report is not None]
    if not reports:
        return Exit.BAD_INPUT
    whole = len(reports) == len(outcomes) and not any(report.lacks for report in reports)
    return Exit.OK if whole and not faults else Exit.PARTIAL


def _tell_evidence(
    outcomes: Sequence[_Outcome], faults: Sequence[LedgerFault], *, as_json: bool
) -> None:
    if as_json:
        print_json([_outcome_document(outcome, len(faults)) for outcome in outcomes])
        return
    for outcome in outcomes:
        if outcome.report is None:
            _say(f"{outcome.path}: not written: {outcome.refusal}")
            continue
        _say(f"{outcome.path}: manifest SHA-256 {outcome.report.manifest_sha256}")
        for lack in outcome.report.lacks:
            _say(f"  lacks {lack.name}: {WHY_WORDS[lack.why].en}")
    if faults:
        _say(f"the ledger has {len(faults)} faults: see `libong verify`")


def _outcome_document(outcome: _Outcome, ledger_faults: int) -> dict[str, Any]:
    report = outcome.report
    return {
        "id": outcome.incident_id,
        "path": str(outcome.path),
        "error": outcome.refusal,
        "manifest_sha256": None if report is None else report.manifest_sha256,
        "lacks": []
        if report is None
        else [{"name": it.name, "why": it.why.value} for it in report.lacks],
        "ledger_faults": ledger_faults,
    }


def _say(line: str) -> None:
    console.print(line, highlight=False, markup=False, soft_wrap=True)
