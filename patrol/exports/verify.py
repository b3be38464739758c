"""Checks a folder of evidence exported by Libong Watch.

Run it in the extracted folder:  python3 verify.py
or on another one:               python3 verify.py FOLDER

It needs Python 3.9 or newer and nothing else, no network and no part of Libong Watch. It recomputes
the SHA-256 of every file, the hashes of the ledger's entries about this incident and its flight,
and whether these vouch for the incident and the photo found here.

Exit code 0: everything is here and as it was exported. 1: something was changed, added or removed.
2: as it was exported, but something was missing or wrong already then.

Whoever can change the files can also write a new manifest and new entries. So compare the last two
lines printed here with what was written down when the evidence was exported, and the entries'
hashes with the ledger that Libong Watch keeps.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

MANIFEST = "manifest.json"
MANIFEST_HASH = "manifest.sha256"
INCIDENT = "evidence/incident.json"
LEDGER = "evidence/ledger.json"
CROP = "evidence/crop.jpg"

# Made by systems that show a folder, not by people.
IGNORED_NAMES = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})

# Written before whatever is hashed in the ledger.
LEDGER_DOMAIN = b"libong-watch ledger v1\n"

UNREADABLE = (OSError, ValueError, KeyError, TypeError, AttributeError, IndexError)


def digest(value: Any) -> str:
    """Return the ledger's hash of a value: SHA-256 of its JSON with sorted keys and no spaces."""
    text = json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )
    return hashlib.sha256(LEDGER_DOMAIN + text.encode()).hexdigest()


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
        of_the_export = name in listed or name in (MANIFEST, MANIFEST_HASH)
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
        faults += zone_faults(incident)
        faults += photo_faults(incident, manifest)
    except UNREADABLE as error:
        faults.append(f"cannot be checked to the end: {type(error).__name__}: {error}")
    return faults


def main(arguments: list[str]) -> int:
    """Check the folder named on the command line, or the one this file lies in."""
    folder = Path(arguments[0]) if arguments else Path(__file__).resolve().parent
    faults = all_faults(folder)
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
    say(f"ledger head {ledger['head']['sequence']}: {ledger['head']['entry_hash']}")
    say(f"manifest SHA-256: {file_hash(folder / MANIFEST)}")
    return 2 if lacks else 0


def say(line: str) -> None:
    """Print a line that any terminal can show."""
    sys.stdout.write(line.encode("ascii", "backslashreplace").decode("ascii") + "\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
