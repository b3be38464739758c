"""The report: galleries, curves, and pages that need nothing else and run nothing."""

import base64
import re
from hashlib import sha256
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree

import cv2
import numpy as np
import pytest

from detection.evaluation.charts import precision_recall_svg, reliability_svg
from detection.evaluation.evaluation import RENDERED_CAVEAT, evaluate
from detection.evaluation.gallery import MOST_A_KIND, MistakeKind, mistakes, show
from detection.evaluation.gates import gates
from detection.evaluation.report import Report, write_report
from detection.types import ObjectClass

DUGONG, BOAT, GEAR = ObjectClass
THRESHOLDS = dict.fromkeys(ObjectClass, 0.5)


@pytest.fixture
def picture(tmp_path):
    """A black picture with a white square in the box of place 3; its name is fit to break pages."""
    path = tmp_path / "pictures" / "<b>a|b_1.png"
    path.parent.mkdir()
    pixels = np.zeros((60, 300, 3), np.uint8)
    pixels[0:10, 60:70] = 255
    assert cv2.imwrite(str(path), pixels)
    return path


def frames_of(make, path):
    """A miss, noticed below the threshold, in place 3; a false alarm in place 5."""
    alarm, noticed = make.find(5, 0.8), make.find(3, 0.2, shift=2)
    one = make.frame(
        [make.truth(3, visibility=0.6)],
        [alarm],
        frame=path.name,
        path=path,
        gsd_cm=4.0,
        candidates=(alarm, noticed),
    )
    return [one, make.frame([make.truth(0)], [make.find(0)], "b")]


def test_mistakes_tell_what_was_noticed(make, picture):
    missed, alarm = mistakes(frames_of(make, picture), THRESHOLDS)
    assert (missed.kind, missed.score, missed.visibility) == (MistakeKind.MISSED, 0.2, 0.6)
    assert (alarm.kind, alarm.score, alarm.xyxy_px) == (MistakeKind.FALSE_ALARM, 0.8, make.box(5))


def test_the_worst_come_first_and_only_so_many(make, picture):
    finds = [make.find(n, 0.5 + n / 100) for n in range(MOST_A_KIND + 5)]
    chosen = mistakes([make.frame([], finds, path=picture)], THRESHOLDS)
    assert len(chosen) == MOST_A_KIND
    assert [m.score for m in chosen] == sorted((f.score for f in finds), reverse=True)[:MOST_A_KIND]


