"""The command: what it writes and where, what it refuses, and how it exits."""

import csv
import io
import json
import sqlite3
import stat
from pathlib import Path
from zipfile import ZipFile

import pytest
import typer
from click.testing import Result
from typer.testing import CliRunner

from libong.cli import exports
from patrol.exports.geojson import incidents_geojson
from patrol.exports.gpx import incidents_gpx
from patrol.exports.kml import incidents_kml
from patrol.exports.spreadsheet import incidents_csv
from patrol.incident import State
from patrol.store import UnknownIncident


@pytest.fixture
def run(world, monkeypatch):
    monkeypatch.setenv("LIBONG_DATABASE_URL", f"sqlite:///{world.database}")
    monkeypatch.setenv("LIBONG_MEDIA_URL", world.media_folder.as_uri())
    app = typer.Typer()
    app.command()(exports.export)

    def invoke(*arguments: object) -> Result:
        result = CliRunner().invoke(app, [str(it) for it in arguments])
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return invoke


def test_each_format_holds_what_was_asked_for(world, run, tmp_path) -> None:
    every = world.store.incidents()
    assert len(every) == 5
    expected = {
        "geojson": incidents_geojson(every),
        "csv": incidents_csv(every, world.site),
        "kml": incidents_kml(every, world.site),
        "gpx": incidents_gpx(every),
    }
    for name, content in expected.items():
        out = tmp_path / "new" / f"all.{name}"
        assert run("--format", name, "--out", out).exit_code == 0
        assert out.read_bytes() == content
        assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert len(list((tmp_path / "new").iterdir())) == 4


@pytest.mark.parametrize(
    ("options", "count"),
    [
        (["--state", "confirmed"], 1),
        (["--state", "confirmed", "--state", "new"], 5),
        (["--zone", "ko_muk_east"], 0),
        (["--zone", "laem_chu_hoi", "--state", "new"], 4),
    ],
)
def test_filters_narrow(run, tmp_path, options, count) -> None:
    out = tmp_path / "some.csv"
    result = run("--format", "csv", "--out", out, *options, "--json")
    assert json.loads(result.stdout)["incidents"] == count
    assert len(list(csv.reader(io.StringIO(out.read_text("utf-8-sig"))))) == 1 + count


def test_incidents_by_id_come_in_the_order_asked_for_and_once(world, run, tmp_path) -> None:
    ids = [incident.incident_id for incident in world.store.incidents()][:2]
    out = tmp_path / "two.geojson"
    wanted = [ids[1], ids[0], ids[1]]
    run("--format", "geojson", "--out", out, *(f"--id={it}" for it in wanted))
    features = json.loads(out.read_text("utf-8"))["features"]
    assert [feature["id"] for feature in features] == [ids[1], ids[0]]


def test_nothing_is_overwritten_without_force(run, tmp_path) -> None:
    out = tmp_path / "a.csv"
    out.write_text("mine")
    with pytest.raises(exports.ExportError, match="is there already"):
        run("--format", "csv", "--out", out)
    assert out.read_text() == "mine"
    assert run("--format", "csv", "--out", out, "--force").exit_code == 0
    assert out.read_bytes().startswith(b"\xef\xbb\xbfid,")


def test_evidence_of_one_incident_is_one_zip(world, run, tmp_path) -> None:
    out = tmp_path / "case.zip"
    result = run("--format", "evidence", "--out", out, "--id", world.incident_id)
    assert result.exit_code == 0
    data, report = world.export()
    with ZipFile(out) as written, ZipFile(io.BytesIO(data)) as expected:
        assert set(written.namelist()) == {*expected.namelist(), "manifest.sig"}
        assert all(written.read(name) == expected.read(name) for name in expected.namelist())
        assert report.manifest_sha256 in written.read("manifest.sig").decode()
    assert f"manifest SHA-256 {report.manifest_sha256}" in result.stdout


def test_evidence_of_several_is_one_zip_each_in_a_folder(world, run, tmp_path) -> None:
    out = tmp_path / "cases"
    result = run("--format", "evidence", "--out", out, "--json")
    assert result.exit_code == 1  # the made-up flights' photos are in no media store
    told = {it["id"]: it for it in json.loads(result.stdout)}
    names = {f"{it.incident_id}.zip" for it in world.store.incidents()}
    assert {path.name for path in out.iterdir()} == names
    assert told[world.incident_id]["lacks"] == []
    assert {it["why"] for own in told.values() for it in own["lacks"]} == {"missing", "undrawable"}
    for path in out.iterdir():
        assert ZipFile(path).testzip() is None
    with pytest.raises(exports.ExportError, match="is there already"):
        run("--format", "evidence", "--out", out)


