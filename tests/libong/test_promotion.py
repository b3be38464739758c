"""A flight is searched by one model, the next one after a promotion by the promoted one."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from detection.errors import ModelError
from detection.frame_look import FrameLook
from detection.manifest import Model
from detection.model_folder import MANIFEST_FILE, promote
from detection.model_verdict import write_verdict
from ingest.flight import read_frame
from libong import worker_pool
from libong.cli.main import app
from libong.composition import open_media, open_store
from libong.settings import environment_of, read_settings
from patrol.site import shipped_site
from patrol.uploads import FileOffer, UploadPolicy
from patrol.uploads_desk import Desk
from patrol.user import Role
from tests.libong import stand_ins


@pytest.fixture
def settings(tmp_path, monkeypatch):
    monkeypatch.setenv("LIBONG_DATA_DIR", str(tmp_path / "data"))
    return read_settings()


@pytest.fixture
def models(settings):
    """Two models of this installation, the first in use, the second found no worse."""
    first = stand_ins.write_model(settings.models_dir, b"first")
    second = stand_ins.write_model(settings.models_dir, b"second")
    measured = settings.models_dir / second / MANIFEST_FILE
    write_verdict(measured, beside_sha256=first, against=())
    promote(settings.models_dir, first)
    return first, second


@pytest.fixture
def store(settings):
    with closing(open_store(settings)) as opened:
        opened.add_user("don", "no hash", Role.RANGER, datetime(2026, 11, 22, tzinfo=UTC))
        yield opened


@pytest.fixture
def receive(store, settings):
    desk = Desk(
        store.uploads, open_media(settings), settings.data_dir / "uploads", UploadPolicy(),
        lambda: datetime.now(UTC),
    )  # fmt: skip

    def received(*numbers):
        """Receive a flight of the stand-ins' photos of these numbers."""
        don = store.user("don")
        files = {f"DJI_{number:04d}.JPG": stand_ins.photo(number) for number in numbers}
        offers = [FileOffer(n, len(data), sha256(data).hexdigest()) for n, data in files.items()]
        upload = desk.announce(don, "a flight", offers)
        for file, data in zip(upload.files, files.values(), strict=True):
            desk.append(file, 0, data)
            desk.settle(file)
        desk.finish(don, upload.upload_id)

    return received


@pytest.fixture
def work(monkeypatch):
    """`libong worker` with a stand-in for the networks, until nothing is left to do between.

    `between` are called one after the other, each when no flight waits.
    """
    monkeypatch.setattr("libong.cli.worker.process_pool", lambda: ThreadPoolExecutor(1))

    def run(*between, search=stand_ins.search):
        left = list(between)

        def sleep(_):
            if not left:
                raise KeyboardInterrupt
            left.pop(0)()

        monkeypatch.setattr("libong.cli.worker.search_frame", search)
        monkeypatch.setattr("libong.cli.worker.sleep", sleep)
        done = CliRunner().invoke(app, ["worker"])
        assert done.exit_code == 0, done.exception

    return run


def told(store):
    """By number of frames, by which model a flight was logged, and by which its finds were made."""
    found = {}
    for flight in store.flights():
        labelled = store.labelled_flight(flight.flight_id)
        made_by = {u.model_sha256 for frame in labelled.frames for u in frame.undecided}
        found[flight.frames] = (flight.model_sha256, made_by)
    return found


@pytest.fixture(params=["alone", "beside a server"])
def as_run(request, settings, models, monkeypatch):
    """The environment of a worker that runs alone, or that `libong serve --with-worker` starts."""
    if request.param == "beside a server":
        for name, value in environment_of(read_settings()).items():
            monkeypatch.setenv(name, value)


def test_a_model_promoted_between_two_flights_searches_the_second(
    settings, models, store, receive, work, as_run
):
    first, second = models
    receive(0, 1)

    def promoted_and_sent():
        done = CliRunner().invoke(app, ["models", "promote", second[:12]])
        assert "in use from the next flight on" in done.stdout
        receive(10, 11, 12)

    work(promoted_and_sent)
    assert told(store) == {2: (first, {first}), 3: (second, {second})}


def test_a_model_promoted_in_mid_flight_searches_nothing_of_it(
    settings, models, store, receive, work, as_run
):
    """Nor where a frame fails, so that the process of those after it is another."""
    first, second = models
    receive(0, 1, 2, 3)
    tried = []

    def search(frame, model):
        promote(settings.models_dir, second)
        tried.append(frame.path.name)
        if frame.path.name == "DJI_0001.JPG" and tried.count("DJI_0001.JPG") == 1:
            raise RuntimeError("an odd picture")
        return stand_ins.search(frame, model)

    work(search=search)
    assert len(tried) > 4
    assert told(store) == {4: (first, {first})}


class Blank:
    """A network that finds nothing, and remembers its file."""

    outputs = 7
    opened: list[Path]

    def __init__(self, onnx, input_px, *, precision):
        self.input_px = input_px
        self.opened.append(onnx)

    def infer(self, tiles):
        return [np.zeros((self.outputs, 1), np.float32) for _ in tiles]


def test_a_process_opens_the_model_that_it_is_told(settings, models, monkeypatch, tmp_path):
    first, second = models
    monkeypatch.setattr("libong.open_models.OpenVinoEngine", Blank)
    monkeypatch.setattr(Blank, "opened", [], raising=False)
    (tmp_path / "x.jpg").write_bytes(stand_ins.photo(0))
    frame = read_frame(tmp_path / "x.jpg", shipped_site().reference)

    def search(sha256):
        model = Model.read(settings.models_dir / sha256 / "manifest.json")
        return worker_pool.search_frame(frame, model)

    for sha256_told in (second, second, first, first):  # the first is promoted
        assert isinstance(search(sha256_told), FrameLook)
    assert [path.parent.name for path in Blank.opened] == [second, first]


def test_weights_that_were_replaced_since_are_not_searched_with(settings, models, tmp_path):
    path = settings.models_dir / models[0] / "manifest.json"
    model = Model.read(path)
    path.with_name("x.onnx").write_bytes(b"others")
    with pytest.raises(ModelError, match="its manifest says"):
        worker_pool.search_frame(None, model)


def test_promoting_says_when_the_environment_names_another_model(settings, models, monkeypatch):
    monkeypatch.setenv("LIBONG_MODEL", "elsewhere.json")
    for command in (["models", "promote", models[1]], ["models", "revert"]):
        said = CliRunner().invoke(app, command).stdout.replace("\n", " ")
        assert "in use from the next flight on" not in said
        assert "as long as LIBONG_MODEL is set, that one is used: elsewhere.json" in said


def test_a_model_made_while_the_worker_runs_is_known_to_it(settings, models, monkeypatch, work):
    """So that what a laptop found with it is trusted."""
    known = []

    def work_once(worker):
        known.append({manifest.sha256 for manifest in worker.known_models()})
        return False

    monkeypatch.setattr("libong.worker.Worker.work_once", work_once)
    third = []
    work(lambda: third.append(stand_ins.write_model(settings.models_dir, b"third")))
    before, after = known
    assert after - before == set(third)
