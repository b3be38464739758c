"""Checkpoints: where the ledger stood at a moment, signed with the site's key.

Whoever may edit the database can rebuild the whole chain, but cannot sign for it. A checkpoint's
line can be kept elsewhere, on paper or in a mail, and shows later even what was cut off with it.
"""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ingest.errors import LibongError
from patrol.checkpoint_key import PublicKey, SiteKey
from patrol.ledger import LedgerFault, LedgerHead, canonical_json

# Few enough that little is lost with the end of the ledger, many enough that checking stays quick.
EVERY_ENTRIES = 100
EVERY = timedelta(days=1)

_PREFIX = "libong-checkpoint-1"
_DOMAIN = b"libong-watch checkpoint v1\n"
_LINE = re.compile(
    rf"{_PREFIX} (?P<number>\d+) (?P<sequence>\d+) (?P<hash>[0-9a-f]{{64}}) (?P<at>\S+) "
    r"(?P<key>[0-9a-f]{16}) (?P<signature>[\w-]{86})",
    re.ASCII,
)
_SHORT = re.compile(r"(?P<sequence>\d+)[ :](?P<hash>[0-9a-f]{16,64})", re.ASCII)


class CheckpointError(LibongError, ValueError):
    """A text that is no checkpoint."""


@dataclass(frozen=True)
class Checkpoint:
    """That the ledger's entry `sequence` had the hash `entry_hash` at `at_utc`.

    `number` counts checkpoints from 1; `at_utc` is ISO 8601 text, as it was signed; `key_id` names
    the key; `signature` is base64 of 64 bytes.
    """

    number: int
    sequence: int
    entry_hash: str
    at_utc: str
    key_id: str
    signature: str = ""

    @property
    def line(self) -> str:
        """The one line that tells it all, to be kept elsewhere."""
        return (
            f"{_PREFIX} {self.number} {self.sequence} {self.entry_hash} {self.at_utc} "
            f"{self.key_id} {self.signature}"
        )


@dataclass(frozen=True)
class Witness:
    """What was written down elsewhere: an entry's hash, or the first digits of it."""

    sequence: int
    hash_prefix: str


def sign(number: int, head: LedgerHead, at_utc: datetime, key: SiteKey) -> Checkpoint:
    """Return the checkpoint of a ledger that ends at `head`."""
    unsigned = Checkpoint(
        number, head.sequence, head.entry_hash, at_utc.isoformat(), key.public.key_id
    )
    signature = urlsafe_b64encode(key.sign(_signed_bytes(unsigned))).rstrip(b"=").decode()
    return replace(unsigned, signature=signature)


def is_due(last: Checkpoint | None, head: LedgerHead, at_utc: datetime) -> bool:
    """Return whether the ledger should be signed again."""
    return last is None or (
        head.sequence - last.sequence >= EVERY_ENTRIES
        or at_utc - datetime.fromisoformat(last.at_utc) >= EVERY
    )


def read_checkpoint(text: str) -> Checkpoint | Witness:
    """Read a checkpoint's line, or "SEQUENCE HASH" with at least 16 digits of the hash.

    Spaces and line ends may be more than were written. Raises CheckpointError.
    """
    words = " ".join(text.split())
    if line := _LINE.fullmatch(words):
        return Checkpoint(
            int(line["number"]),
            int(line["sequence"]),
            line["hash"],
            line["at"],
            line["key"],
            line["signature"],
        )
    if short := _SHORT.fullmatch(words):
        return Witness(int(short["sequence"]), short["hash"])
    raise CheckpointError(
        f"a checkpoint is a line that begins with {_PREFIX}, or an entry's number and at least 16 "
        f"digits of its hash; got {words[:80]!r}"
    )


def checkpoint_faults(
    checkpoints: Sequence[Checkpoint], hashes: Mapping[int, str], keys: Sequence[PublicKey]
) -> tuple[LedgerFault, ...]:
    """Return what is wrong with the checkpoints kept beside a ledger.

    `hashes` are those of the ledger's entries by their numbers; `keys` are trusted.
    """
    faults = []
    for expected, checkpoint in enumerate(checkpoints, start=1):
        if checkpoint.number != expected:
            faults.append(
                LedgerFault(
                    checkpoint.sequence,
                    f"checkpoint {expected} was expected here; found {checkpoint.number}",
                )
            )
        faults += witness_faults(checkpoint, hashes, keys)
    last = checkpoints[-1].sequence if checkpoints else 0
    unsigned = max(hashes, default=0) - last
    if checkpoints and unsigned > EVERY_ENTRIES:
        faults.append(
            LedgerFault(
                last, f"the {unsigned} entries after this one have no checkpoint; one is due"
            )
        )
    return tuple(faults)


def witness_faults(
    seen: Checkpoint | Witness, hashes: Mapping[int, str], keys: Sequence[PublicKey]
) -> tuple[LedgerFault, ...]:
    """Return where a ledger is not as a checkpoint, or what was written down, says."""
    faults = []
    if isinstance(seen, Checkpoint):
        name, prefix = f"checkpoint {seen.number}", seen.entry_hash
        if (why := _signature_fault(seen, keys)) is not None:
            faults.append(LedgerFault(seen.sequence, f"{name} {why}"))
    else:
        name, prefix = "what was written down", seen.hash_prefix
    found = hashes.get(seen.sequence)
    if found is None:
        faults.append(
            LedgerFault(
                seen.sequence,
                f"this entry is gone, for which {name} vouches; the ledger ends at entry "
                f"{max(hashes, default=0)}",
            )
        )
    elif not found.startswith(prefix):
        faults.append(
            LedgerFault(
                seen.sequence,
                f"is not the entry for which {name} vouches: the ledger was written anew",
            )
        )
    return tuple(faults)


def _signature_fault(checkpoint: Checkpoint, keys: Sequence[PublicKey]) -> str | None:
    key = next((key for key in keys if key.key_id == checkpoint.key_id), None)
    if key is None:
        return f"is signed with the key {checkpoint.key_id}, which is not a trusted one"
    try:
        signature = urlsafe_b64decode(checkpoint.signature + "==")
    except (Base64Error, ValueError):
        return "was changed: its signature cannot be read"
    if not key.signed(signature, _signed_bytes(checkpoint)):
        return "was changed or forged: its signature is not of its key"
    return None


def _signed_bytes(checkpoint: Checkpoint) -> bytes:
    told = {
        "number": checkpoint.number,
        "sequence": checkpoint.sequence,
        "entry_hash": checkpoint.entry_hash,
        "at_utc": checkpoint.at_utc,
        "key_id": checkpoint.key_id,
    }
    return _DOMAIN + canonical_json(told).encode()
