"""Commands on accounts: libong user add, list, password."""

import secrets
import sys
from contextlib import closing
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.table import Table

from api.auth import hash_password
from libong.cli.output import JsonOption, console, messages, print_json
from libong.composition import open_store
from libong.settings import read_settings
from patrol.store import Role

app = typer.Typer(no_args_is_help=True, help="Accounts of rangers, officers and administrators.")


def register(parent: typer.Typer) -> None:
    """Add this group's commands."""
    parent.add_typer(app, name="user")


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
        store.set_password_hash(name, hash_password(new), datetime.now(UTC))
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


token_app = typer.Typer(
    no_args_is_help=True, help="Tokens by which a user's own devices send flights."
)
app.add_typer(token_app, name="token")


@token_app.command("add")
def add_token(
    name: Annotated[str, typer.Argument(help="Whose device it is.")],
    label: Annotated[str, typer.Option(help="Which device, to know it by later.")] = "",
) -> None:
    """Make a token for `libong push` on one device of a user; it is shown once."""
    with closing(open_store(read_settings())) as store:
        token = store.device_tokens.add(name, label, datetime.now(UTC))
    messages.print("the token, shown only now; keep it in a file that only you can read:")
    typer.echo(token)


@token_app.command("list")
def list_tokens(
    name: Annotated[str, typer.Argument(help="Whose tokens.")], as_json: JsonOption = False
) -> None:
    """List a user's tokens, without their secrets."""
    with closing(open_store(read_settings())) as store:
        tokens = store.device_tokens.of(name)
    if as_json:
        print_json(
            [
                {
                    "token_id": t.token_id,
                    "label": t.label,
                    "created_at": t.created_at_utc.isoformat(),
                    "revoked_at": t.revoked_at_utc and t.revoked_at_utc.isoformat(),
                }
                for t in tokens
            ]
        )
        return
    table = Table("token", "device", "since", "revoked")
    for t in tokens:
        revoked = f"{t.revoked_at_utc:%Y-%m-%d}" if t.revoked_at_utc else "-"
        table.add_row(t.token_id, t.label, f"{t.created_at_utc:%Y-%m-%d}", revoked)
    console.print(table)


@token_app.command("revoke")
def revoke_token(
    token_id: Annotated[str, typer.Argument(help="As `libong user token list` shows it.")],
) -> None:
    """Let a token pass no more, for a device that was lost, say."""
    with closing(open_store(read_settings())) as store:
        store.device_tokens.revoke(token_id, datetime.now(UTC))
    console.print(f"token {token_id} passes no more", highlight=False)
