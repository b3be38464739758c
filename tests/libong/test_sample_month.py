"""The sample month, two flights of it: rendered, processed, decided and reported, all the way."""

import csv
import io
import json
import re
from contextlib import closing
from pathlib import Path

import pypdfium2
import pytest
from typer.testing import CliRunner

from detection.types import ObjectClass
from libong.cli.main import app
from libong.rendered_month import ClassScore

DOCS = Path(__file__).resolve().parents[2] / "docs"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    out = tmp_path_factory.mktemp("month")
    done = CliRunner().invoke(
        app, ["sample-month", str(out), "--flights", "2"], catch_exceptions=False
    )
    assert done.exit_code == 0, done.output
    return out


def measures(path: Path) -> dict[tuple[str, str], str]:
    rows = csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig")))
    return {
        (row["zone"], row["measure"]): row["value"] for row in rows if row["month"] == "2026-11"
    }


@pytest.mark.deep
def test_two_flights_become_a_report_that_says_it_is_rendered(made) -> None:
    scores = json.loads((made / "scores.json").read_text(encoding="utf-8"))
    assert scores["rendered"] is True
    assert scores["ledger_faults"] == 0
    assert (len(scores["flights"]), scores["frames"]) == (2, 8)
    assert {flight["zone"] for flight in scores["flights"]} == {"laem_chu_hoi", "chu_hoi_seagrass"}
    told = measures(made / "rendered.csv")
    assert told["", "flights"] == "2"
    assert told["", "flights_without_effort"] == "0"
    assert float(told["", "sea_usable"]) > 0
    assert told["ko_muk_east", "dugongs"] == "not_surveyed"
    for language, words in (("th", "ภาพสร้างด้วยคอมพิวเตอร์"), ("en", "RENDERED:")):
        page = (made / f"rendered-{language}.html").read_text(encoding="utf-8")
        assert words in page
        assert "http" not in re.sub(r'xmlns="[^"]*"', "", page)
        with closing(pypdfium2.PdfDocument(made / f"rendered-{language}.pdf")) as pdf:
            texts = [sheet.get_textpage().get_text_bounded() for sheet in pdf]
        assert language == "th" or all(words in text for text in texts)


@pytest.mark.deep
def test_what_was_found_is_what_the_report_counts(made) -> None:
    """The reviewer confirms what was there, also things of which little showed."""
    scores = json.loads((made / "scores.json").read_text(encoding="utf-8"))
    told = measures(made / "rendered.csv")
    assert int(told["", "dugong_sightings"]) >= scores["classes"]["dugong"]["found"]
    assert told["", "dugong_sightings_unreviewed"] == "0"
    assert set(scores["classes"]) == {object_class.value for object_class in ObjectClass}
    for score in scores["classes"].values():
        assert score["found"] + score["missed"] == score["things"]


def test_scores_add_up() -> None:
    assert ClassScore(3, 2, 1).plus(ClassScore(1, 1, 0)) == ClassScore(4, 3, 1)


def test_the_page_in_docs_tells_what_its_files_tell() -> None:
    page = (DOCS / "sample_month.md").read_text(encoding="utf-8")
    scores = json.loads((DOCS / "sample_month" / "scores.json").read_text(encoding="utf-8"))
    for name, score in scores["classes"].items():
        cells = (name, score["things"], score["found"], score["missed"], score["false"])
        assert f"| {' | '.join(map(str, cells))} |" in page
    told = measures(DOCS / "sample_month" / "rendered.csv")
    assert f"{told['', 'flights']} flights" in page
    assert len(scores["flights"]) == int(told["", "flights"])
    assert f"{float(told['', 'sea_usable']):.2f} km² of sea" in page
    for link in re.findall(r"\]\((sample_month/[^)]+)\)", page):
        assert (DOCS / link).is_file()
    assert f"Model `{scores['model_sha256'][:12]}`" in page
