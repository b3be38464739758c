"""`libong zones`: import tells first and does on demand; versions, history and export follow."""

import json

import pytest
from shapely.geometry import box, mapping
from typer.testing import CliRunner

from libong.cli.main import app
from patrol.zone_file import load_zones


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.setenv("LIBONG_DATA_DIR", str(tmp_path / "data"))

    def call(*arguments, code=0):
        done = CliRunner().invoke(app, ["zones", *map(str, arguments)])
        assert done.exit_code == code, done.output
        return done.stdout

    return call


def zone_file(tmp_path, area, **fields):
    named = {"zone_id": "bay", "name_en": "Bay", "name_th": "อ่าว"} | fields
    feature = {"type": "Feature", "properties": named, "geometry": mapping(area)}
    path = tmp_path / "drawn.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    return path


NEW = ("--kind", "go_slow", "--citation", "an order", "--citation-th", "คำสั่ง",
       "--jurisdiction", "Trang")  # fmt: skip
SAID = ("--apply", "--actor", "mali", "--reason", "new buoys")


def test_an_import_tells_first_then_does_and_its_versions_can_be_read(tmp_path, run) -> None:
    path = zone_file(tmp_path, box(99.35, 7.18, 99.37, 7.20))
    told = json.loads(run("import", path, *NEW, "--json"))
    assert told["applied"] is False
    assert {"zone": "bay", "change": "added", "what": []} in told["zones"]
    run("show", "bay", code=1)
    assert json.loads(run("import", path, *NEW, *SAID, "--json"))["applied"] is True
    again = json.loads(run("import", path, *NEW, "--json"))["zones"]
    assert {"zone": "bay", "change": "same", "what": []} in again
    wider = zone_file(tmp_path, box(99.35, 7.18, 99.38, 7.20))
    assert "applied" in run("import", wider, *SAID)
    versions = json.loads(run("history", "bay", "--json"))
    assert [(v["version"], v["actor"], v["origin"]) for v in versions] == [
        (1, "mali", "person"),
        (2, "mali", "person"),
    ]
    assert "new buoys" in run("history", "bay")
    first = json.loads(run("show", "bay", "--version", 1))
    latest = json.loads(run("show", "bay"))
    assert first["feature"]["properties"] == latest["feature"]["properties"]
    assert first["feature"]["geometry"] != latest["feature"]["geometry"]
    out = tmp_path / "out.geojson"
    run("export", "--to", out)
    assert [z.zone_id for z in load_zones(out)][-1] == "bay"
    assert "bay" in run("list")


def test_others_are_taken_away_only_when_asked(tmp_path, run) -> None:
    path = zone_file(tmp_path, box(99.35, 7.18, 99.37, 7.20))
    run("import", path, *NEW, *SAID, "--retire-others")
    assert [z["zone"] for z in json.loads(run("list", "--json"))] == ["bay"]
    assert json.loads(run("show", "laem_chu_hoi"))["retired"] is True


def test_a_fault_is_told_and_nothing_applied(tmp_path, run) -> None:
    path = zone_file(tmp_path, box(7.18, 99.35, 7.20, 99.37))
    told = run("import", path, *NEW, *SAID, code=1)
    assert "feature 1 (bay): " in told
    assert "looks like swapped axes" in told
    assert "nothing was applied" in told
    assert "bay" not in {z["zone"] for z in json.loads(run("list", "--json"))}
