"""The monthly report as a PDF: A4, selectable text, Thai set by HarfBuzz, charts as lines."""

from datetime import datetime
from pathlib import Path

from fpdf import FPDF
from fpdf.enums import TableBordersLayout, XPos, YPos
from fpdf.fonts import FontFace

from api.report.pdf_maps import draw_maps, fitted
from api.report.section import Bar, Chart, ReportText, Section, Table

_FONTS = Path(__file__).parent.parent / "fonts"
_INK, _SOFT, _DEEP = (16, 38, 43), (61, 84, 90), (6, 52, 63)
_GOLD, _LINE, _BAR, _ALARM = (233, 180, 76), (213, 222, 221), (11, 79, 92), (138, 16, 56)
_MARGIN_MM = 14.0
_LABEL_MM, _CHART_MM = 66.0, 70.0


def report_pdf(report: ReportText, made_at: datetime) -> bytes:
    """Return a report as a PDF; the same report and time give the same bytes."""
    sheet = _Sheet(report)
    sheet.set_creation_date(made_at)
    sheet.set_title(f"{report.site}: {report.title}")
    sheet.add_page()
    for section in report.sections:
        sheet.section(section)
    return bytes(sheet.output())


class _Sheet(FPDF):
    """The pages while they are written on."""

    def __init__(self, report: ReportText) -> None:
        super().__init__(format="A4")
        self._report = report
        self.set_margins(_MARGIN_MM, _MARGIN_MM)
        self.set_auto_page_break(auto=True, margin=18)
        for style, name in (("", "Regular"), ("B", "Bold")):
            self.add_font("Sarabun", style, _FONTS / f"Sarabun-{name}.ttf")
        self.set_text_shaping(use_shaping_engine=True)

    def header(self) -> None:
        """Write the title on the first page, and the name on the others; the warning on all."""
        report = self._report
        if self.page_no() == 1:
            self.set_fill_color(*_DEEP)
            self.rect(0, 0, 210, 30, style="F")
            self.set_fill_color(*_GOLD)
            self.rect(0, 30, 210, 1.2, style="F")
            self.set_xy(_MARGIN_MM, 7)
            self._write(report.title, 19, "B", (255, 255, 255))
            self._write(report.site, 11, "", (211, 236, 238))
            self.set_y(35)
        else:
            self._write(f"{report.site} · {report.title}", 8.5, "", _SOFT)
        if report.warning:
            self._write(report.warning, 10, "B", _ALARM)
        self.ln(2)

    def footer(self) -> None:
        """Write the page's number."""
        self.set_y(-12)
        self.set_font("Sarabun", "", 8.5)
        self.set_text_color(*_SOFT)
        self.cell(0, 5, f"{self.page_no()} / {{nb}}", align="C")

    def section(self, section: Section) -> None:
        """Write a section; a heading never ends a page."""
        height = 30.0 if section.table is None else 24.0 + 7.0 * min(len(section.table.rows), 6)
        if self.will_page_break(height):
            self.add_page()
        self.ln(2)
        self._write(section.title, 13.5, "B", _DEEP)
        if section.table is not None:
            self._grid(section.table)
        if section.maps:
            draw_maps(self, section.maps)
            self._write(section.legend, 9, "", _SOFT)
        if section.note:
            self.ln(1)
            self._write(section.note, 9, "", _SOFT)
        if section.chart is not None:
            self._chart(section.chart)

    def _grid(self, table: Table) -> None:
        self.set_font("Sarabun", "", 9.5)
        self.set_text_color(*_INK)
        self.set_draw_color(*_LINE)
        self.set_line_width(0.2)
        self.set_fill_color(255, 255, 255)  # else cells are filled like the last bar drawn
        columns = len(table.rows[0]) if table.rows else len(table.head)
        widths = (3, 2) if columns == 2 else (0.9 + 0.45 * columns, *(2,) * (columns - 1))
        align = ("LEFT", *("RIGHT",) * (columns - 1))
        with self.table(
            width=self.epw if columns > 2 else self.epw * 0.72,
            align="LEFT",
            col_widths=widths,
            text_align=align,
            borders_layout=TableBordersLayout.HORIZONTAL_LINES,
            first_row_as_headings=bool(table.head),
            headings_style=FontFace(emphasis="BOLD", color=_SOFT, size_pt=8.5),
            line_height=5,
            padding=(0.7, 1),
        ) as grid:
            for cells in (*((table.head,) if table.head else ()), *table.rows):
                grid.row([_breakable(cell) for cell in cells])

    def _chart(self, chart: Chart) -> None:
        if self.will_page_break(9 + 8.0 * min(len(chart.bars), 8)):
            self.add_page()
        self.ln(2)
        self._write(chart.title, 9.5, "B", _INK)
        for bar in chart.bars:
            self._bar(bar, chart)
        self._scale(chart)
        if chart.has_whiskers:
            self._write(self._report.whiskers, 8, "", _SOFT)
        self.ln(2)

    def _bar(self, bar: Bar, chart: Chart) -> None:
        if self.will_page_break(7):
            self.add_page()
        y, left, width = self.get_y(), self.l_margin + _LABEL_MM, _CHART_MM
        self.set_font("Sarabun", "", 8.5)
        self.set_text_color(*_INK)
        self.set_xy(self.l_margin, y)
        self.cell(64, 6, fitted(self, bar.label, 62), align="R")
        self.set_draw_color(*_LINE)
        self.set_line_width(0.2)
        for tick in chart.ticks:
            self.line(left + tick.at * width, y, left + tick.at * width, y + 6)
        if bar.value is not None:
            self.set_fill_color(*_BAR)
            self.rect(left, y + 1.4, max(bar.value * width, 0.3), 3.2, style="F")
        if bar.low is not None and bar.high is not None:
            self.set_draw_color(*_GOLD)
            self.set_line_width(0.7)
            self.line(left + bar.low * width, y + 3, left + bar.high * width, y + 3)
        self.set_xy(left + width + 3, y)
        self.cell(0, 6, bar.text, new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def _scale(self, chart: Chart) -> None:
        """Write what the lines over the bars stand for, and the unit."""
        if self.will_page_break(6):
            self.add_page()
        y, left = self.get_y(), self.l_margin + _LABEL_MM
        self.set_font("Sarabun", "", 7.5)
        self.set_text_color(*_SOFT)
        for tick in chart.ticks:
            self.set_xy(left + tick.at * _CHART_MM - 8, y)
            self.cell(16, 4, tick.text, align="C")
        self.set_xy(left + _CHART_MM + 10, y)
        self.cell(0, 4, chart.unit, new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def _write(self, text: str, size: float, style: str, colour: tuple[int, int, int]) -> None:
        self.set_font("Sarabun", style, size)
        self.set_text_color(*colour)
        self.multi_cell(0, size * 0.52, text, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)


def _breakable(text: str) -> str:
    """Return a text that may end a line at its dashes: Thai names have no blanks to do so.

    Headings have blanks of no width where they may be broken.
    """
    thai = any("\u0e00" <= sign <= "\u0e7f" for sign in text)
    return text.replace("–", "–\u200b") if thai else text
