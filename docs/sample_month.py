"""Writes docs/sample_month/: the report of a month of simulated flights, as PDF and CSV.

Run `.venv/bin/python docs/sample_month.py` after a change of the report. The flights are made up
and labelled so on every page; tests/libong/test_simulated_month.py holds figures to their truth.
"""

from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from api.language import Language, Reader
from api.report import words
from api.report.pdf import report_pdf
from api.report.spreadsheet import report_csv
from api.report.text import report_text
from libong.simulated_month import simulate_month, simulated_site
from patrol.report.figures import MonthFigures, month_figures
from patrol.report.month import Month
from patrol.report.reading import reported
from patrol.site import shipped_site
from patrol.store import Store

OUT = Path(__file__).parent / "sample_month"
MONTHS = {Month(2026, 11): 11, Month(2026, 10): 10, Month(2025, 11): 12}  # with their seeds
MADE = datetime(2026, 12, 2, 2, 0, tzinfo=UTC)


def main() -> None:
    """Fly the months and write the report of the first."""
    site = simulated_site(shipped_site())
    OUT.mkdir(exist_ok=True)
    with TemporaryDirectory() as folder:
        store = Store(f"sqlite:///{folder}/libong.sqlite3")
        store.migrate()
        for month, seed in MONTHS.items():
            simulate_month(store, site, month, seed)

        def figures_of(month: Month) -> MonthFigures:
            return month_figures(store.reports.facts(site, month, MADE.date()), site, MADE.date())

        found = reported(next(iter(MONTHS)), min(MONTHS), figures_of)
        store.close()
    for language in Language:
        reader = Reader(language, site.reference.timezone)
        text = report_text(
            found,
            reader.pick(site.name_th, site.name_en),
            site.rule_parameters.survey_min_fraction,
            reader,
            warning=words.SIMULATED,
        )
        (OUT / f"simulated-{language}.pdf").write_bytes(report_pdf(text, MADE))
    (OUT / "simulated.csv").write_bytes(report_csv(found.months))


if __name__ == "__main__":
    main()
