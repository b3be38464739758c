"""What a training run leaves to look at."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from detection.training.run_record import write_curves, write_samples


def test_the_sheet_shows_tiles_with_their_labels_drawn_in(tmp_path: Path) -> None:
    for part in ("images", "labels"):
        (tmp_path / part / "train").mkdir(parents=True)
    cv2.imwrite(str(tmp_path / "images/train/0.jpg"), np.full((320, 320, 3), 90, np.uint8))
    (tmp_path / "labels/train/0.txt").write_text("0 0.5 0.5 0.25 0.5\n")
    sheet = cv2.imread(str(write_samples(tmp_path, "train", tmp_path / "samples.png")))
    assert sheet.shape == (320, 6 * 320, 3)
    blue, green, red = (int(v) for v in sheet[160, 120])  # the left edge of the dugong's box
    assert red > 150 > max(blue, green)
    assert abs(int(sheet[160, 160, 2]) - 90) < 12  # its middle stays as it was


def test_curves_are_drawn_from_what_was_logged(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="comes with the extra train")
    names = [
        "epoch", "train/box_loss", "val/box_loss", "train/cls_loss", "val/cls_loss",
        "metrics/mAP50(B)", "metrics/mAP50-95(B)",
    ]  # fmt: skip
    rows = ["1,1.1,1.2,1.3,1.4,0.5,0.3", "2,0.9,1.0,1.1,1.2,0.6,0.4"]
    (tmp_path / "results.csv").write_text("\n".join([",".join(names), *rows]) + "\n")
    picture = cv2.imread(str(write_curves(tmp_path / "results.csv", tmp_path / "curves.png")))
    assert len(np.unique(picture.reshape(-1, 3), axis=0)) > 20  # lines of several colours
