"""Peak memory of searching one picture again and again, in a process of its own.

Run as `python -m libong.bench.memory ours|peer PICTURE TIMES TORCH_FILE`; prints megabytes.
"""

import subprocess
import sys
from itertools import repeat
from pathlib import Path

from detection.manifest import load_manifest
from ingest.errors import LibongError
from ingest.photo import read_frame
from libong.bench.sahi_peer import SahiPeer
from libong.open_models import open_detector
from libong.settings import read_settings
from libong.sites import open_site


class MemoryUnknownError(LibongError, RuntimeError):
    """A system that does not tell a process's peak memory, or a process that failed."""


def peak_mb(way: str, picture: Path, times: int, torch_file: Path) -> float:
    """Return the peak memory (MB, resident) of a fresh process that searches a picture `times`."""
    command = [
        sys.executable, "-m", "libong.bench.memory", way, str(picture), str(times), str(torch_file),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  our own module
    if done.returncode != 0:
        raise MemoryUnknownError(f"measuring memory failed: {done.stderr.strip()[-500:]}")
    return float(done.stdout.split()[-1])


def own_peak_mb() -> float:
    """Return this process's peak resident memory so far, in MB.

    Read from /proc, where it starts anew with each program; getrusage hands on the parent's peak.
    """
    status = Path("/proc/self/status")
    if not status.is_file():
        raise MemoryUnknownError("peak memory is read from /proc/self/status, which Linux has")
    lines = status.read_text(encoding="ascii").splitlines()
    (peak,) = (line for line in lines if line.startswith("VmHWM:"))
    return int(peak.split()[1]) / 1000


def main(way: str, picture: str, times: str, torch_file: str) -> None:
    """Search and print the peak."""
    settings, path = read_settings(), Path(picture)
    if way == "peer":
        manifest = load_manifest(settings.model)
        peer = SahiPeer(settings.model.parent / manifest.file, manifest, Path(torch_file))
        for _ in range(int(times)):
            peer.detect(path)
    else:
        frame = read_frame(path, open_site(settings.site).reference)
        for _ in open_detector(settings).detect_each(repeat(frame, int(times))):
            continue
    sys.stdout.write(f"{own_peak_mb():.1f}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
