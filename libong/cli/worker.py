"""libong worker: processes the flights that were sent here."""

import logging
from contextlib import closing
from time import sleep
from typing import Annotated

import typer

from detection.manifest import Model
from libong.cli.output import log_as_a_service, messages
from libong.composition import open_media, open_store
from libong.frame_search import Tools
from libong.open_models import known_manifests
from libong.outage import OutageError
from libong.settings import read_settings
from libong.sites import open_site
from libong.worker import Worker
from libong.worker_pool import end_processes, process_pool, search_frame, try_to_read

log = logging.getLogger(__name__)

_LONGEST_PAUSE_S = 60.0


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    app.command()(worker)


def worker(
    once: Annotated[
        bool, typer.Option("--once", help="End when no flight waits, instead of waiting.")
    ] = False,
    poll_s: Annotated[
        float, typer.Option("--poll-s", min=0.1, help="Seconds between looks for a flight.")
    ] = 2.0,
) -> None:
    """Process received flights, one after the other, for as long as it runs.

    Several may run on one database. One that is ended, or killed, costs the frame it was at. Where
    the disk is full, or the database or the model away, it says so and waits. A flight is searched
    by the model that is in use when work on it begins.
    """
    log_as_a_service()
    settings = read_settings()
    _model_in_use()  # better told now than when the first flight comes
    with closing(open_store(settings)) as store:
        working = Worker(
            store=store,
            media=open_media(settings),
            site=open_site(settings.site),
            model_in_use=_model_in_use,
            tools=Tools(process_pool, search_frame, try_to_read, end_processes),
            folder=settings.data_dir / "work",
            known_models=lambda: known_manifests(settings),
        )
        pause_s = poll_s
        try:
            while True:
                try:
                    worked = working.work_once()
                except OutageError as outage:
                    if once:
                        raise
                    log.warning("%s; trying again in %.0f s", outage, pause_s)
                    sleep(pause_s)
                    pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)
                    continue
                pause_s = poll_s
                if not worked:
                    if once:
                        return
                    sleep(poll_s)
        except KeyboardInterrupt:
            messages.print("the worker ends; an unfinished flight is back in line")


def _model_in_use() -> Model:
    """Read which model is in use now, and check it: another may be promoted at any time."""
    model = Model.read(read_settings().model)
    model.check()
    return model
