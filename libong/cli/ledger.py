"""Commands on the ledger: verify, checkpoint."""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from libong.cli.output import Exit, JsonOption, console, print_json, progress_bar
from libong.composition import open_media, open_store
from libong.settings import Settings, read_settings
from patrol.checkpoint import read_checkpoint
from patrol.checkpoint_key import PublicKey, SiteKey, read_public_keys
from patrol.ledger import LedgerFault, LedgerReport
from patrol.media_check import media_faults

checkpoint_app = typer.Typer(
    no_args_is_help=False,
    invoke_without_command=True,
    help="Sign the ledger, so that even a chain that was written anew is found.",
)


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    app.command()(verify)
    app.add_typer(checkpoint_app, name="checkpoint")


def verify(
    public_key: Annotated[
        list[Path] | None,
        typer.Option(exists=True, dir_okay=False, help="Trust these keys, not this site's own."),
    ] = None,
    checkpoint: Annotated[
        list[str] | None,
        typer.Option(help="A checkpoint kept elsewhere, or an entry's number and hash."),
    ] = None,
    media: Annotated[bool, typer.Option(help="Read every original and crop too.")] = True,
    as_json: JsonOption = False,
) -> None:
    """Check the ledger, its checkpoints and the pictures: any edit or gap is found (exit code 1).

    Anyone who has the site's public key can check with `--public-key FILE`; `--checkpoint TEXT`
    holds the ledger against what was kept on paper or in a mail.
    """
    settings = read_settings()
    settings.make_data_dir()
    keys = (
        [key for path in public_key for key in read_public_keys(path)]
        if public_key
        else trusted_keys(settings)
    )
    witnesses = [read_checkpoint(text) for text in checkpoint or ()]
    with closing(open_store(settings)) as store, progress_bar() as progress:
        report = store.verify(keys, witnesses, progress)
        pictures = media_faults(store, open_media(settings), progress) if media else ()
        faults = [*report.faults, *pictures]
    if as_json:
        print_json(
            {
                "events": report.events,
                "checkpoints": report.checkpoints,
                "head_hash": report.head_hash,
                "faults": [asdict(fault) for fault in faults],
            }
        )
        if faults:
            raise typer.Exit(Exit.PARTIAL)
        return
    finish_with(report, faults)


def finish_with(report: LedgerReport, faults: Sequence[LedgerFault]) -> None:
    """Tell what was found; ends with exit code 1 where anything is wrong."""
    for fault in faults:
        where = f"event {fault.sequence}: " if fault.sequence else ""
        console.print(f"{where}{fault.what}", highlight=False)
    console.print(
        f"{report.events} events, {report.checkpoints} checkpoints, {len(faults)} faults",
        highlight=False,
    )
    if faults:
        raise typer.Exit(Exit.PARTIAL)


def trusted_keys(settings: Settings) -> Sequence[PublicKey]:
    """Return this site's own public key, and those of the site that a backup came from."""
    own = SiteKey.kept_at(settings.site_key_file).public
    kept = settings.trusted_keys_file
    others = read_public_keys(kept) if kept.exists() else ()
    return tuple(dict.fromkeys((own, *others)))


@checkpoint_app.callback()
def checkpoint(
    context: typer.Context,
    to: Annotated[Path | None, typer.Option(help="Add the line to this file as well.")] = None,
) -> None:
    """Sign the ledger as it stands now and print the line; keep it elsewhere: paper, a mail."""
    if context.invoked_subcommand is not None:
        return
    with closing(open_store(read_settings())) as store:
        made = store.sign_ledger(datetime.now(UTC))
    typer.echo(made.line)
    if to is not None:
        with to.open("a", encoding="ascii") as file:
            file.write(made.line + "\n")


@checkpoint_app.command("list")
def list_checkpoints(as_json: JsonOption = False) -> None:
    """List the checkpoints, the oldest first; they are made daily and every 100 entries."""
    with closing(open_store(read_settings())) as store:
        made = store.checkpoints()
    if as_json:
        print_json([asdict(each) | {"line": each.line} for each in made])
        return
    table = Table("number", "entry", "hash", "at", "key")
    for each in made:
        table.add_row(
            str(each.number), str(each.sequence), each.entry_hash[:16], each.at_utc, each.key_id
        )
    console.print(table)


@checkpoint_app.command()
def key() -> None:
    """Print the site's public key, with which anyone can check its checkpoints."""
    settings = read_settings()
    settings.make_data_dir()
    typer.echo(SiteKey.kept_at(settings.site_key_file).public.pem, nl=False)
