"""Checks a folder of evidence exported by Libong Watch.

Run it in the extracted folder:  python3 verify.py
or on another one:               python3 verify.py FOLDER
with the site's public key:      python3 verify.py --public-key KEY.pem

It needs Python 3.9 or newer and nothing else, no network and no part of Libong Watch. It recomputes
the SHA-256 of every file, the hashes of the ledger's entries about this incident and its flight,
and whether these vouch for the incident and the photo found here. With the site's public key, got
from the site itself, it also checks that the site signed this evidence and its ledger.

Exit code 0: everything is here and as it was exported. 1: something was changed, added or removed.
2: as it was exported, but something was missing or wrong already then.

Whoever can change the files can also write a new manifest and new entries, but cannot sign for the
site. So check with the public key, or compare the last two lines printed here with what was written
down when the evidence was exported, and the entries' hashes with the ledger of Libong Watch.
"""

from __future__ import annotations

import base64
import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

MANIFEST = "manifest.json"
MANIFEST_HASH = "manifest.sha256"
SIGNATURE = "manifest.sig"
INCIDENT = "evidence/incident.json"
LEDGER = "evidence/ledger.json"
CROP = "evidence/crop.jpg"

# Made by systems that show a folder, not by people.
IGNORED_NAMES = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})

# Written before whatever is hashed in the ledger.
LEDGER_DOMAIN = b"libong-watch ledger v1\n"

# Written before what the site signs, so that no signature means anything elsewhere.
EVIDENCE_DOMAIN = b"libong-watch evidence v1\n"
CHECKPOINT_DOMAIN = b"libong-watch checkpoint v1\n"
EVIDENCE_PREFIX = "libong-evidence-1"
CHECKPOINT_PREFIX = "libong-checkpoint-1"

UNREADABLE = (OSError, ValueError, KeyError, TypeError, AttributeError, IndexError)


def digest(value: Any) -> str:
    """Return the ledger's hash of a value: SHA-256 of its JSON with sorted keys and no spaces."""
    text = json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )
    return hashlib.sha256(LEDGER_DOMAIN + text.encode()).hexdigest()


def message(domain: bytes, value: Any) -> bytes:
    """Return the bytes that the site signs for a value."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return domain + text.encode()


def evidence_message(manifest_sha256: str, key_id: str) -> bytes:
    """Return what the site signs of a manifest."""
    return message(EVIDENCE_DOMAIN, {"manifest_sha256": manifest_sha256, "key_id": key_id})


def file_hash(path: Path) -> str:
    """Return the SHA-256 of a file."""
    found = hashlib.sha256()
    with path.open("rb") as file:
        for block in iter(lambda: file.read(1 << 20), b""):
            found.update(block)
    return found.hexdigest()


def read(path: Path) -> Any:
    """Return the value of a JSON file."""
    return json.loads(path.read_text(encoding="utf-8"))


def file_faults(folder: Path, manifest: Any) -> Iterator[str]:
    """Yield what is wrong with the files: changed, gone, or not of this export."""
    if file_hash(folder / MANIFEST) != (folder / MANIFEST_HASH).read_text(encoding="ascii").strip():
        yield f"{MANIFEST}: was changed, or {MANIFEST_HASH} was"
    listed = {file["name"]: file for file in manifest["files"]}
    for name, file in listed.items():
        path = folder / name
        if not path.is_file():
            yield f"{name}: is gone"
        elif path.stat().st_size != file["bytes"] or file_hash(path) != file["sha256"]:
            yield f"{name}: was changed"
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        of_the_export = name in listed or name in (MANIFEST, MANIFEST_HASH, SIGNATURE)
        if path.is_file() and not of_the_export and path.name not in IGNORED_NAMES:
            yield f"{name}: does not belong to the export"


def chain_faults(ledger: Any) -> Iterator[str]:
    """Yield what is wrong with the entries by themselves: their hashes and how they follow."""
    entries, head = ledger["entries"], ledger["head"]
    for entry in entries:
        number = entry["sequence"]
        hashed = {k: v for k, v in entry.items() if k not in ("entry_hash", "next_hash")}
        if digest(hashed) != entry["entry_hash"]:
            yield f"ledger entry {number}: was changed after it was written"
        if number > head["sequence"]:
            yield f"ledger entry {number}: comes after the ledger's head, {head['sequence']}"
        is_head = number == head["sequence"]
        if is_head and entry["entry_hash"] != head["entry_hash"]:
            yield f"ledger entry {number}: is not the ledger's head, as it should be"
        if is_head != (entry["next_hash"] is None):
            yield f"ledger entry {number}: the hash of the next entry does not fit the head"
        if number + 1 == head["sequence"] and entry["next_hash"] != head["entry_hash"]:
            yield f"ledger entry {number}: the ledger's head does not follow it"
    for before, after in zip(entries, entries[1:]):  # noqa: B905, RUF007  for Python 3.9
        if after["sequence"] <= before["sequence"]:
            yield f"ledger entry {after['sequence']}: is out of order"
        elif after["sequence"] == before["sequence"] + 1 and not (
            after["previous_hash"] == before["entry_hash"]
            and after["entry_hash"] == before["next_hash"]
        ):
            yield f"ledger entry {after['sequence']}: does not follow from the entry before it"


def incident_faults(incident: Any, ledger: Any) -> Iterator[str]:
    """Yield where the incident is not as the ledger's entries about it say."""
    facts = incident["facts"]
    told = [
        (entry, json.loads(entry["payload"]))
        for entry in ledger["entries"]
        if (entry["kind"], entry["subject"]) == ("incident_event", facts["incident_id"])
    ]
    if len(incident["events"]) != len(told):
        yield f"{INCIDENT}: tells {len(incident['events'])} events, the ledger {len(told)}"
    state = None
    for version, (entry, payload) in enumerate(told, start=1):
        number = entry["sequence"]
        if payload["facts"] != digest(facts):
            yield f"ledger entry {number}: vouches for other facts than {INCIDENT} tells"
        if (payload["version"], payload["from_state"]) != (version, state):
            yield f"ledger entry {number}: is not step {version} of this incident"
        state = payload["to_state"]
    for event, (entry, payload) in zip(incident["events"], told):  # noqa: B905  as above
        expected = {k: v for k, v in payload.items() if k != "facts"}
        if event != {**expected, "at_utc": entry["at_utc"]}:
            yield f"ledger entry {entry['sequence']}: tells another event than {INCIDENT}"
    if (incident["state"], incident["version"]) != (state, len(told)):
        yield f"{INCIDENT}: its state is not the last one of the ledger"


