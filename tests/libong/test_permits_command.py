"""`libong permits`: kept, listed and taken back."""

import json

from typer.testing import CliRunner

from libong.cli.main import app

PERMIT = (
    "--holder", "ผู้ถือ", "--gear", "ลอบ", "--zone", "laem_chu_hoi", "--first", "2026-02-01",
    "--last", "2026-04-30", "--citation", "an order", "--actor", "mali",
)  # fmt: skip


def test_a_permit_is_kept_listed_and_taken_back(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("LIBONG_DATA_DIR", str(tmp_path))

    def run(*arguments, code=0):
        done = CliRunner().invoke(app, ["permits", *arguments])
        assert done.exit_code == code, done.output
        return done.output if done.exception is None else str(done.exception)

    assert json.loads(run("list", "--json")) == []
    run("add", "T-1", *PERMIT)
    assert "is kept already" in run("add", "T-1", *PERMIT, code=1)
    (kept,) = json.loads(run("list", "--json"))
    assert (kept["permit"], kept["zones"], kept["revoked_from"]) == ("T-1", ["laem_chu_hoi"], None)
    run("revoke", "T-1", "--reason", "moved", "--actor", "nid")
    (kept,) = json.loads(run("list", "--json"))
    assert kept["revoke_reason"] == "moved"
    assert "T-1" in run("list")
