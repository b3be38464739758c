"""Which model is in use: promoted, refused, taken back."""

import json
from pathlib import Path
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from detection.evaluation.bootstrap import Interval
from detection.manifest import load_manifest
from detection.model_folder import promoted_manifest
from detection.model_verdict import forget_verdict, write_verdict
from detection.training.comparison import Comparison, in_words
from detection.types import ObjectClass
from libong.cli import model_folder
from libong.cli.main import app
from libong.cli.models import TrainOptionError
from libong.open_models import known_manifests
from libong.settings import HOUSE, read_settings

SHIPPED = HOUSE / "models" / "manifest.json"


@pytest.fixture
def data(tmp_path, monkeypatch):
    monkeypatch.setenv("LIBONG_DATA_DIR", str(tmp_path))
    return tmp_path


@pytest.fixture
def candidate(data):
    """A copy of the shipped model, as a fine-tuning would leave its own that is no worse."""
    manifest = load_manifest(SHIPPED)
    folder = data / "models" / manifest.sha256
    folder.mkdir(parents=True)
    for file in SHIPPED.parent.glob("*.*"):
        (folder / file.name).symlink_to(file)
    write_verdict(folder / "manifest.json", beside_sha256="0" * 64, against=())
    return folder / "manifest.json"


def test_models_released_before_are_known_without_their_weights(data):
    known = known_manifests(read_settings())
    names = {manifest.file for manifest in known}
    assert {"libong-v1.onnx", "libong-v2.onnx", known[0].file} <= names
    assert known[0].sha256 == load_manifest(SHIPPED).sha256
    assert all(manifest.reported_thresholds for manifest in known)


def command(*arguments):
    return CliRunner().invoke(app, [str(a) for a in arguments])


def test_the_shipped_model_is_in_use_until_one_is_promoted_and_again_after(data, candidate):
    assert read_settings().model == SHIPPED
    assert command("models", "promote", candidate.parent.name[:8]).exit_code == 0
    assert read_settings().model == candidate
    (listed,) = json.loads(command("models", "list", "--json").stdout)
    assert listed["promoted"]
    assert "shipped" in command("models", "revert").stdout
    assert read_settings().model == SHIPPED


def test_the_environment_goes_before_a_promotion(data, candidate, monkeypatch):
    command("models", "promote", candidate.parent.name)
    monkeypatch.setenv("LIBONG_MODEL", "elsewhere.json")
    assert read_settings().model == Path("elsewhere.json")


def test_a_model_that_did_worse_is_taken_into_use_by_force_alone(data, candidate):
    worse = "dugong recall on rendered flights from 0.900 to 0.700"
    write_verdict(candidate, beside_sha256="0" * 64, against=(worse,))
    done = command("models", "promote", candidate.parent.name[:8])
    assert isinstance(done.exception, model_folder.PromotionError)
    assert worse in str(done.exception)
    assert "--force" in str(done.exception)
    assert promoted_manifest(data / "models") is None
    done = command("models", "promote", candidate.parent.name[:8], "--force")
    assert done.exit_code == 0
    assert promoted_manifest(data / "models") == candidate


def test_a_model_whose_measuring_was_cut_short_is_taken_into_use_by_force_alone(data, candidate):
    forget_verdict(candidate)
    done = command("models", "promote", candidate.parent.name)
    assert isinstance(done.exception, model_folder.PromotionError)
    assert "not measured to the end" in str(done.exception)
    assert read_settings().model == SHIPPED
    assert command("models", "promote", candidate.parent.name, "--force").exit_code == 0
    assert read_settings().model == candidate


def test_a_verdict_that_cannot_be_read_is_told(data, candidate):
    (candidate.parent / "verdict.json").write_text("{}")
    done = command("models", "promote", candidate.parent.name)
    assert "verdict.json cannot be read" in str(done.exception)


def test_models_are_listed_with_what_they_came_from_and_how_they_were_found(data, candidate):
    other = data / "models" / ("f" * 64)
    other.mkdir()
    document = json.loads(candidate.read_text()) | {
        "training": {
            "fine_tuned_from": "ab" * 32, "at_utc": "2026-11-20T05:00:00+00:00",
            "learnt_frames": 120,
        }
    }  # fmt: skip
    (other / "manifest.json").write_text(json.dumps(document))
    first, second = json.loads(command("models", "list", "--json").stdout)
    assert (first["sha256"], first["worse"], first["made_of"]) == (
        candidate.parent.name,
        False,
        None,
    )
    assert (second["worse"], second["made_of"], second["learnt_frames"]) == (None, "ab" * 32, 120)
    assert second["made_at_utc"] == "2026-11-20T05:00:00+00:00"
    shown = command("models", "list").stdout
    for told in ("no worse", "not measured", "2026-11-20 05:00 UTC", "abababababab, fine-tuned"):
        assert told in shown


