"""The shipped model's card says what its manifest says."""

import json
from pathlib import Path

import pytest

MODELS = Path(__file__).parents[3] / "models"


@pytest.fixture(scope="module")
def manifest():
    return json.loads((MODELS / "manifest.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def rows():
    card = (MODELS / "README.md").read_text(encoding="utf-8")
    cells = [
        [c.strip() for c in line.split("|")[1:-1]] for line in card.splitlines() if "|" in line
    ]
    return {row[0]: row[1:] for row in cells}


@pytest.mark.parametrize("name", ["dugong", "boat", "fishing_gear"])
def test_scores_of_a_class(manifest, rows, name):
    scores = manifest["metrics"]["rendered_test_flights"][name]
    keys = ("recall", "precision", "f1", "recall_by_flight", "f1_by_flight")
    threshold, *shown = rows[name]
    assert float(threshold) == manifest["thresholds"][name]
    assert [float(v) for v in shown[:5]] == pytest.approx([scores[k] for k in keys], abs=0.006)
    assert shown[5] == f"{scores['objects_found']} of {scores['objects']}"
    assert float(shown[6]) == pytest.approx(scores["false_alarms_per_frame"], abs=0.006)
    assert float(shown[7]) == pytest.approx(scores["false_alarms_per_km2"], abs=0.51)


@pytest.mark.parametrize("photos", ["brighton_beach", "sea"])
def test_false_alarms_on_real_photos(manifest, rows, photos):
    counted = manifest["metrics"]["false_alarms_on_photos_with_nothing_to_find"][photos]
    assert [int(v) for v in rows[photos]] == list(counted.values())


def test_the_card_names_the_file_and_its_limits(manifest):
    card = (MODELS / "README.md").read_text(encoding="utf-8")
    assert manifest["file"] in card.splitlines()[0]
    assert "never been shown a real dugong" in card
    assert "**not** field accuracy" in card