def flight_faults(incident: Any, ledger: Any) -> Iterator[str]:
    """Yield where the flight is not as the ledger's entry about it says."""
    facts, flight = incident["facts"], incident["flight"]
    told = [
        json.loads(entry["payload"])
        for entry in ledger["entries"]
        if (entry["kind"], entry["subject"]) == ("flight_logged", facts["flight_id"])
    ]
    if len(told) != 1:
        yield f"the ledger must tell once of flight {facts['flight_id']}; it does {len(told)} times"
    for payload in told:
        if payload["frames"] != digest(flight["frames"]):
            yield "the flight's photos are not as the ledger vouches for them"
        for name in ("model_sha256", "site_id", "received_at_utc"):
            if payload[name] != flight[name]:
                yield f"the flight's {name} is not as the ledger says"


def condition_faults(incident: Any, ledger: Any) -> Iterator[str]:
    """Yield where sea and weather are not as the ledger's entries about the flight say."""
    told = [
        {**json.loads(entry["payload"]), "at_utc": entry["at_utc"]}
        for entry in ledger["entries"]
        if (entry["kind"], entry["subject"]) == ("conditions_told", incident["facts"]["flight_id"])
    ]
    here = [
        {name: value for name, value in conditions.items() if value is not None}
        for conditions in incident.get("conditions", [])
    ]
    if here != told:
        yield f"{INCIDENT}: sea and weather are not as the ledger's entries say"


