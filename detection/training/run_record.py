"""What a training run leaves to look at: sample pictures with their labels, and curves."""

import csv
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from ingest.pixels import decode_bgr

_COLUMNS, _ROWS, _SIDE_PX = 6, 4, 320
_COLOURS_BGR = ((40, 40, 230), (0, 220, 255), (230, 60, 230))
# Ultralytics' names of what it logs each epoch, and ours.
_CURVES = {
    "train/box_loss": "box loss, training", "val/box_loss": "box loss, validation",
    "train/cls_loss": "class loss, training", "val/cls_loss": "class loss, validation",
    "metrics/mAP50(B)": "mAP50, validation", "metrics/mAP50-95(B)": "mAP50-95, validation",
}  # fmt: skip


def write_samples(tiles: Path, split: str, target: Path) -> Path:
    """Write a sheet of the first tiles of a split with their labels drawn in; returns the target.

    `tiles` is a folder in YOLO's layout. Red is a dugong, yellow a boat, magenta fishing gear.
    """
    pictures = sorted((tiles / "images" / split).glob("*.jpg"))[: _COLUMNS * _ROWS]
    cells = [_labelled(p, tiles / "labels" / split / f"{p.stem}.txt") for p in pictures]
    blank = np.zeros((_SIDE_PX, _SIDE_PX, 3), np.uint8)
    cells += [blank] * (-len(cells) % _COLUMNS)
    rows = [np.hstack(cells[i : i + _COLUMNS]) for i in range(0, len(cells), _COLUMNS)]
    cv2.imwrite(str(target), np.vstack(rows or [blank]))
    return target


def _labelled(picture: Path, labels: Path) -> npt.NDArray[np.uint8]:
    pixels = decode_bgr(picture)
    height, width = pixels.shape[:2]
    for line in labels.read_text(encoding="utf-8").splitlines():
        number, x, y, w, h = line.split()
        across, down = float(w) * width / 2, float(h) * height / 2
        left, top = round(float(x) * width - across), round(float(y) * height - down)
        right, bottom = round(float(x) * width + across), round(float(y) * height + down)
        cv2.rectangle(pixels, (left, top), (right, bottom), _COLOURS_BGR[int(number)], 2)
    small = cv2.resize(pixels, (_SIDE_PX, _SIDE_PX), interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.uint8)


def write_curves(results: Path, target: Path) -> Path:
    """Draw what Ultralytics logged each epoch (`results.csv`) as one PNG; returns the target."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    with results.open(encoding="utf-8", newline="") as file:
        epochs = [{k.strip(): float(v) for k, v in row.items()} for row in csv.DictReader(file)]
    figure = Figure(figsize=(9, 4), layout="constrained")
    FigureCanvasAgg(figure)
    losses, scores = figure.subplots(1, 2)
    for name, told in _CURVES.items():
        axes = scores if name.startswith("metrics") else losses
        axes.plot([e["epoch"] for e in epochs], [e[name] for e in epochs], "o-", label=told)
    for axes, what in ((losses, "loss"), (scores, "score on rendered validation tiles")):
        axes.set(xlabel="epoch", ylabel=what)
        axes.legend()
    figure.savefig(target)
    return target
