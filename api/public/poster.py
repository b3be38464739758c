"""A poster for the pier: one sheet of A4 in Thai and English, with a QR code of the map.

It is made of what lasts (zones, how to pass a dugong) and of nothing that changes with a sighting:
today's advice is behind the QR code. Drawn by fpdf2, whose HarfBuzz shaping sets Thai vowels and
tone marks; the font is Sarabun (SIL Open Font License, `api/fonts/OFL.txt`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import segno
from fpdf import FPDF

from api.language import Language, Reader, mark
from api.public.approach import APPROACH_RULES, APPROACH_WORDS
from api.public.poster_map import ZoneDrawing, draw_poster_map
from api.public.words import BINDING_WORDS, KIND_WORDS

_FONTS = Path(__file__).parent.parent / "fonts"
_DEEP, _INK, _SOFT, _GOLD = (6, 52, 63), (16, 38, 43), (61, 84, 90), (233, 180, 76)
_LEFT, _WIDTH = 14.0, 182.0  # mm, on a sheet of 210 x 297
_MADE = datetime(2026, 1, 1, tzinfo=UTC)  # the same poster is the same file, whoever asks when

_TITLE = mark("Slow down for dugongs")
_TODAY = mark("Today's advice for each zone is on your phone:")
_HIDDEN = mark("The map never shows where an animal is. Please do not look for them.")
_OUTLINES = mark("Outlines are indicative; the officers' word at sea comes first.")


@dataclass(frozen=True)
class PosterZone:
    """A zone as the poster shows it: the values of the read model that no sighting changes."""

    drawing: ZoneDrawing
    name_th: str
    name_en: str
    binding: str


def poster_pdf(
    site_name_th: str,
    site_name_en: str,
    zones: Sequence[PosterZone],
    coast: ZoneDrawing,
    credit: str,
    address: str,
) -> bytes:
    """Return the poster as a PDF of one page.

    Args:
        site_name_th: the site in Thai.
        site_name_en: the site in English.
        zones: in the order of their numbers on the map.
        coast: the land.
        credit: what must be said of the coastline.
        address: of the map, for the QR code and in letters.
    """
    sheet = _Sheet()
    sheet.title(f"{site_name_th} · {site_name_en}")
    draw_poster_map(sheet.pdf, (_LEFT, 52.0, 104.0, 104.0), [z.drawing for z in zones], coast)
    sheet.zone_list(zones, x=124.0, y=52.0, width=72.0)
    sheet.rules(y=162.0)
    sheet.code(address, y=246.0)
    sheet.small_print(credit)
    return bytes(sheet.pdf.output())


class _Sheet:
    """The sheet while it is drawn on."""

    def __init__(self) -> None:
        self.pdf = FPDF(format="A4")
        self.pdf.set_creation_date(_MADE)
        self.pdf.set_auto_page_break(auto=False)
        self.pdf.set_margin(0)
        for style, name in (("", "Regular"), ("B", "Bold")):
            self.pdf.add_font("Sarabun", style, _FONTS / f"Sarabun-{name}.ttf")
        self.pdf.set_text_shaping(use_shaping_engine=True)
        self.pdf.add_page()
        self._readers = [Reader(language, UTC) for language in Language]

    def title(self, site_name: str) -> None:
        thai, english = (reader.text(_TITLE) for reader in self._readers)
        self.pdf.set_fill_color(*_DEEP)
        self.pdf.rect(0, 0, 210, 44, style="F")
        self.pdf.set_fill_color(*_GOLD)
        self.pdf.rect(0, 44, 210, 1.6, style="F")
        self._line(thai, 6, 34, "B", (255, 255, 255))
        self._line(english, 22, 20, "B", (255, 255, 255))
        self._line(site_name, 33, 13, "", (211, 236, 238))

    def zone_list(self, zones: Sequence[PosterZone], x: float, y: float, width: float) -> None:
        thai, english = self._readers
        for zone in zones:
            kind = KIND_WORDS[zone.drawing.kind]
            words = f"{thai.text(kind)} · {english.text(kind)}"
            force = " · ".join(r.text(BINDING_WORDS[zone.binding]) for r in self._readers)
            number = zone.drawing.label
            y = self._block(f"{number}  {zone.name_th}", x, y, width, 11.5, "B", _INK)
            y = self._block(zone.name_en, x, y, width, 9.5, "", _INK)
            y = self._block(words, x, y, width, 9.5, "", _DEEP)
            y = self._block(force, x, y, width, 8.5, "", _SOFT) + 2.2

    def rules(self, y: float) -> None:
        for rule in APPROACH_RULES:
            thai, english = (rule.told(reader) for reader in self._readers)
            source = self._readers[0].text(rule.citation)
            self.pdf.set_fill_color(*_GOLD)
            self.pdf.rect(_LEFT, y + 1.2, 3, 3, style="F")
            y = self._block(thai, _LEFT + 7, y, _WIDTH - 7, 15, "B", _INK)
            y = (
                self._block(f"{english}  ({source})", _LEFT + 7, y, _WIDTH - 7, 9.5, "", _SOFT)
                + 1.6
            )
        for reader in self._readers:
            text = reader.text(APPROACH_WORDS["indicative"])
            y = self._block(text, _LEFT, y, _WIDTH, 8.5, "", _SOFT)

    def code(self, address: str, y: float) -> None:
        side = 34.0
        modules = segno.make(address, error="m", micro=False).matrix
        dot = side / len(modules)
        self.pdf.set_fill_color(*_INK)
        for row, line in enumerate(modules):
            for column, dark in enumerate(line):
                if dark:  # a hair wider than its place, so that no white lines show between
                    self.pdf.rect(
                        _LEFT + column * dot, y + row * dot, dot + 0.02, dot + 0.02, style="F"
                    )
        at = _LEFT + side + 7
        width = _WIDTH - side - 7
        for reader, size in zip(self._readers, (15.0, 11.0), strict=True):
            y = self._block(reader.text(_TODAY), at, y, width, size, "B", _INK)
        y = self._block(address, at, y + 1, width, 13, "B", _DEEP) + 1
        for reader in self._readers:
            y = self._block(reader.text(_HIDDEN), at, y, width, 9.5, "", _SOFT)

    def small_print(self, credit: str) -> None:
        words = " ".join(reader.text(_OUTLINES) for reader in self._readers)
        self._block(f"{words} {credit}", _LEFT, 283.5, _WIDTH, 7.5, "", _SOFT)

    def _line(
        self, text: str, y: float, size: float, style: str, colour: tuple[int, int, int]
    ) -> None:
        self._block(text, _LEFT, y, _WIDTH, size, style, colour)

    def _block(
        self,
        text: str,
        x: float,
        y: float,
        width: float,
        size: float,
        style: str,
        colour: tuple[int, int, int],
    ) -> float:
        """Write a text that wraps at its blanks, and return where the next one may begin."""
        self.pdf.set_font("Sarabun", style, size)
        self.pdf.set_text_color(*colour)
        self.pdf.set_xy(x, y)
        # a line needs room for vowels below and tone marks above its letters
        self.pdf.multi_cell(width, size * 0.48, text, align="L")
        return float(self.pdf.get_y())