@pytest.fixture
def train(data, candidate, monkeypatch):
    """`libong train --from` with a training that ends at once, the recall changed by so much."""
    pytest.importorskip("torch", reason="needs the extra `train`")
    pytest.importorskip("ultralytics", reason="needs the extra `train`")
    from detection.training import fine_tune

    def run(change, *arguments):
        compared = Comparison(
            "rendered flights", ObjectClass.DUGONG, "recall", 0.9, 0.9 + change,
            Interval(change, change - 0.01, change + 0.01), better_is_more=True,
        )  # fmt: skip
        made = SimpleNamespace(
            manifest=candidate, model_sha256=candidate.parent.name, comparisons=(compared,),
            against=tuple(in_words(c) for c in (compared,) if c.regressed),
        )  # fmt: skip

        def fine_tuned(plan, *_):
            run.plan = plan
            return made

        monkeypatch.setattr(fine_tune, "fine_tune", fine_tuned)
        return command("train", "--from", data / "exported", *arguments)

    return run


@pytest.mark.parametrize("change", [0.05, 0.0, -0.005])
def test_a_candidate_no_worse_than_the_noise_is_promoted_when_asked(train, data, candidate, change):
    done = train(change, "--promote")
    assert done.exit_code == 0, done.exception
    assert promoted_manifest(data / "models") == candidate


def test_a_candidate_is_not_promoted_unasked(train, data, candidate):
    done = train(0.05)
    assert f"libong models promote {candidate.parent.name[:12]}" in done.stdout
    assert promoted_manifest(data / "models") is None


def test_a_regression_forbids_promotion(train, data):
    done = train(-0.05, "--promote")
    assert isinstance(done.exception, model_folder.PromotionError)
    assert "dugong recall on rendered flights" in str(done.exception)
    assert promoted_manifest(data / "models") is None
    assert read_settings().model == SHIPPED


def test_real_photographs_at_hand_are_rehearsed_and_false_dugongs_counted_in_them(
    train, data, monkeypatch
):
    sea = data / "field" / "photos" / "sea"
    sea.mkdir(parents=True)
    monkeypatch.setenv("LIBONG_FIELD_DATA", str(data / "field"))
    train(0.05)
    assert train.plan.photo_folder == sea
    assert [photos.paths for photos in train.plan.empty_photos] == [(sea,)]


@pytest.mark.parametrize(
    "option",
    ["--out", "--tiles", "--tile-px", "--first-tile", "--start", "--device", "--resume"],
)
def test_options_that_learning_from_labels_does_not_hear_are_refused(train, data, option):
    value = {"--resume": (), "--start": (SHIPPED,)}.get(option, ("100",))
    done = train(0.05, option, *value)
    assert isinstance(done.exception, TrainOptionError)
    assert str(done.exception).startswith(f"{option} does not go with --from")


def test_promotion_without_labels_is_refused(data):
    done = command("train", "--out", data / "run", "--promote")
    assert isinstance(done.exception, TrainOptionError)
    assert "--from" in str(done.exception)


@pytest.mark.parametrize("part", ["tiles", "network"])
def test_a_folder_that_holds_a_run_takes_no_other(data, part):
    pytest.importorskip("torch", reason="needs the extra `train`")
    pytest.importorskip("ultralytics", reason="needs the extra `train`")
    (data / "run" / part).mkdir(parents=True)
    (data / "run" / part / "kept").touch()
    from libong.training_run import RunFolderError

    done = command("train", "--out", data / "run", "--tiles", "8")
    assert isinstance(done.exception, RunFolderError)
    told = str(done.exception)
    assert str(data / "run" / part) in told
    assert "--resume" in told
    assert "--out" in told
    assert [p.name for p in (data / "run").rglob("*")] == [part, "kept"]


def test_resuming_what_has_no_checkpoint_is_refused(data):
    pytest.importorskip("torch", reason="needs the extra `train`")
    pytest.importorskip("ultralytics", reason="needs the extra `train`")
    done = command("train", "--out", data / "run", "--resume")
    assert "holds no checkpoint to go on from" in str(done.exception)
    assert not (data / "run").exists()


def test_without_reviewed_frames_learning_from_the_store_is_refused(data, monkeypatch, tmp_path):
    pytest.importorskip("torch", reason="needs the extra `train`")
    pytest.importorskip("ultralytics", reason="needs the extra `train`")
    monkeypatch.chdir(tmp_path)
    done = command("train", "--from", "labels")
    assert "no reviewed frames" in str(done.exception)