def zone_faults(incident: Any) -> Iterator[str]:
    """Yield that the zone is not the one by which the incident was judged."""
    grounds, zone = incident["facts"].get("grounds"), incident.get("zone_as_judged")
    if zone is None or not grounds:
        return
    text = json.dumps(zone, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    if hashlib.sha256(text.encode()).hexdigest() != grounds["zone_sha256"]:
        yield f"{INCIDENT}: the zone is not the version by which the incident was judged"


def photo_faults(incident: Any, manifest: Any) -> Iterator[str]:
    """Yield where a picture in the export is not the one that the incident names."""
    facts = incident["facts"]
    hashes = {file["name"]: file["sha256"] for file in manifest["files"]}
    absent = {absence["name"] for absence in manifest["absent"]}
    named = {frame["file"]: frame["sha256"] for frame in incident["frames"]}
    if facts["frame_sha256"] not in named.values():
        yield f"{INCIDENT}: the photo that shows the incident is not among its frames"
    for frame in incident["frames"]:
        if {k: v for k, v in frame.items() if k != "file"} not in incident["flight"]["frames"]:
            yield f"{INCIDENT}: a frame is not of this flight, or not as it was logged"
    if facts["crop_sha256"] is not None:
        named[CROP] = facts["crop_sha256"]
    for name, sha256 in named.items():
        if name in hashes and hashes[name] != sha256:
            yield f"{name}: is not the picture that the incident names"
        if name not in hashes and name not in absent:
            yield f"{name}: is neither here nor told to be absent"


def all_faults(folder: Path) -> list[str]:
    """Return everything that is wrong with a folder of evidence; nothing for an honest one."""
    faults: list[str] = []
    try:
        manifest = read(folder / MANIFEST)
        faults += file_faults(folder, manifest)
        incident, ledger = read(folder / INCIDENT), read(folder / LEDGER)
        faults += chain_faults(ledger)
        faults += incident_faults(incident, ledger)
        faults += flight_faults(incident, ledger)
        faults += condition_faults(incident, ledger)
        faults += zone_faults(incident)
        faults += photo_faults(incident, manifest)
    except UNREADABLE as error:
        faults.append(f"cannot be checked to the end: {type(error).__name__}: {error}")
    return faults


# Ed25519 (RFC 8032): numbers modulo PRIME, points as (X, Y, Z, T) with x = X/Z, y = Y/Z, xy = T/Z.
PRIME = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
CURVE = -121665 * pow(121666, PRIME - 2, PRIME) % PRIME
ROOT_OF_MINUS_ONE = pow(2, (PRIME - 1) // 4, PRIME)
NEUTRAL = (0, 1, 1, 0)
Point = tuple[int, int, int, int]


def added(one: Point, other: Point) -> Point:
    """Return the sum of two points."""
    (x1, y1, z1, t1), (x2, y2, z2, t2) = one, other
    a, b = (y1 - x1) * (y2 - x2) % PRIME, (y1 + x1) * (y2 + x2) % PRIME
    c, d = 2 * t1 * t2 * CURVE % PRIME, 2 * z1 * z2 % PRIME
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % PRIME, g * h % PRIME, f * g % PRIME, e * h % PRIME)


def multiplied(times: int, point: Point) -> Point:
    """Return a point added to itself so many times."""
    total = NEUTRAL
    while times:
        if times & 1:
            total = added(total, point)
        point = added(point, point)
        times >>= 1
    return total


def point_of(y: int, x_is_odd: int) -> Point:
    """Return the point with this y; raises ValueError where there is none."""
    if y >= PRIME:
        raise ValueError("no point of the curve")
    square = (y * y - 1) * pow(CURVE * y * y + 1, PRIME - 2, PRIME) % PRIME
    x = pow(square, (PRIME + 3) // 8, PRIME)
    if (x * x - square) % PRIME:
        x = x * ROOT_OF_MINUS_ONE % PRIME
    if (x * x - square) % PRIME or (x == 0 and x_is_odd):
        raise ValueError("no point of the curve")
    if x & 1 != x_is_odd:
        x = PRIME - x
    return (x, y, 1, x * y % PRIME)


def read_point(data: bytes) -> Point:
    """Return the point of 32 bytes; raises ValueError where they are of none."""
    number = int.from_bytes(data, "little")
    return point_of(number & ~(1 << 255), number >> 255)


BASE = point_of(4 * pow(5, PRIME - 2, PRIME) % PRIME, 0)


def is_signed(key: bytes, signed: bytes, signature: bytes) -> bool:
    """Return whether the owner of a public key (32 bytes) made the signature (64 bytes)."""
    try:
        owner, half = read_point(key), read_point(signature[:32])
    except ValueError:
        return False
    scalar = int.from_bytes(signature[32:], "little")
    if len(signature) != 64 or scalar >= ORDER:
        return False
    challenge = hashlib.sha512(signature[:32] + key + signed).digest()
    left = multiplied(scalar, BASE)
    right = added(half, multiplied(int.from_bytes(challenge, "little") % ORDER, owner))
    return not (
        (left[0] * right[2] - right[0] * left[2]) % PRIME
        or (left[1] * right[2] - right[1] * left[2]) % PRIME
    )


def read_keys(path: Path) -> dict[str, bytes]:
    """Return the public keys of a PEM file by their names, the first digits of their SHA-256."""
    keys = {}
    for block in path.read_text(encoding="ascii").split("-----BEGIN PUBLIC KEY-----")[1:]:
        written = base64.b64decode("".join(block.split("-----END")[0].split()))
        raw = written[12:]
        if written[:12] != bytes.fromhex("302a300506032b6570032100") or len(raw) != 32:
            raise ValueError(f"{path} holds a key that is no Ed25519 key")
        keys[hashlib.sha256(raw).hexdigest()[:16]] = raw
    if not keys:
        raise ValueError(f"{path} holds no public key")
    return keys


def line_fault(keys: dict[str, bytes], key_id: str, signed: bytes, text: str) -> str | None:
    """Return what is wrong with a signature in letters; None for a good one."""
    if key_id not in keys:
        return f"is signed with the key {key_id}, which is not the one given"
    signature = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    return None if is_signed(keys[key_id], signed, signature) else "was not signed with this key"


def signature_faults(folder: Path, keys: dict[str, bytes]) -> Iterator[str]:
    """Yield where the site did not sign: this evidence, or the checkpoints of its ledger."""
    if not (folder / SIGNATURE).is_file():
        yield f"{SIGNATURE}: is not there, so the site did not sign this evidence"
        return
    prefix, sha256, key_id, text = (folder / SIGNATURE).read_text(encoding="ascii").split()
    if (prefix, sha256) != (EVIDENCE_PREFIX, file_hash(folder / MANIFEST)):
        yield f"{SIGNATURE}: is of another manifest"
    fault = line_fault(keys, key_id, evidence_message(sha256, key_id), text)
    if fault is not None:
        yield f"{SIGNATURE}: {fault}"
    ledger = read(folder / LEDGER)
    head = ledger["head"]
    hashes = {entry["sequence"]: entry["entry_hash"] for entry in ledger["entries"]}
    hashes[head["sequence"]] = head["entry_hash"]
    for entry in ledger["entries"]:
        if entry["next_hash"] is not None:
            hashes[entry["sequence"] + 1] = entry["next_hash"]
    for line in ledger.get("checkpoints", []):
        prefix, number, sequence, entry_hash, at_utc, key_id, text = line.split(" ")
        told = {
            "number": int(number),
            "sequence": int(sequence),
            "entry_hash": entry_hash,
            "at_utc": at_utc,
            "key_id": key_id,
        }
        fault = line_fault(keys, key_id, message(CHECKPOINT_DOMAIN, told), text)
        if prefix != CHECKPOINT_PREFIX or fault is not None:
            yield f"checkpoint {number}: {fault or 'is no checkpoint'}"
        if hashes.get(int(sequence), entry_hash) != entry_hash:
            yield f"checkpoint {number}: vouches for another entry {sequence} than is here"


def main(arguments: list[str]) -> int:
    """Check the folder named on the command line, or the one this file lies in."""
    if {"-h", "--help"} & set(arguments):
        say(str(__doc__).strip())
        return 0
    keys: dict[str, bytes] = {}
    if "--public-key" in arguments:
        place = arguments.index("--public-key")
        try:
            keys = read_keys(Path(arguments[place + 1]))
        except (*UNREADABLE, UnicodeDecodeError) as error:
            say(f"the public key cannot be read: {type(error).__name__}: {error}")
            return 1
        arguments = arguments[:place] + arguments[place + 2 :]
    folder = Path(arguments[0]) if arguments else Path(__file__).resolve().parent
    faults = all_faults(folder)
    if keys and not faults:
        try:
            faults = list(signature_faults(folder, keys))
        except UNREADABLE as error:
            faults = [f"{SIGNATURE}: cannot be read: {type(error).__name__}: {error}"]
    for fault in faults:
        say(f"FAULT  {fault}")
    if faults:
        say(f"{len(faults)} faults: do not rely on this evidence")
        return 1
    manifest, ledger = read(folder / MANIFEST), read(folder / LEDGER)
    lacks = [f"{it['name']}: {it['why_en']}" for it in manifest["absent"] if it["lacking"]]
    lacks += [f"ledger entry {it['sequence']}: {it['what']}" for it in ledger["faults"]]
    for lack in lacks:
        say(f"LACKS  {lack}")
    say(f"OK     {len(manifest['files'])} files, {len(ledger['entries'])} ledger entries")
    if keys:
        checkpoints = len(ledger.get("checkpoints", []))
        say(f"SIGNED by the site's key {', '.join(keys)}, with {checkpoints} checkpoints")
    elif (folder / SIGNATURE).is_file():
        say("The site's signature was not checked: give --public-key")
    say(f"ledger head {ledger['head']['sequence']}: {ledger['head']['entry_hash']}")
    say(f"manifest SHA-256: {file_hash(folder / MANIFEST)}")
    return 2 if lacks else 0


def say(line: str) -> None:
    """Print a line that any terminal can show."""
    sys.stdout.write(line.encode("ascii", "backslashreplace").decode("ascii") + "\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
