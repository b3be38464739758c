"""What a benchmark says, on a small picture; the peer where it is installed."""

import shutil
from dataclasses import astuple
from functools import partial
from pathlib import Path
from time import perf_counter
from types import SimpleNamespace

import pytest

from detection.evaluation.scoring import FoundBox, TrueBox
from detection.manifest import load_manifest
from detection.types import ObjectClass
from ingest.site_reference import SiteReference
from libong.bench import detect, sahi_peer
from libong.bench.detect import Contest, Stages, TimedEngine, stages_of
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
from libong.sites import open_site

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


@pytest.mark.parametrize("number", [0, 3])
def test_a_rendered_picture_is_of_20_mp_from_100_m_and_shows_all_it_holds(number):
    plan = bench_plan(number)
    camera, (shot,) = SURVEY_CAMERA, plan.shots
    assert camera.width_px * camera.height_px == pytest.approx(20e6, rel=0.05)
    assert shot.height_above_sea_m == SURVEY_HEIGHT_M == 100
    half_m = SURVEY_HEIGHT_M / camera.intrinsics().focal_px / 2
    things = plan.world.objects
    assert len(things) == 20
    for thing in things:
        assert abs(thing.east_m) + thing.length_m / 2 < camera.width_px * half_m + 6
        assert abs(thing.north_m) + thing.length_m / 2 < camera.height_px * half_m + 6


def test_rendered_pictures_are_of_different_seas():
    plans = [bench_plan(number) for number in range(6)]
    assert len({plan.world.family for plan in plans}) == 6
    assert len({plan.name for plan in plans}) == 6
    assert plans[0] == bench_plan(0)


def boat_at(x_px: float) -> tuple[float, float, float, float]:
    return (x_px, 100.0, x_px + 80.0, 140.0)


class Finder:
    """Stands in for either way of searching: the boats it says are in a picture."""

    def __init__(self, boats):
        self.boats = boats

    def _found(self, path, of_kind):
        return tuple(of_kind(boat_at(x)) for x in self.boats.get(path, ()))

    def detect(self, searched):
        if isinstance(searched, Path):
            find = partial(FoundBox, ObjectClass.BOAT, 0.9)
            return SimpleNamespace(finds=self._found(searched, find))
        return self._found(
            searched.path,
            lambda box: SimpleNamespace(object_class=ObjectClass.BOAT, score=0.9, xyxy_px=box),
        )


def contest_of(same_weights, as_shipped, peer) -> Contest:
    contest = Contest.__new__(Contest)
    contest.same_weights, contest.as_shipped, contest.peer = same_weights, as_shipped, peer
    return contest


def test_recall_is_of_all_rendered_pictures_together():
    first, second = Path("a.jpg"), Path("b.jpg")
    pictures = [
        BenchPicture(
            "20 MP rendered",
            SimpleNamespace(path=path),
            tuple(
                TrueBox(ObjectClass.BOAT, number, boat_at(x), fair=True)
                for number, x in enumerate(places)
            ),
        )
        for path, places in ((first, (100, 300, 500)), (second, (100,)))
    ]
    ours, shipped = Finder({first: (100, 300)}), Finder({first: (100, 300), second: (100,)})
    peer = Finder({first: (100, 300, 500, 900), second: (500,)})
    rows = contest_of(ours, shipped, peer).finds_rows(pictures)
    assert [(row.metric, row.ours, row.peer) for row in rows] == [
        ("2 of 20 MP rendered: recall of 4, same weights", 0.5, 0.75),
        ("2 of 20 MP rendered: false alarms, same weights", 0, 2),
        ("2 of 20 MP rendered: recall of 4, with the boat network", 0.75, 0.75),
        ("2 of 20 MP rendered: false alarms, with the boat network", 0, 2),
    ]


def test_where_nothing_is_there_only_false_alarms_are_told():
    picture = BenchPicture("45 MP sea.jpg", SimpleNamespace(path=Path("sea.jpg")), ())
    (row,) = contest_of(Finder({}), None, Finder({Path("sea.jpg"): (10,)})).finds_rows([picture])
    assert (row.metric, row.ours, row.peer) == ("45 MP sea.jpg: false alarms, same weights", 0, 1)


