"""`libong train` before its network learns anything: what it checks, renders, and goes on with."""

import json
from pathlib import Path
from shutil import copytree
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from ingest.errors import LibongError
from libong.cli import output
from libong.cli.main import app
from libong.settings import HOUSE

torch = pytest.importorskip("torch", reason="needs the extra `train`")
pytest.importorskip("ultralytics", reason="needs the extra `train`")

SHIPPED = HOUSE / "models" / "manifest.json"


class Stopped(Exception):  # noqa: N818  stands for a power cut
    """Stands for what ends a run from outside."""


SMALL = ("--tiles", "8", "--tile-px", "64")
START = HOUSE / "models" / json.loads(SHIPPED.read_text())["file"]


def trains(out, monkeypatch, *, until=None):
    """`libong train --out OUT` with a training that only notes its plan, or raises at once."""
    from libong import training_run

    monkeypatch.setenv("LIBONG_DATA_DIR", str(out.parent / "data"))
    monkeypatch.setenv("LIBONG_FIELD_DATA", "")
    monkeypatch.setattr(training_run, "write_curves", lambda *_: None)
    monkeypatch.setattr(training_run, "write_average", lambda *_: "averaged.pt")
    monkeypatch.setattr(training_run, "write_start_file", lambda onnx, tiles, target: target)
    plans = []

    def trained(plan, resumed):
        if until is not None:
            raise until
        plans.append(plan)
        return plan.run_folder / "weights" / "best.pt"

    monkeypatch.setattr(training_run, "train", trained)

    def run(*options):
        command = ["train", "--out", out, "--processes", "1", *options]
        return CliRunner().invoke(app, [str(part) for part in command])

    return SimpleNamespace(run=run, plans=plans, out=out)


@pytest.fixture
def train(tmp_path, monkeypatch):
    return trains(tmp_path / "run", monkeypatch)


@pytest.fixture(scope="module")
def stopped(tmp_path_factory):
    """The folder of a run that was stopped when its tiles were there and its training began."""
    out = tmp_path_factory.mktemp("stopped") / "run"
    with pytest.MonkeyPatch.context() as monkeypatch:
        train = trains(out, monkeypatch, until=Stopped())
        seen = []
        monkeypatch.setattr(
            output.ProgressLines, "advance", lambda self, *told: seen.append(told), raising=True
        )
        done = train.run(*SMALL, "--minutes", "7")
    assert isinstance(done.exception, Stopped), done.exception
    return out, seen


@pytest.fixture
def begun(train, stopped):
    """The same, in the folder that `train` trains in: the times of its pictures."""
    copytree(stopped[0], train.out)
    return pictures(train)


def pictures(train):
    """Each tile's picture, and when it was written."""
    return {p: p.stat().st_mtime_ns for p in (train.out / "tiles").rglob("*.jpg")}


def junk(folder, name):
    path = folder / name
    path.write_bytes(b"no weights at all")
    return path


def refused(train, *options):
    done = train.run(*options)
    assert isinstance(done.exception, LibongError), done.exception
    assert not train.out.exists()
    return str(done.exception)


@pytest.mark.parametrize("device", ["7", "gpu", "-1", "0,1"])
def test_a_device_that_is_not_there_is_refused_before_anything_is_rendered(train, device):
    told = refused(train, *SMALL, f"--device={device}")
    assert "--device" in told
    assert repr(device) in told
    assert "`cpu`" in told


