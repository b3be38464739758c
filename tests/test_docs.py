"""The documents are true: every command and setting is told, and none is told that is not there."""

import re
import shlex
from functools import cache
from pathlib import Path

import pytest
import typer.main

from libong.cli.main import app
from libong.settings import Settings

HOUSE = Path(__file__).resolve().parent.parent
COMMANDS = (HOUSE / "docs" / "commands.md").read_text(encoding="utf-8")
README = (HOUSE / "README.md").read_text(encoding="utf-8")


def commands_of(group, prefix="libong"):
    for name, command in sorted(group.commands.items()):
        children = getattr(command, "commands", None)
        if children:
            if command.invoke_without_command:
                yield f"{prefix} {name}", command
            yield from commands_of(command, f"{prefix} {name}")
        else:
            yield f"{prefix} {name}", command


@cache
def all_commands():
    return dict(commands_of(typer.main.get_command(app)))


@pytest.mark.parametrize("name", sorted(all_commands()))
def test_every_command_is_documented_and_teaches(name):
    assert f"`{name}" in COMMANDS
    command = all_commands()[name]
    assert command.help
    assert len(command.help) > 20


def test_no_command_is_documented_that_does_not_exist():
    told = re.findall(r"^\| `libong ([a-z -]+)", COMMANDS, re.M)
    known = {name.removeprefix("libong ") for name in all_commands()}
    assert told
    for words in told:
        assert any(words.strip() == k or words.startswith(k + " ") for k in known), words


@pytest.mark.parametrize("field", sorted(Settings.model_fields))
def test_every_setting_is_documented(field):
    assert f"`LIBONG_{field.upper()}`" in COMMANDS


def readme_lines():
    blocks = re.findall(r"```sh\n(.*?)```", README, re.S)
    return [line for block in blocks for line in block.splitlines() if line.strip()]


@pytest.mark.parametrize("line", readme_lines())
def test_every_command_in_the_readme_parses(line):
    words = shlex.split(line)
    if words[0] == "make":
        makefile = (HOUSE / "Makefile").read_text(encoding="utf-8")
        assert all(re.search(rf"^{target}:", makefile, re.M) for target in words[1:])
        return
    assert words[0] == ".venv/bin/libong"
    group, arguments = typer.main.get_command(app), words[1:]
    while hasattr(group, "commands"):
        group, arguments = group.commands[arguments[0]], arguments[1:]
    context = group.make_context(group.name, list(arguments))
    assert context.params


def test_local_links_in_the_documents_lead_somewhere():
    for document in [HOUSE / "README.md", *sorted((HOUSE / "docs").glob("*.md"))]:
        for target in re.findall(r"\]\(([^)#:]+)\)", document.read_text(encoding="utf-8")):
            assert (document.parent / target).exists(), f"{document.name} links to {target}"
