"""Measure the committed model on the committed held-out flights, and write a page about it.

    python docs/held_out_flights.py

Searches sample_flights/held_out with the committed model, or that of LIBONG_MODEL, and writes
docs/held_out_flights.md. `libong evaluate --data sample_flights/held_out` measures the same and
shows the mistakes besides. Run it anew with each model.
"""

from pathlib import Path

from detection.evaluation.dataset import read_labelled
from detection.evaluation.evaluation import evaluate
from detection.evaluation.gates import gates
from detection.evaluation.how_measured import how_measured
from detection.evaluation.report import markdown_table, summary
from detection.evaluation.search import search_flights
from detection.evaluation.tables import tables
from detection.precision import Precision
from detection.training.evaluate import RENDERED_SITE
from libong.open_models import open_searchers
from libong.settings import read_settings

HERE = Path(__file__).parent
FLIGHTS = HERE.parent / "sample_flights" / "held_out"


def main() -> None:
    """Write the page."""
    searchers = open_searchers(read_settings(precision=Precision.F32))
    searched = search_flights(
        read_labelled(FLIGHTS).flights, searchers, lambda flight: RENDERED_SITE
    )
    scored = evaluate(
        searched.frames, searched.thresholds, searched.counts, rendered=searched.rendered
    )
    lines = [
        "# What the detector finds on held-out flights",
        "",
        f"**{scored.caveat}**",
        "",
        f"Made by `python docs/held_out_flights.py` with `{searchers.operating.manifest.file}`, "
        "from the flights in `sample_flights/held_out`: seas of families that no training saw. To "
        "measure them yourself, with curves and pictures of each mistake:",
        "",
        "```sh",
        "LIBONG_PRECISION=f32 .venv/bin/libong evaluate --data sample_flights/held_out \\",
        "  --report var/held_out",
        "```",
        "",
        "These are few frames, kept small to be at hand, so that the intervals are wide; the card "
        "of the model (`models/README.md`) tells of many more flights of the same families.",
        "",
        summary(scored),
        *(line for told in how_measured(scored) for line in ("", told)),
    ]
    for table in tables(scored, gates(scored)):
        lines += ["", *markdown_table(table)]
    (HERE / "held_out_flights.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