@pytest.mark.parametrize("px", [100, 65, 650])
def test_a_tile_must_be_a_multiple_of_32(train, px):
    told = refused(train, "--tiles", "8", "--tile-px", px)
    assert "multiple of 32" in told
    assert f"got {px}" in told
    assert str(px // 32 * 32) in told


@pytest.mark.parametrize("px", [65, 100])
def test_families_are_compared_on_tiles_of_a_multiple_of_32(tmp_path, px):
    command = ["models", "families", "--folder", str(tmp_path / "run"), "--tile-px", str(px)]
    done = CliRunner().invoke(app, command)
    assert isinstance(done.exception, LibongError), done.exception
    assert "multiple of 32" in str(done.exception)
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("name", ["x.pt", "x.onnx", "x.bin"])
def test_start_weights_that_are_none_are_refused_before_anything_is_rendered(train, tmp_path, name):
    told = refused(train, *SMALL, "--start", junk(tmp_path, name))
    assert name in told
    assert "libong export-model" in told


def test_start_weights_of_another_network_are_refused(train, tmp_path):
    from detection.training.families import Family
    from detection.training.start_model import start_model

    other = tmp_path / "other.pt"
    torch.save({"model": start_model(None, Family.YOLO11S), "train_args": {}}, other)
    assert "other.pt" in refused(train, *SMALL, "--start", other)


def test_broken_coco_weights_are_refused_before_anything_is_rendered(train, tmp_path, monkeypatch):
    folder = tmp_path / "field" / "weights"
    folder.mkdir(parents=True)
    junk(folder, "yolo11n-coco.safetensors")
    monkeypatch.setenv("LIBONG_FIELD_DATA", str(tmp_path / "field"))
    assert "yolo11n-coco.safetensors" in refused(train, *SMALL)


@pytest.mark.parametrize("again", [("--resume",), SMALL])
def test_a_run_without_a_checkpoint_goes_on_with_the_tiles_it_has(train, begun, again):
    assert len(begun) == 9
    done = train.run(*again, "--minutes", "9")
    assert done.exit_code == 0, done.exception
    assert pictures(train) == begun
    (plan,) = train.plans
    assert (plan.image_px, plan.minutes) == (64, 9)
    assert str(plan.data.parent.resolve()) in plan.data.read_text()


def test_going_on_keeps_the_options_that_are_not_given_anew(train, begun):
    asked = train.out / "run.json"
    asked.write_text(json.dumps(json.loads(asked.read_text()) | {"start": str(START)}))
    done = train.run("--resume", "--tiles", "100")
    assert "--tiles does not count" in done.stdout.replace("\n", " ")
    (plan,) = train.plans
    assert (plan.minutes, plan.image_px) == (7, 64)
    assert plan.start_weights == train.out / "start.pt"


def test_a_run_stopped_while_rendering_renders_the_rest_alone(train, begun):
    lost = train.out / "tiles" / "images" / "train" / "00000003.jpg"
    whole = lost.read_bytes()
    lost.unlink()
    (train.out / "tiles" / "data.yaml").unlink()
    assert train.run("--resume").exit_code == 0
    assert lost.read_bytes() == whole
    after = pictures(train)
    assert after.keys() == begun.keys()
    assert {p for p in after if after[p] != begun[p]} == {lost}
    summary = json.loads((train.out / "tiles" / "summary.json").read_text())
    assert sum(summary["train"]["tiles_by_scene"].values()) == 8


def test_a_run_begun_with_other_tiles_is_not_mixed_with(train, begun):
    done = train.run("--tiles", "9", "--tile-px", "64")
    assert isinstance(done.exception, LibongError)
    told = str(done.exception)
    assert "--tiles 8" in told
    assert "--resume" in told
    assert "--out" in told
    assert pictures(train) == begun


@pytest.mark.parametrize("name", ["weights/last.pt", "weights/epoch0.pt", "results.csv"])
def test_a_run_that_has_learnt_is_not_begun_again(train, begun, name):
    kept = train.out / "network" / name
    kept.parent.mkdir(parents=True)
    kept.write_bytes(b"epoch\n1\n2\n")
    for options in (SMALL, ("--resume",)):
        assert isinstance(train.run(*options).exception, LibongError)
    assert kept.read_bytes() == b"epoch\n1\n2\n"
    assert not train.plans


def test_tiles_that_another_renderer_drew_are_drawn_anew(train, begun):
    mark = train.out / "tiles" / "rendered_by.json"
    told = json.loads(mark.read_text())
    mark.write_text(json.dumps(told | {"renderer": "0" * 64}))
    picture = train.out / "tiles" / "images" / "train" / "00000003.jpg"
    whole = picture.read_bytes()
    picture.write_bytes(b"drawn otherwise")
    done = train.run("--resume")
    assert done.exit_code == 0, done.exception
    assert picture.read_bytes() == whole
    assert json.loads(mark.read_text()) == told


def test_where_there_is_no_terminal_a_line_tells_now_and_then_how_far_it_is():
    from detection.progress_lines import ProgressLines

    now, told = [0.0], []
    lines = ProgressLines(told.append, clock=lambda: now[0])
    for done in range(1, 131):
        now[0] += 1
        lines.advance("rendering tiles", done, 130)
    assert told == ["rendering tiles: 60 of 130", "rendering tiles: 120 of 130"]


def test_the_command_says_how_far_its_tiles_are(stopped):
    _, seen = stopped
    assert seen == [("rendering tiles", done, 9) for done in range(10)]


def test_folders_of_others_are_left_alone(train):
    """A folder of that name with pictures that no run of ours tells of."""
    picture = train.out / "tiles" / "images" / "train" / "00000001.jpg"
    picture.parent.mkdir(parents=True)
    picture.write_bytes(b"mine")
    for options in (SMALL, ("--resume",)):
        assert isinstance(train.run(*options).exception, LibongError)
    assert [p for p in train.out.rglob("*") if p.is_file()] == [picture]
    assert Path(picture).read_bytes() == b"mine"
