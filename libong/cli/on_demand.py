"""Commands that are imported when they are asked for.

All of them together take seconds to import on a small laptop: server, database, network. Somebody
who looks at a flight waits for what looks at flights.
"""

from collections import UserDict
from collections.abc import Mapping
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup
from typer.main import get_group

# The module of each command, in the order that the help shows them. Each has a `register`.
MODULES: Mapping[str, str] = {
    "frames": "frames",
    "process": "flights",
    "locate": "locate",
    "detect": "detect",
    "telemetry": "telemetry",
    "serve": "serve",
    "worker": "worker",
    "notify": "notify",
    "notices": "notify",
    "push": "push",
    "sync": "sync",
    "demo": "demo",
    "verify": "ledger",
    "backup": "backup",
    "restore": "backup",
    "report": "report",
    "sample-month": "sample_month",
    "train": "models",
    "export-model": "models",
    "render-flight": "models",
    "evaluate": "evaluate",
    "doctor": "doctor",
    "flights": "records",
    "incidents": "records",
    "checkpoint": "ledger",
    "bench": "bench",
    "user": "accounts",
    "labels": "labels",
    "models": "model_folder",
    "zones": "zones",
    "permits": "permits",
    "tides": "tides",
}


class OnDemand(UserDict[str, Any]):
    """Commands by their names, of modules of `libong.cli`; one is imported when looked up."""

    def __getitem__(self, name: str) -> Any:
        """Import a command, unless it is there."""
        found = super().__getitem__(name)
        if isinstance(found, str):
            found = self[name] = commands_of(found)[name]
        return found


def commands_of(module: str) -> dict[str, Any]:
    """Import a module of `libong.cli`; the commands that it registers, by name."""
    own = typer.Typer(rich_markup_mode="rich", pretty_exceptions_enable=False)
    import_module(f"libong.cli.{module}").register(own)
    return dict(get_group(own).commands)


class CommandsOnDemand(TyperGroup):
    """The `libong` command, whose commands are those of MODULES."""

    def __init__(self, **settings: Any) -> None:
        """Make the group as Typer does, with commands that are not imported yet."""
        super().__init__(**settings)
        self.commands = OnDemand(MODULES)