def test_a_lost_original_is_told_and_exits_with_1(world, run, tmp_path) -> None:
    world.media_file(world.photos[1]).unlink()
    out = tmp_path / "case.zip"
    result = run("--format", "evidence", "--out", out, "--id", world.incident_id)
    assert result.exit_code == 1
    assert "is missing from the media store" in result.stdout


def test_a_fault_of_the_ledger_is_told_and_exits_with_1(world, run, tmp_path) -> None:
    connection = sqlite3.connect(world.database)
    connection.execute("UPDATE surveys SET seen_fraction = 1")
    connection.commit()
    connection.close()
    out = tmp_path / "case.zip"
    result = run("--format", "evidence", "--out", out, "--id", world.incident_id)
    assert result.exit_code == 1
    assert "the ledger has 3 faults" in result.stdout
    with ZipFile(out) as archive:
        assert len(json.loads(archive.read("evidence/ledger.json"))["faults"]) == 3


def test_damaged_records_of_one_incident_do_not_lose_the_others(world, run, tmp_path) -> None:
    connection = sqlite3.connect(world.database)
    connection.execute(
        "UPDATE incidents SET sighting_id = 'gone' WHERE incident_id = ?", (world.incident_id,)
    )
    connection.commit()
    connection.close()
    result = run("--format", "evidence", "--out", tmp_path / "all", "--json")
    assert result.exit_code == 1
    errors = {it["id"]: it["error"] for it in json.loads(result.stdout)}
    assert "are damaged" in errors.pop(world.incident_id)
    assert set(errors.values()) == {None}
    assert {path.stem for path in (tmp_path / "all").iterdir()} == set(errors)
    alone = run("--format", "evidence", "--out", tmp_path / "a.zip", "--id", world.incident_id)
    assert alone.exit_code == 2
    assert "a.zip: not written: the records of incident" in alone.stdout
    assert not (tmp_path / "a.zip").exists()


def test_wrong_requests_are_refused_in_words(world, run, tmp_path) -> None:
    own = ("--id", world.incident_id)
    (tmp_path / "file").write_text("x")
    for arguments, fault in (
        (("evidence", tmp_path / "all.zip"), "5 incidents are asked for; name a folder"),
        (("evidence", tmp_path / "x", "--state", "resolved"), "no incident is asked for"),
        (("csv", tmp_path / "x.csv", *own, "--state", "new"), "leave out --state and --zone"),
        (("csv", tmp_path / "x.csv", *own, "--zone", "a"), "leave out --state and --zone"),
        (("csv", tmp_path), "is a folder; name a file"),
        (("csv", tmp_path / "file" / "x.csv"), "cannot be written"),
    ):
        with pytest.raises(exports.ExportError, match=fault):
            run("--format", arguments[0], "--out", *arguments[1:])
    with pytest.raises(UnknownIncident, match="no incident 'nowhere'"):
        run("--format", "csv", "--out", tmp_path / "x.csv", "--id", "nowhere")
    assert not (tmp_path / "x.csv").exists()
    assert not (tmp_path / "x").exists()


def test_a_full_disk_leaves_what_was_there(world, run, tmp_path, monkeypatch) -> None:
    out = tmp_path / "sub" / "case.zip"
    out.parent.mkdir()
    out.write_text("the earlier one")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(exports.os, "fsync", full)
    with pytest.raises(exports.ExportError, match="cannot be written: No space left"):
        run("--format", "evidence", "--out", out, "--id", world.incident_id, "--force")
    assert out.read_text() == "the earlier one"
    assert [path.name for path in Path(out.parent).iterdir()] == ["case.zip"]


def test_a_step_taken_between_two_exports_shows(world, run, tmp_path) -> None:
    for name in ("before", "after"):
        run("--format", "evidence", "--out", tmp_path / f"{name}.zip", "--id", world.incident_id)
        if name == "before":
            incident = world.store.incident(world.incident_id)
            world.store.transition(
                incident.incident_id,
                State.RETRACTED,
                actor="o",
                reason="a buoy",
                expected_version=None,
                at_utc=incident.occurred_at_utc,
            )
    assert (tmp_path / "before.zip").read_bytes() != (tmp_path / "after.zip").read_bytes()


def test_the_help_says_for_whom_it_is(run) -> None:
    text = " ".join(run("--help").stdout.replace("│", " ").split())
    assert "for officers only" in text
    for option in ("--id", "--state", "--zone", "--format", "--out", "--force", "--json"):
        assert option in text
