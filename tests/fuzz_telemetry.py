"""Mutate videos, subtitles and flight logs and read them: each is read or refused, soon.

    python tests/fuzz_telemetry.py --seconds 60 --seed 1

Seeds are the sample flights' videos and subtitles, a flight log of each kind, and the subtitles of
LIBONG_FIELD_DATA where it names a folder, shortened. Of videos the index is mutated, and what
stands around it.
"""

import argparse
import os
import random
import sys
import tempfile
import time
import traceback
from collections import Counter
from contextlib import suppress
from pathlib import Path

from ingest.errors import PhotoError, TelemetryError, VideoError
from ingest.telemetry_file import read_telemetry_file
from ingest.video.video import read_video
from tests.fuzz_photos import ROOT, SITE, SLOW_S, mutated

_MOST_BYTES = 200_000
_VIDEOS = (".mp4", ".mov")
_LITCHI = (
    "latitude,longitude,altitude(m),time(millisecond),datetime(utc),datetime(local),isTakingVideo\n"
    + "".join(
        f"7.25{n:05d},99.4012345,58.0,{n * 1000},2026-03-14 03:00:{n:02d},x,1\n" for n in range(30)
    )
)
_GPX = (
    '<?xml version="1.0"?><gpx xmlns="http://www.topografix.com/GPX/1/1"><trk><trkseg>'
    + "".join(
        f'<trkpt lat="7.25{n:05d}" lon="99.4012345"><ele>60</ele>'
        f"<time>2026-03-14T03:00:{n:02d}Z</time></trkpt>"
        for n in range(30)
    )
    + "</trkseg></trk></gpx>"
)
# What a reader may say no with; anything else is a fault of its own.
REFUSALS = (TelemetryError, VideoError, PhotoError)


def seeds() -> list[tuple[str, bytes]]:
    """Name endings and contents: videos, subtitles, flight logs."""
    folders = [
        ROOT / "sample_flights",
        Path(os.environ.get("LIBONG_FIELD_DATA") or ROOT / "none") / "srt",
    ]
    found = [(".csv", _LITCHI.encode()), (".gpx", _GPX.encode())]
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            ending = path.suffix.lower()
            if ending == ".srt":
                found.append((ending, path.read_bytes()[:20_000]))
            elif ending in _VIDEOS:
                found.append((ending, path.read_bytes()))
    return found


def mutated_file(ending: str, data: bytes, chance: random.Random) -> bytes:
    """A mutation; of a video its ends, where the boxes and the index are, and sometimes a cut."""
    if ending not in _VIDEOS:
        return mutated(data, chance)
    at = data.find(b"moov")
    if chance.random() < 0.2 or at < 0:
        return data[: chance.randrange(len(data))]
    head, index, rest = data[: at - 4], data[at - 4 : at + _MOST_BYTES], data[at + _MOST_BYTES :]
    return head + mutated(index, chance) + rest


def outcome(path: Path, work_folder: Path) -> str:
    """The kind of end: "read", or the code of a refusal."""
    try:
        if path.suffix in _VIDEOS:
            with suppress(TelemetryError):
                read_telemetry_file(path)
            # the subtitles mutated last lie beside it
            read_video(path, SITE, work_folder / "stills")
        else:
            read_telemetry_file(path)
    except REFUSALS as error:
        return f"{path.suffix} {error.code}"
    return f"{path.suffix} read"


def main() -> int:
    """Mutate for so long; print the counts and the slowest; 1 when anything broke."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    chance, originals = random.Random(options.seed), seeds()  # noqa: S311 - wants repeatable bytes
    ends: Counter[str] = Counter()
    slowest_s, broken, end = 0.0, 0, time.monotonic() + options.seconds
    with tempfile.TemporaryDirectory() as folder:
        while time.monotonic() < end:
            ending, data = chance.choice(originals)
            path = Path(folder) / f"file{ending}"
            path.write_bytes(mutated_file(ending, data, chance))
            start = time.process_time()
            try:
                ends[outcome(path, Path(folder))] += 1
            except Exception:  # noqa: BLE001 - whatever it is, it is what is looked for
                broken += 1
                kept = Path(tempfile.gettempdir()) / f"libong-fuzz-{options.seed}-{broken}{ending}"
                kept.write_bytes(path.read_bytes())
                print(f"kept {kept}", file=sys.stderr)  # noqa: T201
                traceback.print_exc(limit=-4)
            took_s = time.process_time() - start
            slowest_s = max(slowest_s, took_s)
            broken += took_s > SLOW_S
    print(  # noqa: T201
        f"{sum(ends.values())} mutations of {len(originals)} files; {broken} broke; slowest "
        f"{slowest_s:.2f} s; {dict(ends.most_common())}"
    )
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
