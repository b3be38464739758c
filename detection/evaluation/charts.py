"""Charts as SVG, drawn with attributes alone so that any content policy lets them show."""

from collections.abc import Sequence
from html import escape

from detection.calibration import ReliabilityBin
from detection.evaluation.evaluation import ClassEvaluation

_SIDE, _LEFT, _TOP, _BOTTOM = 240, 44, 26, 40
_SIZE = (_LEFT + _SIDE + 16, _TOP + _SIDE + _BOTTOM)
_INK, _GRID, _LINE, _MARK, _FAINT = "#1b2a33", "#d5dde1", "#00688b", "#c2410c", "#8a979e"
Point = tuple[float, float]


def precision_recall_svg(scored: ClassEvaluation) -> str:
    """Precision over recall; a mark shows the operating threshold."""
    parts = [_line([(p.recall, p.precision) for p in scored.curve])]
    recall, precision = scored.scores.recall.value, scored.scores.precision.value
    if recall is not None and precision is not None:
        parts.append(_dot((recall, precision), 5, _MARK, f"threshold {scored.threshold:.2f}"))
    return _chart(
        f"{scored.object_class.value}: precision and recall", "recall", "precision", parts
    )


def reliability_svg(scored: ClassEvaluation) -> str:
    """The share of true finds over their score; a true score lies on the diagonal."""
    bins = scored.reliability.bins
    parts = [
        _line([(0, 0), (1, 1)], colour=_GRID),
        _line([(b.mean_score, b.true_share) for b in bins]),
    ]
    parts += [_dot((b.mean_score, b.true_share), 3.5, _LINE, f"{b.finds} finds") for b in bins]
    return _chart(f"{scored.object_class.value}: reliability", "score", "share that is true", parts)


def calibration_svg(
    curves: Sequence[tuple[str, Sequence[ReliabilityBin], Sequence[ReliabilityBin]]],
) -> str:
    """Reliability before and after calibration, a chart for each name, side by side."""
    charts = []
    for name, before, after in curves:
        parts = [_line([(0, 0), (1, 1)], colour=_GRID)]
        for bins, colour, told in ((before, _FAINT, "before"), (after, _LINE, "calibrated")):
            points = [(b.mean_score, b.share_right) for b in bins]
            parts.append(_line(points, colour=colour))
            parts += [
                _dot(point, 3.5, colour, f"{told}: {b.boxes} boxes")
                for point, b in zip(points, bins, strict=True)
            ]
        charts.append(_chart(f"{name}: reliability", "score", "share that is right", parts))
    width, height = _SIZE
    placed = "".join(
        f'<g transform="translate({number * width} 0)">{chart}</g>'
        for number, chart in enumerate(charts)
    )
    whole = width * max(len(charts), 1)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{whole}" height="{height}" '
        f'viewBox="0 0 {whole} {height}" role="img" '
        f'aria-label="Reliability before (grey) and after calibration">{placed}</svg>\n'
    )


def _xy(point: Point) -> tuple[float, float]:
    return _LEFT + point[0] * _SIDE, _TOP + (1 - point[1]) * _SIDE


def _line(points: Sequence[Point], colour: str = _LINE) -> str:
    if not points:
        return ""
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in map(_xy, points))
    return f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>'


def _dot(point: Point, radius: float, colour: str, told: str) -> str:
    x, y = _xy(point)
    return (
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:g}" fill="{colour}">'
        f"<title>{escape(told)}</title></circle>"
    )


def _chart(title: str, x_name: str, y_name: str, parts: Sequence[str]) -> str:
    width, height = _SIZE
    middle_y = _TOP + _SIDE / 2
    grid = []
    for step in range(6):
        share = step / 5
        (x, bottom), (left, y) = _xy((share, 0)), _xy((0, share))
        grid.append(
            f'<path d="M{x:.1f},{_TOP}V{bottom:.1f}M{left:.1f},{y:.1f}h{_SIDE}" stroke="{_GRID}"/>'
        )
        grid.append(_text(f"{share:g}", x, bottom + 15))
        grid.append(_text(f"{share:g}", left - 14, y + 4))
    names = [
        _text(title, width / 2, 16, size=13),
        _text(x_name, _LEFT + _SIDE / 2, height - 8),
        _text(y_name, 12, middle_y, extra=f' transform="rotate(-90 12 {middle_y:g})"'),
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" role="img" aria-label="{escape(title)}">'
        f'<rect width="{width}" height="{height}" fill="#fff"/>'
        f"{''.join([*grid, *parts, *names])}</svg>"
    )


def _text(words: str, x: float, y: float, *, size: int = 11, extra: str = "") -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-family="sans-serif" font-size="{size}" '
        f'fill="{_INK}" text-anchor="middle"{extra}>{escape(words)}</text>'
    )
