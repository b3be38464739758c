"""A server and a worker to be killed: the real ones, with a stand-in for the networks.

Run as `stand_ins.py serve` or `stand_ins.py work [--pool]`, with LIBONG_ settings.
"""

import io
import os
import signal
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import cv2
from PIL import Image

from detection.frame_look import FrameLook
from detection.manifest import Manifest, Model
from detection.types import Detection, ObjectClass
from ingest.quality import FrameQuality
from libong.composition import open_media, open_store
from libong.frame_search import Patience, Tools
from libong.settings import read_settings
from libong.sites import open_site
from libong.worker import Worker
from libong.worker_pool import end_processes, process_pool, try_to_read

SECONDS_A_FRAME = float(os.environ.get("TEST_SECONDS_A_FRAME", "0"))
MANIFEST = Manifest(
    file="none.onnx",
    sha256="a" * 64,
    architecture="stand-in",
    input_px=640,
    target_gsd_cm=5.0,
    classes=tuple(ObjectClass),
    thresholds=dict.fromkeys(ObjectClass, 0.5),
)
MODEL = Model(Path("no_such_folder/manifest.json"), MANIFEST)


def search(frame, model=MODEL):
    """Find one boat in each frame; end the process, hang or fail where the name says so."""
    time.sleep(SECONDS_A_FRAME)
    if "POISON" in frame.path.name:
        os._exit(3)
    if "HANGS" in frame.path.name:
        time.sleep(60)
    if "BREAKS" in frame.path.name:
        raise RuntimeError("an odd picture")
    boat = Detection(
        ObjectClass.BOAT,
        0.9,
        (10.0, 10.0, 40.0, 30.0),
        frame.sha256,
        frame.taken_at_utc,
        frame.pose.position,
        5.0,
        model.manifest.sha256,
    )
    return FrameLook(frame, (boat,), FrameQuality(1.0, 0.0, None, False, ()), ())


def make_worker(store, settings, *, pool=False, **changes):
    tools = Tools(
        executors=process_pool if pool else lambda: ThreadPoolExecutor(1),
        search=search,
        read=try_to_read,
        end_processes=end_processes,
    )
    patience = Patience(
        lease=timedelta(seconds=2), most_tries=2 if pool else 3, frame_timeout=timedelta(seconds=5)
    )
    return Worker(
        store=store,
        media=open_media(settings),
        site=open_site(settings.site),
        **{
            "model_in_use": lambda: MODEL,
            "tools": tools,
            "folder": settings.data_dir / "work",
            "patience": patience,
            **changes,
        },
    )


def write_model(models, weights):
    """Write a model as a fine-tuning leaves it, with weights of a few bytes; returns its hash."""
    digest = sha256(weights).hexdigest()
    folder = models / digest
    folder.mkdir(parents=True)
    (folder / "x.onnx").write_bytes(weights)
    manifest = MANIFEST.model_copy(update={"file": "x.onnx", "sha256": digest})
    (folder / "manifest.json").write_text(manifest.model_dump_json())
    return digest


POISON = b"this picture ends who decodes it"


def poisoned_decoder(real):
    """OpenCV's decoder with a fault: it ends the process on a picture that holds POISON."""

    def decode(data, flags):
        if POISON in data.tobytes():
            os.kill(os.getpid(), signal.SIGKILL)
        return real(data, flags)

    return decode


if "TEST_POISON" in os.environ:
    cv2.imdecode = poisoned_decoder(cv2.imdecode)


def photo(number, *, size=(160, 90), north_s=None, poison=False):
    """A small JPEG with a place and a time of its own, too far from others to overlap.

    With `north_s`, seconds of latitude, it lies where others do.
    """
    exif = Image.Exif()
    exif.update({0x010F: "DJI", 0x0110: "FC300S"})
    clock = f"2026:02:03 10:{number // 60:02d}:{number % 60:02d}"
    exif.get_ifd(0x8769).update({0x9003: clock, 0x920A: 3.61, 0xA405: 20})
    north = (7.0, 14.0, float(number % 50 if north_s is None else north_s))
    east = (99.0, 24.0, float(number * 37 % 60 if north_s is None else number / 100))
    exif.get_ifd(0x8825).update({1: "N", 2: north, 3: "E", 4: east, 5: b"\0", 6: 60.0})
    out = io.BytesIO()
    picture = Image.radial_gradient("L").resize(size).point(lambda v: (v + number * 7) % 256)
    comment = {"comment": POISON} if poison else {}
    picture.convert("RGB").save(out, "JPEG", exif=exif, quality=90, **comment)
    return out.getvalue()


def main():
    settings = read_settings()
    if sys.argv[1] == "serve":
        from libong.cli.serve import run_server  # a second, which each process of a pool would take

        run_server(settings)
        return
    with closing(open_store(settings)) as store:
        worker = make_worker(store, settings, pool="--pool" in sys.argv)
        while True:
            if not worker.work_once():
                if "--once" in sys.argv:
                    return
                time.sleep(0.1)


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))
    main()
