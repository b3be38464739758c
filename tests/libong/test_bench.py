"""What a benchmark says, on a small picture; the peer where it is installed."""

import shutil
from pathlib import Path

import pytest

from detection.manifest import load_manifest
from ingest.site_reference import SiteReference
from libong.bench import sahi_peer
from libong.bench.detect import Contest, Stages
from libong.bench.ingest import ExifToolMissingError, ingest_rows
from libong.bench.memory import own_peak_mb, peak_mb
from libong.bench.pictures import (
    SURVEY_CAMERA,
    SURVEY_HEIGHT_M,
    BenchPicture,
    bench_plan,
    real_picture,
)
from libong.bench.row import higher_is_better, lower_is_better
from libong.bench.sahi_peer import PeerMissingError, SahiPeer
from libong.composition import open_site

HOUSE = Path(__file__).parents[2]
MODEL = HOUSE / "models" / "manifest.json"
SAMPLE = sorted((HOUSE / "sample_flights" / "seagrass_survey").glob("*.JPG"))[0]


def site() -> SiteReference:
    return open_site("koh_libong").reference


def test_a_ratio_above_one_means_that_we_are_ahead():
    assert lower_is_better("detect", "time", "s", 0.5, 5.0, "peer").ratio == 10
    assert higher_is_better("detect", "recall", "share", 0.9, 0.6, "peer").ratio == pytest.approx(
        1.5
    )


def test_what_the_peer_does_not_tell_has_no_ratio():
    row = lower_is_better("detect", "decode", "s", 0.5, None, "peer")
    assert (row.peer, row.ratio) == (None, None)
    assert higher_is_better("detect", "recall", "share", 0.9, 0.0, "peer").ratio is None


def test_the_share_outside_decoding_and_network():
    stages = Stages(read=0.02, decode=0.3, plan_and_resample=0.05, network=0.6,
                    boxes_and_places=0.03)  # fmt: skip
    assert stages.other_share == pytest.approx(0.1)


def test_a_missing_peer_is_named_with_the_way_to_install_it(monkeypatch, tmp_path):
    monkeypatch.setattr(sahi_peer, "missing_packages", lambda: ["sahi"])
    with pytest.raises(PeerMissingError, match=r"needs sahi; install with: pip install .*bench"):
        SahiPeer(MODEL.parent / "any.onnx", load_manifest(MODEL), tmp_path / "w.pt")


def test_the_rendered_picture_is_of_20_mp_from_100_m_and_shows_all_it_holds():
    plan = bench_plan()
    camera, (shot,) = SURVEY_CAMERA, plan.shots
    assert camera.width_px * camera.height_px == pytest.approx(20e6, rel=0.05)
    assert shot.height_above_sea_m == SURVEY_HEIGHT_M == 100
    half_m = SURVEY_HEIGHT_M / camera.intrinsics().focal_px / 2
    things = plan.world.objects
    assert len(things) == 20
    for thing in things:
        assert abs(thing.east_m) + thing.length_m / 2 < camera.width_px * half_m + 6
        assert abs(thing.north_m) + thing.length_m / 2 < camera.height_px * half_m + 6


def test_searching_more_pictures_takes_no_more_memory(tmp_path):
    few, many = (peak_mb("ours", SAMPLE, n, tmp_path / "w.pt") for n in (3, 12))
    assert few > 100
    assert many - few < 0.1 * few


def test_own_peak_is_of_this_process():
    before = own_peak_mb()
    block = bytearray(60_000_000)
    block[::4096] = b"x" * len(block[::4096])
    assert own_peak_mb() >= before
    assert own_peak_mb() > 60


@pytest.mark.train
def test_both_ways_search_the_same_picture_and_every_step_is_told(tmp_path):
    pytest.importorskip("sahi", reason="needs the extra `bench`")
    pytest.importorskip("ultralytics", reason="needs the extra `train`")
    contest = Contest(MODEL.parent, load_manifest(MODEL), tmp_path / "weights.pt")
    picture = real_picture(SAMPLE, site())
    assert isinstance(picture, BenchPicture)
    assert picture.truths == ()
    rows = {row.metric.split(": ")[1]: row for row in contest.rows(picture, site(), rounds=1)}
    for figure in ("time a frame", "processor time a frame"):
        assert rows[f"{figure}, same weights"].ratio > 0
    for step in ("read metadata", "decode", "network"):
        assert rows[step].ours > 0
    # what preparing a picture took beyond decoding it once more by itself: on a busy machine the
    # second decoding may take as long as all of the first preparing did
    assert rows["plan and resample"].ours >= 0
    assert rows["network"].peer > 0
    assert 0 < rows["outside decoding and network"].ours < 100  # reading alone takes some
    assert rows["false alarms"].ours >= 0


@pytest.mark.skipif(shutil.which("exiftool") is None, reason="exiftool is not installed")
def test_reading_metadata_beside_exiftool(tmp_path):
    rows = ingest_rows([SAMPLE], tmp_path, 3, 1)
    assert [row.metric for row in rows] == [
        "3 photos, 3 placed: time",
        "processor time of all cores",
        "peak memory, all photos",
        "peak memory, a tenth of them",
    ]
    clock, cores = rows[:2]
    assert clock.ratio == clock.peer / clock.ours
    # the clock of all cores' work ticks in steps, and three photos may take less than one
    assert cores.ratio == (cores.peer / cores.ours if cores.ours else None)
    assert len({path.read_bytes() for path in (tmp_path / "photos").iterdir()}) == 3


def test_without_exiftool_it_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ExifToolMissingError, match="libimage-exiftool-perl"):
        ingest_rows([SAMPLE], tmp_path, 1, 1)