def test_crops_show_the_box_in_the_middle(make, picture):
    shown = show(mistakes(frames_of(make, picture), THRESHOLDS))
    crop = cv2.imdecode(np.frombuffer(shown[0].jpeg, np.uint8), cv2.IMREAD_COLOR)
    side = crop.shape[0]
    assert crop.shape == (side, side, 3)
    assert len(shown[0].jpeg) < 20_000
    assert crop[side // 2, side // 2].min() > 200  # the white square
    assert crop[side // 2, side * 3 // 4].max() < 60  # the black around it
    assert np.abs(crop[4, 4].astype(int) - 114).max() < 20  # beyond the picture's edge


def test_a_large_box_is_shrunk_into_its_crop(make, tmp_path):
    path = tmp_path / "large.png"
    pixels = np.zeros((900, 900, 3), np.uint8)
    pixels[300:600, 300:600] = 255
    cv2.imwrite(str(path), pixels)
    truth = make.truth(0, xyxy_px=(300, 300, 600, 600))
    (one,) = show(mistakes([make.frame([truth], [], path=path)], THRESHOLDS))
    crop = cv2.imdecode(np.frombuffer(one.jpeg, np.uint8), cv2.IMREAD_COLOR)
    white = (crop.min(axis=2) > 128).mean()
    assert white == pytest.approx(1 / 9, rel=0.1)


def test_a_picture_that_is_gone_costs_its_crops_alone(make, picture):
    chosen = mistakes(frames_of(make, picture), THRESHOLDS)
    picture.unlink()
    assert show(chosen) == ()


@pytest.fixture
def written(make, picture, tmp_path):
    frames = frames_of(make, picture)
    done = evaluate(frames, THRESHOLDS, rendered=("a", "b"), draws=20)
    shown = show(mistakes(frames, THRESHOLDS))
    notes = ("1 picture <i>left out</i>",)
    return write_report(
        Report("Evaluation of x", done, gates(done), shown, notes), tmp_path / "out"
    )


def test_the_page_runs_nothing_and_loads_nothing(written):
    page = written[1].read_text(encoding="utf-8")
    assert "<script" not in page
    assert not re.findall(r"\son\w+=", page)
    assert not re.findall(r"\sstyle=", page)
    assert all(
        src.startswith("data:image/jpeg;base64,") for src in re.findall(r'src="([^"]+)"', page)
    )
    assert len(re.findall(r"<img ", page)) == 2
    style = re.search(r"<style>(.*?)</style>", page, re.S)[1]
    digest = base64.b64encode(sha256(style.encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in page
    assert "default-src 'none'" in page


def test_both_tell_average_precisions_by_size_with_their_intervals(written):
    markdown, page = (path.read_text(encoding="utf-8") for path in written)
    columns = r"\| AP50 \| AP50-95 \|"
    assert len(re.findall(columns, markdown)) > 1  # beside the table of all sizes
    assert len(re.findall(r">AP50</th><th[^>]*>AP50-95</th>", page)) > 1
    assert "| 0.500 (0.000 to 1.000) |" in markdown
    assert '<td>0.500 <span class="interval">(0.000 to 1.000)</span></td>' in page


def test_names_are_data_in_both_reports(written):
    markdown, page = (path.read_text(encoding="utf-8") for path in written)
    assert "&lt;b&gt;a|b_1.png" in page
    assert "<b>" not in page
    assert "<i>" not in page
    assert r"\<b\>a\|b\_1.png" in markdown


def test_both_say_that_scenes_were_rendered_and_link_to_frames(written, picture):
    for path in written:
        text = path.read_text(encoding="utf-8")
        assert RENDERED_CAVEAT in text
        links = re.findall(r'href="([^"]+)"', text) + re.findall(r"jpg\)\]\(([^)]+)\)", text)
        assert len(links) == 2
        assert {(path.parent / unquote(link)).resolve() for link in links} == {picture}


def test_the_markdown_shows_files_that_are_there(written):
    markdown = written[0].read_text(encoding="utf-8")
    files = re.findall(r"!\[[^]]*\]\(([^)]+)\)", markdown)
    assert len(files) == 6 + 2
    assert all((written[0].parent / file).is_file() for file in files)
    assert (written[0].parent / "evaluation.json").is_file()


def test_crops_of_an_earlier_report_go_and_other_files_stay(make, picture, tmp_path):
    crops = tmp_path / "out" / "crops"
    crops.mkdir(parents=True)
    for name in ("dugong_missed_099.jpg", "boat_false_alarm_007.jpg", "mine.jpg"):
        (crops / name).write_bytes(b"old")
    done = evaluate(frames_of(make, picture), THRESHOLDS, draws=20)
    write_report(Report("Evaluation", done, gates(done), ()), tmp_path / "out")
    assert [p.name for p in crops.iterdir()] == ["mine.jpg"]


def test_charts_are_well_formed_and_in_their_frame(make, picture):
    dugong = evaluate(frames_of(make, picture), THRESHOLDS, draws=20).of(DUGONG)
    for svg in (precision_recall_svg(dugong), reliability_svg(dugong)):
        root = ElementTree.fromstring(svg)  # noqa: S314  # our own
        width, height = float(root.get("width")), float(root.get("height"))
        for line in root.iter("{http://www.w3.org/2000/svg}polyline"):
            for point in line.get("points").split():
                x, y = map(float, point.split(","))
                assert 0 <= x <= width
                assert 0 <= y <= height
    marks = ElementTree.fromstring(precision_recall_svg(dugong)).iter(  # noqa: S314  # our own
        "{http://www.w3.org/2000/svg}circle"
    )
    assert len(list(marks)) == 1


def test_templates_travel_with_the_package():
    import detection.evaluation

    folder = Path(detection.evaluation.__file__).parent
    assert (folder / "report.html.j2").is_file()
