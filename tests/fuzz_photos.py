"""Mutate photos and read them: each becomes a Frame or one PhotoError, soon, and nothing else.

    python tests/fuzz_photos.py --seconds 60 --seed 1

Seeds are the sample flights' photos, and those of LIBONG_FIELD_DATA where it names a folder: their
metadata with a few bytes of their pixels, so that mutations hit what is parsed.
"""

import argparse
import os
import random
import re
import resource
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

from PIL import Image
from PIL.PngImagePlugin import PngInfo
from pillow_heif import register_heif_opener

from ingest.errors import PhotoError
from ingest.jpeg import read_jpeg_head
from ingest.photo import read_frame
from ingest.site_reference import SiteReference

ROOT = Path(__file__).parents[1]
SITE = SiteReference(ZoneInfo("Asia/Bangkok"), -17.0, 1.5, 0.8)
SLOW_S = 5.0  # of the processor: other programs may hold it up
_PIXEL_BYTES = 64
_NUMBER = re.compile(rb"[-+]?\d+\.\d+")
_HOSTILE = (
    *(b"nan", b"inf", b"-inf", b"1e999", b"0", b"200.0", b"-999999999", b"", b"1/0", b"\xff\xfe"),
    *(b"1970:01:01 00:00:00", b"2099:12:31 23:59:59", b"0001:01:01 00:00:00", b"+99:99", b"&b;"),
    b'<!DOCTYPE a [<!ENTITY b "bbbbbbbb"><!ENTITY c "&b;&b;&b;&b;&b;">]>',
    b'<?xml version="1.0" encoding="utf-32-none"?>',
    *(
        b"\xff\xff\xff\xff",
        b"\0\0\0\0",
        b"\x7f\xff\xff\xff",
        b"\x80\0\0\0",
        b"\xff\xd9",
        b"\xff\xe1",
    ),
)


def seeds() -> list[bytes]:
    """JPEG heads with a little of their pixels, and other formats with the same tags."""
    folders = [
        ROOT / "sample_flights",
        Path(os.environ.get("LIBONG_FIELD_DATA") or ROOT / "none") / "photos",
    ]
    photos = [p for f in folders for p in sorted(f.rglob("*")) if p.suffix.lower() == ".jpg"][:40]
    # one of the samples is no photo, on purpose
    whole = [data for path in photos if (data := path.read_bytes()).startswith(b"\xff\xd8")]
    found = [shortened(data) for data in whole]
    register_heif_opener()
    with Image.open(BytesIO(found[0])) as picture:
        exif, xmp = picture.info["exif"], picture.info.get("xmp", b"")
    for kind in ("HEIF", "TIFF", "WEBP", "PNG"):
        stream = BytesIO()
        told = PngInfo()
        told.add_itxt("XML:com.adobe.xmp", xmp.decode(errors="replace"))
        options = {"pnginfo": told} if kind == "PNG" else {"xmp": xmp}
        Image.new("RGB", (64, 48)).save(stream, kind, exif=exif, **options)
        found.append(stream.getvalue())
    return found


def shortened(jpeg: bytes) -> bytes:
    """A JPEG whose pixels end after a few bytes, which a reader of metadata takes for whole."""
    scan = read_jpeg_head(BytesIO(jpeg)).scan_offset
    return jpeg[:scan] + b"\0" * _PIXEL_BYTES + b"\xff\xd9"


def mutated(data: bytes, chance: random.Random) -> bytes:
    """One to eight changes: flipped bits, cuts, wrong lengths, sizes and values, repeats."""
    changed = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 4, 8))):
        place = chance.randrange(max(len(changed), 1))
        kind = chance.randrange(9)
        if kind == 0:
            del changed[place:]
        elif kind == 1 and changed:
            changed[place % len(changed)] ^= 1 << chance.randrange(8)
        elif kind == 2:
            changed[place : place + chance.choice((1, 2, 4))] = chance.randbytes(
                chance.choice((1, 2, 4))
            )
        elif kind == 3:
            value = chance.choice(_HOSTILE)
            changed[place : place + len(value)] = value
        elif kind == 4:
            _replace_value(changed, chance)
        elif kind == 5:
            del changed[place : place + chance.randrange(64)]
        elif kind == 6:
            _resize(changed, chance)
        elif kind == 7:
            _replace_number(changed, chance)
        else:
            changed[place:place] = changed[place : place + chance.randrange(4096)]
    return bytes(changed)


def _resize(changed: bytearray, chance: random.Random) -> None:
    """Tell another size, or a wrong length of a part, where a format tells it."""
    for mark, skip in ((b"\xff\xc0", 5), (b"IHDR", 4), (b"VP8X", 12), (b"\xff\xe1", 2)):
        at = changed.find(mark)
        if at >= 0:
            width = chance.choice((0, 1, 0x7FFF, 0xFFFF))
            changed[at + skip : at + skip + 4] = width.to_bytes(2, "big") * 2


def _replace_number(changed: bytearray, chance: random.Random) -> None:
    """Put a hostile value in place of a number written out, as telemetry and XMP write them."""
    numbers = list(_NUMBER.finditer(changed[:65_536]))
    if numbers:
        number = chance.choice(numbers)
        changed[number.start() : number.end()] = chance.choice(_HOSTILE)


def _replace_value(changed: bytearray, chance: random.Random) -> None:
    """Put a hostile value between two of the quotes of the XMP."""
    quotes = [i for i, byte in enumerate(changed[:65_536]) if byte == 0x22]
    if len(quotes) > 2:
        at = chance.randrange(len(quotes) - 1)
        changed[quotes[at] + 1 : quotes[at + 1]] = chance.choice(_HOSTILE)


def outcome(path: Path) -> str:
    """The kind of end: "frame", "frame with warnings", or a PhotoError's code."""
    try:
        return "frame with warnings" if read_frame(path, SITE).warnings else "frame"
    except PhotoError as error:
        return error.code


def _until(seconds: float) -> Iterator[int]:
    end, number = time.monotonic() + seconds, 0
    while time.monotonic() < end:
        yield number
        number += 1


def main() -> int:
    """Mutate for so long; print the counts, the slowest, the memory; 1 when anything broke."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    chance, originals = random.Random(options.seed), seeds()  # noqa: S311 - wants repeatable bytes
    ends: Counter[str] = Counter()
    slowest_s, broken = 0.0, 0
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "photo.jpg"
        for number in _until(options.seconds):
            path.write_bytes(mutated(chance.choice(originals), chance))
            start = time.process_time()
            try:
                ends[outcome(path)] += 1
            except Exception:  # noqa: BLE001 - whatever it is, it is what is looked for
                broken += 1
                kept = Path(tempfile.gettempdir()) / f"libong-fuzz-{options.seed}-{number}.bin"
                kept.write_bytes(path.read_bytes())
                print(f"kept {kept}", file=sys.stderr)  # noqa: T201
                traceback.print_exc(limit=-4)
            took_s = time.process_time() - start
            slowest_s = max(slowest_s, took_s)
            broken += took_s > SLOW_S
    memory_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(  # noqa: T201
        f"{sum(ends.values())} mutations of {len(originals)} photos; {broken} broke; slowest "
        f"{slowest_s:.2f} s; {memory_mb:.0f} MB at most; {dict(ends.most_common())}"
    )
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
