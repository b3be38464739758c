"""The report of an evaluation: one Markdown file and one HTML page that needs nothing else."""

import base64
import json
import os
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from detection.evaluation.charts import precision_recall_svg, reliability_svg
from detection.evaluation.document import document
from detection.evaluation.evaluation import Evaluation
from detection.evaluation.gallery import MistakeKind, ShownMistake
from detection.evaluation.gates import Gate
from detection.evaluation.how_measured import how_measured
from detection.evaluation.tables import TextTable, tables

_HEADINGS = {MistakeKind.MISSED: "missed", MistakeKind.FALSE_ALARM: "falsely reported"}
_CHARTS = {"precision_recall": precision_recall_svg, "reliability": reliability_svg}
_STYLE = """
body{font:16px/1.5 system-ui,sans-serif;color:#1b2a33;background:#fff;margin:1.5rem auto;
max-width:78rem;padding:0 1rem}
h1{font-size:1.6rem}h2{font-size:1.2rem;margin-top:2rem}
.caveat{border-left:.4rem solid #c2410c;background:#fff4ed;padding:.6rem 1rem;font-weight:600}
.note{color:#4a5b65}.wide{overflow-x:auto}
table{border-collapse:collapse;font-size:.9rem}
th,td{border:1px solid #d5dde1;padding:.3rem .6rem;text-align:left;white-space:nowrap}
td{vertical-align:top}.interval{display:block;color:#4a5b65;font-size:.8rem}
th{background:#f1f5f7}.good{color:#166534}.bad{color:#b91c1c;font-weight:600}
.cards{display:flex;flex-wrap:wrap;gap:1rem}
figure{margin:0;width:208px}figcaption{font-size:.8rem;overflow-wrap:anywhere}
"""


