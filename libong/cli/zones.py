"""Commands on zones: list, show, history, import, export."""

from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from libong.cli.output import Exit, JsonOption, console, print_json
from libong.cli.report_changes import changes
from libong.composition import open_store
from libong.settings import read_settings
from libong.sites import open_site
from patrol.site import Site
from patrol.store import Store
from patrol.zone_document import feature_of
from patrol.zone_file import zones_text
from patrol.zone_import import Change, ImportPlan, plan_import
from patrol.zone_source import KINDS, read_source
from patrol.zone_versions import ZoneVersion
from patrol.zones import Binding, ZoneKind

app = typer.Typer(no_args_is_help=True, help="Zones: their status, versions, import and export.")


def register(parent: typer.Typer) -> None:
    """Add this group's commands."""
    parent.add_typer(app, name="zones")


app.command()(changes)

SiteOption = Annotated[str | None, typer.Option(help="Name of a shipped site, or a folder.")]
ZoneArgument = Annotated[str, typer.Argument(help="As listed by `libong zones list`.")]


@app.command("list")
def list_zones(site: SiteOption = None, as_json: JsonOption = False) -> None:
    """List the zones with their status today, as the public sees them."""
    settings = read_settings()
    place = open_site(site or settings.site)
    with closing(open_store(settings)) as store:
        today = datetime.now(UTC).astimezone(place.reference.timezone).date()
        statuses = store.zone_statuses(place, today)
    if as_json:
        print_json(
            [
                {
                    "zone": s.zone_id,
                    "name_th": s.name_th,
                    "name_en": s.name_en,
                    "kind": s.kind,
                    "status": s.status.value,
                    "presence": s.presence.value,
                    "since": s.since and s.since.isoformat(),
                    "until": s.until and s.until.isoformat(),
                    "last_surveyed": s.last_surveyed and s.last_surveyed.isoformat(),
                    "citation": s.citation,
                    "binding": s.binding,
                    "indicative": s.indicative,
                }
                for s in statuses
            ]
        )
        return
    table = Table("zone", "name", "kind", "status", "dugongs", "until")
    for s in statuses:
        table.add_row(
            s.zone_id,
            f"{s.name_th}\n{s.name_en}",
            s.kind,
            s.status.value,
            s.presence.value,
            str(s.until or "-"),
        )
    console.print(table)


@app.command()
def show(
    zone_id: ZoneArgument,
    version: Annotated[
        int | None, typer.Option(help="Which version; the latest if not told.")
    ] = None,
    site: SiteOption = None,
) -> None:
    """Show a zone in one of its versions, as JSON: who made it and why, and its GeoJSON feature."""
    place, store = _kept(site)
    with closing(store):
        found = (
            store.zones.history(place.site_id, zone_id)[-1]
            if version is None
            else store.zones.version(place.site_id, zone_id, version)
        )
    print_json(_version_document(found) | {"feature": feature_of(found.zone)})


@app.command()
def history(zone_id: ZoneArgument, site: SiteOption = None, as_json: JsonOption = False) -> None:
    """List all versions of a zone, the oldest first: when, by whom and why."""
    place, store = _kept(site)
    with closing(store):
        versions = store.zones.history(place.site_id, zone_id)
    if as_json:
        print_json([_version_document(version) for version in versions])
        return
    table = Table("version", "at (UTC)", "by", "why", "SHA-256")
    for each in versions:
        number = f"{each.zone.version}{' (taken away)' if each.retired else ''}"
        at = f"{each.at_utc:%Y-%m-%d %H:%M}"
        table.add_row(number, at, each.actor, each.reason, each.sha256[:12])
    console.print(table)


@app.command()
def export(
    to: Annotated[Path, typer.Option(help="The GeoJSON file to write.")],
    site: SiteOption = None,
) -> None:
    """Write the zones that hold now to a GeoJSON file, which a site's folder or an import takes."""
    place, store = _kept(site)
    with closing(store):
        zones = store.zones.in_force(place).zones
    try:
        to.write_text(zones_text(zones), encoding="utf-8")
    except OSError as error:
        raise typer.BadParameter(f"{to}: cannot be written: {error.strerror}") from error
    console.print(f"{len(zones)} zones written to {to}", highlight=False)


