"""Commands on backups: backup, restore."""

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from libong.cli.ledger import finish_with, trusted_keys
from libong.cli.output import console
from libong.composition import open_media, open_store
from libong.settings import read_settings
from patrol.backup import copy_media
from patrol.backup_restore import backup_keys
from patrol.checkpoint_key import SiteKey, read_public_keys
from patrol.media import MediaStore
from patrol.media_check import media_faults
from patrol.store import Store


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    app.command()(backup)
    app.command()(restore)


def backup(
    file: Annotated[Path, typer.Argument(help="A new ZIP file.")],
    media: Annotated[bool, typer.Option(help="Put originals and crops into the ZIP.")] = True,
    media_to: Annotated[
        Path | None,
        typer.Option(help="Copy them to this folder instead; on one disk they take no room."),
    ] = None,
) -> None:
    """Write all that is remembered into one file, while the service goes on.

    Private keys are left out: keep `site_key` and `secret_key` of the data folder apart, in a safe.
    """
    settings = read_settings()
    pictures = open_media(settings)
    with closing(open_store(settings)) as store:
        pem = "".join(key.pem for key in trusted_keys(settings))
        inside = pictures if media and media_to is None else None
        made = store.back_up(file, inside, pem, datetime.now(UTC))
    # after the tables, so that no picture is missing which they name
    copied = copy_media(pictures, MediaStore(str(media_to))) if media_to is not None else made.media
    console.print(f"{file}: {made.rows} rows, {copied} pictures", highlight=False)


def restore(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A backup.")],
    media_from: Annotated[
        Path | None,
        typer.Option(exists=True, file_okay=False, help="Where `backup --media-to` put them."),
    ] = None,
    public_key: Annotated[
        list[Path] | None,
        typer.Option(exists=True, dir_okay=False, help="Trust these keys, not the backup's own."),
    ] = None,
) -> None:
    """Fill an empty database from a backup, then verify it; never overwrites anything.

    Exit code 1 tells of faults. The keys it was checked with are trusted from then on.
    """
    settings = read_settings()
    settings.make_data_dir()
    media = open_media(settings)
    pem = (
        "".join(path.read_text("ascii") for path in public_key) if public_key else backup_keys(file)
    )
    own = SiteKey.kept_at(settings.site_key_file)
    with closing(Store(settings.store_url, own)) as store:
        made = store.restore(file, media)
        if media_from is not None:
            copy_media(MediaStore(str(media_from)), media)
        settings.trusted_keys_file.write_text(pem, encoding="ascii")
        keys = read_public_keys(settings.trusted_keys_file)
        report = store.verify(keys)
        pictured = made.media or media_from is not None
        faults = [*report.faults, *(media_faults(store, media) if pictured else ())]
    console.print(f"restored {made.rows} rows, made {made.made_at_utc}", highlight=False)
    finish_with(report, faults)
