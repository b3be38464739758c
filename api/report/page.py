"""The monthly report as one file of HTML, which opens from a folder with no network."""

from pathlib import Path

from markupsafe import Markup

from api.language import Language
from api.pages import template_environment
from api.report.section import ReportText

_STATIC = Path(__file__).parent.parent / "static"
_SHEETS = ("libong.css", "report.css")


def report_page(report: ReportText, language: Language) -> bytes:
    """Return the page: the same parts as officers see, with its styles in it."""
    # the sheets are files of this package
    styles = Markup("\n".join((_STATIC / name).read_text("utf-8") for name in _SHEETS))  # noqa: S704
    template = template_environment(language).get_template("report/month_file.html")
    return template.render(report=report, language=language.value, styles=styles).encode()