@dataclass(frozen=True)
class Report:
    """All that a report tells; `notes` are what was left out and why."""

    title: str
    evaluation: Evaluation
    gates: tuple[Gate, ...]
    mistakes: tuple[ShownMistake, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Card:
    file_name: str
    jpeg: bytes
    link: str
    alt: str
    lines: tuple[str, ...]

    @property
    def base64(self) -> str:
        return base64.b64encode(self.jpeg).decode()


@dataclass(frozen=True)
class _Gallery:
    title: str
    cards: tuple[_Card, ...]


def write_report(report: Report, folder: Path) -> tuple[Path, Path]:
    """Write report.md with its curves and crops, report.html, and evaluation.json.

    Returns the paths of the Markdown file and the page. Links to frames are relative to `folder`.
    """
    for name in ("curves", "crops"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    for kind in MistakeKind:  # an earlier report's, which may have had more of them
        for old in (folder / "crops").glob(f"*_{_word(kind)}_[0-9][0-9][0-9].jpg"):
            old.unlink()
    galleries = _galleries(report.mistakes, folder)
    charts = {
        f"{kind}_{c.object_class.value}.svg": draw(c)
        for c in report.evaluation.classes
        for kind, draw in _CHARTS.items()
    }
    for name, svg in charts.items():
        (folder / "curves" / name).write_text(svg, encoding="utf-8")
    for card in (card for gallery in galleries for card in gallery.cards):
        (folder / "crops" / card.file_name).write_bytes(card.jpeg)
    shown = tables(report.evaluation, report.gates)
    numbers = json.dumps(document(report.evaluation, report.gates), ensure_ascii=False, indent=1)
    (folder / "evaluation.json").write_text(numbers + "\n", encoding="utf-8")
    markdown, page = folder / "report.md", folder / "report.html"
    markdown.write_text(_markdown(report, shown, charts.keys(), galleries), encoding="utf-8")
    page.write_text(_html(report, shown, charts.values(), galleries), encoding="utf-8")
    return markdown, page


def summary(evaluation: Evaluation) -> str:
    """What was evaluated, in one line."""
    return (
        f"{evaluation.frames} frames of {len(evaluation.flights)} flights, "
        f"{evaluation.area_km2:.3f} km² of sea seen, overlaps counted each time. "
        f"Intervals: {evaluation.draws} draws of flights, seed {evaluation.seed}."
    )


def _galleries(shown: Sequence[ShownMistake], folder: Path) -> tuple[_Gallery, ...]:
    groups: dict[str, list[_Card]] = {}
    for number, one in enumerate(shown):
        m = one.mistake
        title = f"{m.object_class.value}: {_HEADINGS[m.kind]}"
        groups.setdefault(title, []).append(_card(one, number, folder))
    return tuple(_Gallery(title, tuple(cards)) for title, cards in groups.items())


def _word(kind: MistakeKind) -> str:
    return kind.value.replace(" ", "_")


def _card(shown: ShownMistake, number: int, folder: Path) -> _Card:
    m = shown.mistake
    target = m.path.resolve()
    try:
        link = quote(Path(os.path.relpath(target, folder.resolve())).as_posix())
    except ValueError:  # on another drive of Windows
        link = target.as_uri()
    best = "nothing noticed there" if m.score is None else f"best score there {m.score:.2f}"
    lines = [
        f"{m.frame.flight} {m.frame.frame}",
        f"box {', '.join(f'{v:.0f}' for v in m.xyxy_px)} px",
        "scale unknown" if m.frame.gsd_cm is None else f"{m.frame.gsd_cm:.1f} cm per pixel",
        best if m.kind is MistakeKind.MISSED else f"score {m.score or 0:.2f}",
    ]
    if m.visibility is not None:
        lines.append(f"visibility {m.visibility:.2f}")
    name = f"{m.object_class.value}_{_word(m.kind)}_{number:03d}.jpg"
    return _Card(name, shown.jpeg, link, f"{m.object_class.value}, {m.kind.value}", tuple(lines))


def _html(
    report: Report,
    shown: Sequence[TextTable],
    charts: Collection[str],
    galleries: Sequence[_Gallery],
) -> str:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
    )
    digest = base64.b64encode(sha256(_STYLE.encode()).digest()).decode()
    return environment.get_template("report.html.j2").render(
        title=report.title,
        caveat=report.evaluation.caveat,
        summary=summary(report.evaluation),
        measured=how_measured(report.evaluation),
        notes=report.notes,
        tables=shown,
        charts=[Markup(svg) for svg in charts],  # noqa: S704  # drawn here, its words escaped
        galleries=galleries,
        style=Markup(_STYLE),  # noqa: S704  # ours
        style_hash=f"sha256-{digest}",
    )


def _markdown(
    report: Report,
    shown: Sequence[TextTable],
    charts: Collection[str],
    galleries: Sequence[_Gallery],
) -> str:
    lines = [f"# {_plain(report.title)}", ""]
    if report.evaluation.caveat:
        lines += [f"**{report.evaluation.caveat}**", ""]
    lines += [summary(report.evaluation), ""]
    lines += [f"- {_plain(note)}" for note in (*how_measured(report.evaluation), *report.notes)]
    for table in shown:
        lines += ["", *markdown_table(table)]
    lines += ["", "## Curves", ""]
    lines += [f"![{name.removesuffix('.svg')}](curves/{name})" for name in charts]
    for gallery in galleries:
        lines += ["", f"## {_plain(gallery.title)}", ""]
        for card in gallery.cards:
            told = "; ".join(card.lines)
            lines.append(f"[![{card.alt}](crops/{card.file_name})]({card.link}) {_plain(told)}")
            lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def markdown_table(table: TextTable) -> list[str]:
    """The lines of a table under its heading."""
    return [
        f"## {_plain(table.title)}",
        "",
        _row(table.columns),
        "|" + " --- |" * len(table.columns),
        *(_row(row) for row in table.rows),
    ]


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(_plain(cell) for cell in cells) + " |"


def _plain(text: str) -> str:
    """Words as they are: file names are data, never markup."""
    for mark in "\\`*_[]<>|#":
        text = text.replace(mark, "\\" + mark)
    return text