@app.command("import")
def import_zones(
    path: Annotated[Path, typer.Argument(help=f"The file: {', '.join(KINDS)}.")],
    apply: Annotated[bool, typer.Option("--apply", help="Do it; else only tell.")] = False,
    actor: Annotated[str, typer.Option(help="Who does it; goes into the ledger.")] = "",
    reason: Annotated[str, typer.Option(help="Why; goes into the ledger.")] = "",
    retire_others: Annotated[
        bool, typer.Option("--retire-others", help="Take away the zones that the file lacks.")
    ] = False,
    crs: Annotated[
        str | None, typer.Option(help="Coordinates of a file that lacks them, as EPSG:32647.")
    ] = None,
    kind: Annotated[ZoneKind | None, typer.Option(help="Of new zones without one.")] = None,
    citation: Annotated[str | None, typer.Option(help="Source of new zones without one.")] = None,
    citation_th: Annotated[str | None, typer.Option(help="The same in Thai.")] = None,
    jurisdiction: Annotated[str | None, typer.Option(help="Of new zones without one.")] = None,
    binding: Annotated[Binding, typer.Option(help="Of new zones.")] = Binding.PROPOSAL,
    official: Annotated[
        bool, typer.Option("--official", help="New outlines are from an official text.")
    ] = False,
    site: SiteOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take zones from a file of another program; tells what would change, and does it on --apply.

    GeoJSON, KML, KMZ, GPX, shapefiles (also zipped) and GeoPackages in any coordinates. A feature
    of the same zone_id or name redraws that zone and keeps what the file does not tell. Nothing is
    applied while a feature has a fault (exit code 1).
    """
    defaults: dict[str, Any] = {
        "kind": kind and kind.value,
        "citation": citation,
        "citation_th": citation_th,
        "jurisdiction": jurisdiction,
        "binding": binding.value,
        "indicative": not official,
        "rules": [],
    }
    place, store = _kept(site)
    with closing(store):
        now = store.zones.in_force(place)
        beside = () if retire_others else now.zones
        plan = plan_import(read_source(path, crs), now, defaults, beside)
        retired = plan.of(Change.NOT_IN_FILE) if retire_others else ()
        done = apply and not plan.refused
        if done:
            store.zones.put_all(
                place,
                [(it.zone, it.seen_version) for it in plan.of(Change.ADDED, Change.CHANGED)],
                retire=[(it.zone.zone_id, it.zone.version) for it in retired],
                actor=actor,
                reason=reason,
                at_utc=datetime.now(UTC),
            )
    if as_json:
        print_json(_plan_document(plan, done=done))
    else:
        _print_plan(plan, done=done, retired=[it.zone.zone_id for it in retired])
    raise typer.Exit(Exit.PARTIAL if plan.refused else 0)


def _kept(site: str | None) -> tuple[Site, Store]:
    """Open the site as its folder has it, and the store in which its zones are kept."""
    settings = read_settings()
    place = open_site(site or settings.site)
    store = open_store(settings)
    store.zones.follow_file(place, datetime.now(UTC))
    return place, store


def _version_document(version: ZoneVersion) -> dict[str, Any]:
    return {
        "zone": version.zone.zone_id,
        "version": version.zone.version,
        "sha256": version.sha256,
        "retired": version.retired,
        "origin": version.origin.value,
        "actor": version.actor,
        "reason": version.reason,
        "at_utc": version.at_utc.isoformat(),
    }


def _plan_document(plan: ImportPlan, *, done: bool) -> dict[str, Any]:
    return {
        "applied": done,
        "zones": [
            {"zone": it.zone.zone_id, "change": it.change.value, "what": list(it.what)}
            for it in plan.planned
        ],
        "refused": [
            {
                "layer": it.feature.layer,
                "feature": it.feature.number,
                "name": it.label,
                "faults": [
                    {"code": fault.code, "text": fault.text, "place": fault.place}
                    for fault in it.faults
                ],
            }
            for it in plan.refused
        ],
    }


def _print_plan(plan: ImportPlan, *, done: bool, retired: Sequence[str]) -> None:
    table = Table("zone", "name", "change", "what is different")
    for it in plan.planned:
        taken_away = it.zone.zone_id in retired
        change = "taken away" if taken_away else it.change.value.replace("_", " ")
        name = f"{it.zone.name_th}\n{it.zone.name_en}"
        table.add_row(it.zone.zone_id, name, change, ", ".join(it.what))
    console.print(table)
    for refused in plan.refused:
        feature = refused.feature
        layer = f" of layer {feature.layer}" if feature.layer else ""
        for fault in refused.faults:
            console.print(
                f"feature {feature.number}{layer} ({refused.label}): {fault.text}", highlight=False
            )
    if done:
        console.print("applied")
    elif plan.refused:
        console.print("nothing was applied: correct the features above")
    else:
        console.print("nothing was applied yet: add --apply with --actor and --reason")
