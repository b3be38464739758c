"""An eight-bit copy of the shipped model: whole, measured, promotable, and not trained further."""

import json

import pytest
from typer.testing import CliRunner

pytest.importorskip("nncf", reason="needs the extra `train`")
pytest.importorskip("torch", reason="needs the extra `train`")
pytest.importorskip("ultralytics", reason="needs the extra `train`")

from detection.errors import ModelError
from detection.evaluation.bootstrap import Interval
from detection.manifest import load_manifest
from detection.model_folder import promoted_manifest
from detection.model_verdict import verdict_of
from detection.training.comparison import Pairs, in_words
from detection.training.eight_bits import EightBitCopy, EightBitPlan, eight_bit_copy
from detection.training.from_onnx import model_from_onnx
from detection.training.random_flight import random_flight
from detection.training.render_mark import RenderMark
from detection.training.start_model import WeightsError
from detection.types import ObjectClass
from libong.cli import model_folder
from libong.cli.main import app
from libong.cli.model_folder import open_model
from libong.settings import HOUSE

pytestmark = pytest.mark.deep  # a copy is made and measured, or looked at

SHIPPED = HOUSE / "models" / "manifest.json"


def plan(base, folder):
    return EightBitPlan(
        base, folder / "models", folder / "flights", rendered_flights=2, calibration_tiles=32
    )


@pytest.fixture(scope="module")
def copy(tmp_path_factory, short_flight) -> EightBitCopy:
    folder = tmp_path_factory.mktemp("copy")
    for number, name in enumerate(("test_104", "test_102")):  # rendered already
        flight = short_flight(name, folder / "flights" / f"val_{number:03d}")
        RenderMark.of("detection.training.flight", random_flight("val", number)).write(flight)
    return eight_bit_copy(plan(SHIPPED, folder), open_model, print)


def test_the_copy_is_a_model_of_its_own_that_names_its_origin(copy):
    made, shipped = load_manifest(copy.manifest), load_manifest(SHIPPED)
    assert copy.manifest.parent.name == made.sha256 != shipped.sha256
    assert made.thresholds == shipped.thresholds
    assert json.loads(copy.manifest.read_text())["training"]["eight_bits_of"] == shipped.sha256
    small = sum(f.stat().st_size for f in copy.manifest.parent.iterdir())
    assert small < 0.6 * sum(f.stat().st_size for f in SHIPPED.parent.glob("*.onnx"))


def test_both_models_are_measured_on_the_same_flights(copy):
    recalls = {c.object_class: c for c in copy.comparisons if c.measure == "recall"}
    assert ObjectClass.DUGONG in recalls
    assert all(c.after >= c.before - 0.3 for c in recalls.values()), recalls
    assert copy.times_as_fast > 0
    assert (copy.manifest.parent / "comparison.md").is_file()
    verdict = verdict_of(copy.manifest)
    assert verdict.beside_sha256 == load_manifest(SHIPPED).sha256
    assert verdict.against == tuple(in_words(c) for c in copy.lost)


def test_constants_that_were_changed_are_noticed(copy, tmp_path):
    for file in copy.manifest.parent.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    constants = tmp_path / load_manifest(copy.manifest).constants.file
    data = bytearray(constants.read_bytes())
    data[len(data) // 2] ^= 1
    constants.write_bytes(data)
    with pytest.raises(ModelError, match=f"{constants.name} has SHA-256"):
        load_manifest(tmp_path / "manifest.json")


def test_a_copy_is_not_copied_again_nor_trained_further(copy, tmp_path):
    with pytest.raises(ModelError, match="of eight bits already"):
        eight_bit_copy(plan(copy.manifest, tmp_path), open_model, print)
    with pytest.raises(WeightsError, match="libong models revert"):
        model_from_onnx(copy.manifest.parent / load_manifest(copy.manifest).file)


@pytest.fixture
def quantise(copy, tmp_path, monkeypatch):
    """`libong models quantise` with a copy of so much recall lost and so fast."""
    from detection.training import eight_bits

    monkeypatch.setenv("LIBONG_DATA_DIR", str(tmp_path))
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / copy.manifest.parent.name).symlink_to(copy.manifest.parent)

    def run(lost, times_as_fast, *arguments, pairs=Pairs()):  # noqa: B008  # frozen
        from dataclasses import replace

        by_chance = Interval(-lost, -0.1, 0.1)
        compared = tuple(
            replace(c, before=0.9, after=0.9 - lost, difference=by_chance, pairs=pairs)
            for c in copy.comparisons
            if c.measure == "recall"
        )
        manifest = tmp_path / "models" / copy.manifest.parent.name / copy.manifest.name
        told = replace(copy, manifest=manifest, comparisons=compared, times_as_fast=times_as_fast)
        monkeypatch.setattr(eight_bits, "eight_bit_copy", lambda *_: told)
        return CliRunner().invoke(app, ["models", "quantise", *arguments])

    return run


def test_a_faster_copy_that_keeps_recall_is_promoted_when_asked(quantise, copy, tmp_path):
    done = quantise(0.009, 1.6, "--promote")
    assert done.exit_code == 0, done.exception
    assert promoted_manifest(tmp_path / "models").parent.name == copy.manifest.parent.name


def test_one_that_loses_objects_that_the_other_found_is_not(quantise, tmp_path):
    done = quantise(0.009, 1.6, "--promote", pairs=Pairs(worse=3, better=0, net=3, of=9))
    assert isinstance(done.exception, model_folder.PromotionError)
    assert promoted_manifest(tmp_path / "models") is None


@pytest.mark.parametrize(
    ("lost", "times_as_fast", "reason"),
    [(0.011, 1.6, "loses dugong recall 0.900 to 0.889"), (0.0, 0.9, "no faster on this machine")],
)
def test_one_that_loses_recall_or_is_slower_is_not(quantise, tmp_path, lost, times_as_fast, reason):
    done = quantise(lost, times_as_fast, "--promote")
    assert isinstance(done.exception, model_folder.PromotionError)
    assert reason in str(done.exception)
    assert promoted_manifest(tmp_path / "models") is None
    unasked = quantise(lost, times_as_fast)
    assert unasked.exit_code == 0
    assert reason in unasked.stdout.replace("\n", " ")
