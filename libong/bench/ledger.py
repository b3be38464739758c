"""The check of a store's ledger in a process of its own, which tells what it took.

Run as `python -m libong.bench.ledger` it reads the database's URL and the public key to trust, one
a line, and prints JSON. They come on standard input, since a URL may hold a password.
"""

import json
import subprocess
import sys
from contextlib import closing
from dataclasses import asdict, dataclass
from time import perf_counter

from ingest.errors import LibongError
from libong.bench.memory import own_peak_mb
from libong.bench.watch import TimeUp
from patrol.checkpoint_key import PublicKey
from patrol.store import Store


class LedgerCheckError(LibongError, RuntimeError):
    """A check that ended otherwise than it should."""


@dataclass(frozen=True)
class Checked:
    """What a check of a whole ledger took: seconds, and the process's peak memory."""

    entries: int
    checkpoints: int
    faults: int
    seconds: float
    peak_mb: float


def checked(url: str, key: PublicKey, limit_s: float) -> Checked:
    """Check the ledger of a store, as `libong verify --no-media` does; raises TimeUp.

    Raises LedgerCheckError where anything is wrong with it.
    """
    command = [sys.executable, "-m", "libong.bench.ledger"]
    asked = f"{url}\n{key.raw.hex()}\n"
    try:
        done = subprocess.run(  # noqa: S603  our own module
            command, input=asked, capture_output=True, text=True, check=False, timeout=limit_s
        )
    except subprocess.TimeoutExpired as error:
        raise TimeUp(
            f"the check of the ledger took more than the {limit_s:.0f} s that were left; what was "
            "measured before stands, more time is given with --minutes"
        ) from error
    if done.returncode != 0:
        raise LedgerCheckError(f"checking the ledger failed: {done.stderr.strip()[-500:]}")
    told = Checked(**json.loads(done.stdout))
    if told.faults:
        raise LedgerCheckError(f"the filled store has {told.faults} faults by its own ledger")
    return told


def main() -> None:
    """Check and print."""
    url, key = sys.stdin.read().split()
    with closing(Store(url)) as store:
        began = perf_counter()
        report = store.verify([PublicKey(bytes.fromhex(key))])
        seconds = perf_counter() - began
    told = Checked(report.events, report.checkpoints, len(report.faults), seconds, own_peak_mb())
    sys.stdout.write(json.dumps(asdict(told)))


if __name__ == "__main__":
    main()