@pytest.mark.deep
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


class Clock:
    """A clock that goes on by what is said to take time."""

    def __init__(self):
        self.now = 0.0

    def perf_counter(self):
        return self.now

    process_time = perf_counter

    def taking(self, seconds, answer=None):
        self.now += seconds
        return answer


class Network:
    """Stands in for an engine: 0.6 s for what it is asked."""

    input_px, outputs = 640, 7

    def __init__(self, clock):
        self.clock = clock

    def infer(self, tiles):
        return self.clock.taking(0.6, [])


class Search:
    """Stands in for a detector: prepares in 0.5 s, searches in 0.35 s and the network's time.

    The picture is decoded at an eighth, and at a quarter where it is looked at again.
    """

    def __init__(self, clock, engine, *, again):
        self.clock, self.engine, self.again = clock, engine, again

    def prepare(self, frame):
        return self.clock.taking(0.5, SimpleNamespace(picture=SimpleNamespace(denominator=8)))

    def detect_prepared(self, frame, prepared):
        if self.again:
            prepared.picture.denominator = 4
        self.engine.infer([])
        return self.clock.taking(0.35, ())


@pytest.mark.parametrize(
    ("decode_s", "again", "expected"),
    [
        ({8: 0.3}, False, Stages(0.02, 0.3, 0.2, 0.6, 0.35)),
        ({8: 0.3, 4: 0.1}, True, Stages(0.02, 0.4, 0.2, 0.6, 0.25)),
        # decoded once more on a machine that has grown busy: never longer than all of preparing
        ({8: 0.9, 4: 0.7}, True, Stages(0.02, 0.5 + 0.7, 0.0, 0.6, 0.0)),
    ],
)
def test_the_time_of_each_step_is_what_the_others_leave(monkeypatch, decode_s, again, expected):
    clock = Clock()
    picture = real_picture(SAMPLE, site())
    monkeypatch.setattr(detect, "time", clock)
    monkeypatch.setattr(detect, "read_frame", lambda path, site: clock.taking(0.02, picture.frame))
    monkeypatch.setattr(
        detect,
        "decode_bgr",
        lambda path, *, scale_denominator: clock.taking(decode_s[scale_denominator]),
    )
    engine = TimedEngine(Network(clock))
    told = stages_of(Search(clock, engine, again=again), engine, picture, site())
    assert astuple(told) == pytest.approx(astuple(expected))


@pytest.mark.deep
@pytest.mark.train
def test_both_ways_search_the_same_picture_and_every_step_is_told(tmp_path):
    pytest.importorskip("sahi", reason="needs the extra `bench`")
    pytest.importorskip("ultralytics", reason="needs the extra `train`")
    contest = Contest(MODEL.parent, load_manifest(MODEL), tmp_path / "weights.pt")
    picture = real_picture(SAMPLE, site())
    assert isinstance(picture, BenchPicture)
    assert picture.truths == ()
    start = perf_counter()
    rows = {row.metric.split(": ")[1]: row for row in contest.rows(picture, site(), rounds=1)}
    all_s = perf_counter() - start
    for figure in ("time a frame", "processor time a frame"):
        row = rows[f"{figure}, same weights"]
        assert row.ratio == row.peer / row.ours
    steps = Stages(
        *(
            rows[step].ours
            for step in (
                "read metadata",
                "decode",
                "plan and resample",
                "network",
                "boxes, merging, places",
            )
        )
    )
    assert min(steps.read, steps.decode, steps.network) > 0
    assert sum(astuple(steps)) < all_s  # no step holds another's time
    assert rows["outside decoding and network"].ours == pytest.approx(100 * steps.other_share)
    assert rows["network"].peer > 0
    # nothing is there to be found, as far as the picture tells: every find is a false alarm
    finds = contest.same_weights.detect(picture.frame), contest.peer.detect(SAMPLE).finds
    ours, theirs = map(len, finds)
    assert ours > 0
    alarms, _ = contest.finds_rows([picture])
    assert (alarms.ours, alarms.peer) == (ours, theirs)


@pytest.mark.deep
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
