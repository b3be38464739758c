"""Commands on accounts: libong user add, list, password."""

import secrets
import sys
from contextlib import closing
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.table import Table

from api.auth import hash_password
from libong.cli.output import JsonOption, console, print_json
from libong.composition import open_store
from libong.settings import read_settings
from patrol.store import Role

app = typer.Typer(no_args_is_help=True, help="Accounts of rangers, officers and administrators.")

FromStdin = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from standard input.")
]


def _password(*, from_stdin: bool) -> tuple[str, bool]:
    """Return a password and whether it was made here and must be shown once."""
    if not from_stdin:
        return secrets.token_urlsafe(12), True
    return sys.stdin.readline().rstrip("\n"), False


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="The name to log in with.")],
    role: Annotated[Role, typer.Option(help="What the account may do.")] = Role.OFFICER,
    password_stdin: FromStdin = False,
) -> None:
    """Make an account. Without --password-stdin a random password is made and shown once."""
    password, made = _password(from_stdin=password_stdin)
    with closing(open_store(read_settings())) as store:
        store.add_user(name, hash_password(password), role, datetime.now(UTC))
    console.print(f"added {role.value} {name}", highlight=False)
    if made:
        console.print(f"password, shown only now: {password}", highlight=False)


@app.command()
def password(
    name: Annotated[str, typer.Argument(help="The account.")], password_stdin: FromStdin = False
) -> None:
    """Give an account a new password and end its sessions."""
    new, made = _password(from_stdin=password_stdin)
    with closing(open_store(read_settings())) as store:
        store.set_password_hash(name, hash_password(new))
    console.print(f"changed the password of {name}; its sessions are ended", highlight=False)
    if made:
        console.print(f"password, shown only now: {new}", highlight=False)


@app.command("list")
def list_users(as_json: JsonOption = False) -> None:
    """List the accounts with their roles."""
    with closing(open_store(read_settings())) as store:
        users = store.users()
    if as_json:
        print_json(
            [
                {"name": u.name, "role": u.role.value, "created_at": u.created_at_utc.isoformat()}
                for u in users
            ]
        )
        return
    table = Table("name", "role", "since")
    for u in users:
        table.add_row(u.name, u.role.value, f"{u.created_at_utc:%Y-%m-%d}")
    console.print(table)
