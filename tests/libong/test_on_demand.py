"""Commands are imported when they are asked for, and none is forgotten."""

import subprocess
import sys

import pytest
import typer.main
from typer.testing import CliRunner

from libong.cli.main import app
from libong.cli.on_demand import MODULES, OnDemand, commands_of


@pytest.mark.parametrize("module", sorted(set(MODULES.values())))
def test_every_command_of_a_module_is_known(module):
    known = {name for name, where in MODULES.items() if where == module}
    assert set(commands_of(module)) == known


def test_the_help_names_all_in_their_order():
    told = CliRunner().invoke(app, ["--help"], terminal_width=200).output
    places = [told.index(f"\u2502 {name} ") for name in MODULES]
    assert places == sorted(places)


def test_a_command_is_imported_once_when_it_is_looked_up():
    commands = OnDemand({"locate": "locate", "gone": "no_such_module"})
    assert list(commands) == ["locate", "gone"]
    assert commands["locate"] is commands["locate"]
    assert commands.get("nothing") is None
    with pytest.raises(ModuleNotFoundError, match="no_such_module"):
        commands["gone"]


def test_a_mistyped_command_is_guessed():
    said = CliRunner().invoke(app, ["frame"])
    assert said.exit_code == 2
    assert "Did you mean 'frames'?" in said.output


@pytest.mark.parametrize(
    ("command", "unneeded"),
    [("frames", ("api", "sqlalchemy", "fastapi")), ("detect", ("api", "sqlalchemy"))],
)
def test_looking_at_pictures_waits_for_no_server_and_no_database(command, unneeded):
    code = (
        "import sys, typer.main\n"
        "from libong.cli.main import app\n"
        f"typer.main.get_command(app).commands[{command!r}]\n"
        f"print([name for name in {unneeded!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_all_can_be_listed():
    commands = typer.main.get_command(app).commands
    assert {name for name, command in commands.items() if command.name == name} == set(MODULES)
