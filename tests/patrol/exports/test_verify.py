"""The script in the ZIP: it passes what is as exported, and finds whatever was changed since."""

import ast
import json
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from zipfile import ZipFile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from patrol.exports import verify
from patrol.exports.evidence import write_evidence
from patrol.ledger import LedgerFault, canonical_json, digest

FILES = (
    "evidence/crop.jpg",
    "evidence/incident.json",
    "evidence/ledger.json",
    "evidence/map.svg",
    "index.html",
    "manifest.json",
    "manifest.sha256",
    "verify.py",
)


def run(folder: Path, script: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-I", "-S", "-W", "error", str(script or folder / "verify.py")]
        + ([] if script is None else [str(folder)]),
        capture_output=True,
        text=True,
        encoding="ascii",
        timeout=300,
        check=False,
    )


def pictures(folder: Path) -> list[Path]:
    return sorted((folder / "evidence").glob("frame_*"))


def test_an_export_as_it_came_passes_alone(extracted) -> None:
    done = run(extracted)
    assert (done.returncode, done.stderr) == (0, "")
    head = json.loads((extracted / "evidence/ledger.json").read_text("utf-8"))["head"]["entry_hash"]
    manifest = sha256((extracted / "manifest.json").read_bytes()).hexdigest()
    assert done.stdout.splitlines() == [
        "OK     9 files, 3 ledger entries",
        f"ledger head 14: {head}",
        f"manifest SHA-256: {manifest}",
    ]


def test_the_script_is_python_3_9_and_needs_only_its_library(extracted) -> None:
    tree = ast.parse((extracted / "verify.py").read_text("utf-8"), feature_version=(3, 9))
    imported = {
        name.split(".")[0]
        for node in ast.walk(tree)
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [str(node.module)]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert imported <= sys.stdlib_module_names


def test_it_tells_how_it_is_used(extracted) -> None:
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(extracted / "verify.py"), "--help"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0
    assert "python3 verify.py --public-key KEY.pem" in done.stdout


@pytest.mark.parametrize("name", [*FILES, "frame", "marked"])
def test_one_changed_byte_is_found_in_every_file(extracted, name) -> None:
    path = {"frame": pictures(extracted)[0], "marked": pictures(extracted)[-1]}.get(
        name, extracted / name
    )
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    done = run(extracted, Path(verify.__file__))
    assert done.returncode == 1
    assert "FAULT" in done.stdout
    if not name.startswith("manifest"):
        assert f"{path.relative_to(extracted).as_posix()}: was changed" in done.stdout


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(data=st.data())
def test_any_changed_byte_is_found(extracted, data) -> None:
    path = data.draw(st.sampled_from(sorted(p for p in extracted.rglob("*") if p.is_file())))
    before = path.read_bytes()
    after = bytearray(before)
    after[data.draw(st.integers(0, len(before) - 1))] ^= data.draw(st.integers(1, 255))
    path.write_bytes(after)
    try:
        # white space around the manifest's hash says nothing
        assert verify.all_faults(extracted) or path.read_text("ascii").split() == (
            before.decode("ascii").split()
        )
    finally:
        path.write_bytes(before)
    assert verify.all_faults(extracted) == []


@pytest.mark.parametrize("name", FILES[:-1])
def test_a_removed_file_is_found(extracted, name) -> None:
    (extracted / name).unlink()
    done = run(extracted)
    assert done.returncode == 1
    assert name in done.stdout.replace("\\", "/")


def test_an_added_file_is_found_but_not_what_systems_leave(extracted) -> None:
    (extracted / ".DS_Store").write_bytes(b"x")
    assert verify.all_faults(extracted) == []
    (extracted / "evidence" / "frame_0.jpg").write_bytes(b"x")
    assert verify.all_faults(extracted) == ["evidence/frame_0.jpg: does not belong to the export"]


def forge(folder: Path, name: str, edit) -> list[str]:
    """Change a JSON file, make the manifest fit it, and return what is found all the same."""
    document = json.loads((folder / name).read_text("utf-8"))
    edit(document)
    (folder / name).write_text(json.dumps(document), "utf-8")
    fit_manifest(folder)
    return verify.all_faults(folder)


def fit_manifest(folder: Path) -> None:
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    for file in manifest["files"]:
        content = (folder / file["name"]).read_bytes()
        file["sha256"], file["bytes"] = sha256(content).hexdigest(), len(content)
    text = json.dumps(manifest)
    (folder / "manifest.json").write_text(text, "utf-8")
    (folder / "manifest.sha256").write_text(sha256(text.encode()).hexdigest(), "ascii")


def reason(document, text: str) -> None:
    entry = document["entries"][-1]
    payload = json.loads(entry["payload"]) | {"reason": text}
    entry["payload"] = canonical_json(payload)


def rehash(document, at: int) -> None:
    entry = document["entries"][at]
    del entry["entry_hash"], (following := entry.copy())["next_hash"]
    entry["entry_hash"] = digest(following)


def reason_and_hash(document) -> None:
    reason(document, "other")
    rehash(document, -1)


def earlier_and_hash(document) -> None:
    document["entries"][1]["at_utc"] = "2026-01-01T00:00:00.000000+00:00"
    rehash(document, 1)


@pytest.mark.parametrize(
    ("edit", "found"),
    [
        (lambda d: reason(d, "other"), "ledger entry 6: was changed after it was written"),
        (reason_and_hash, "ledger entry 6: tells another event"),
        (earlier_and_hash, "ledger entry 6: does not follow from the entry before it"),
        (lambda d: d["entries"][0].update(subject="x"), "entry 4: was changed"),
        (lambda d: d["entries"][1].update(at_utc="x"), "entry 5: was changed"),
        (lambda d: d["entries"][1].update(next_hash="0" * 64), "entry 6: does not follow"),
        (lambda d: d["entries"][2].update(next_hash=None), "does not fit the head"),
        (lambda d: d["entries"].pop(), "its state is not the last one of the ledger"),
        (lambda d: d["entries"].pop(1), "is not step 1 of this incident"),
        (lambda d: d["entries"].pop(0), "must tell once of flight flight1; it does 0 times"),
        (lambda d: d["entries"].reverse(), "is out of order"),
        (lambda d: d["entries"].append(d["entries"][0]), "it does 2 times"),
        (lambda d: d["head"].update(sequence=5), "entry 6: comes after the ledger's head"),
        (lambda d: d["head"].update(sequence=6), "entry 6: is not the ledger's head"),
        (lambda d: d["head"].update(sequence=7), "entry 6: the ledger's head does not follow it"),
        (lambda d: d.pop("entries"), "cannot be checked to the end: KeyError"),
        (lambda d: d["entries"][0].update(payload=7), "cannot be checked to the end"),
    ],
)
def test_a_forged_ledger_is_found_though_the_manifest_fits(extracted, edit, found) -> None:
    faults = forge(extracted, "evidence/ledger.json", edit)
    assert any(found in fault for fault in faults), faults
    assert run(extracted).returncode == 1


@pytest.mark.parametrize(
    ("edit", "found"),
    [
        (lambda d: d["facts"].update(position=[99.0, 7.0]), "entry 5: vouches for other facts"),
        (lambda d: d["facts"].update(reason_th="x"), "vouches for other facts"),
        (lambda d: d["facts"].update(frame_sha256="0" * 64), "is not among its frames"),
        (lambda d: d["facts"].update(incident_id="x"), "tells 2 events, the ledger 0"),
        (lambda d: d.update(state="new"), "its state is not the last one"),
        (lambda d: d.update(version=1), "its state is not the last one"),
        (lambda d: d["events"].pop(), "tells 1 events, the ledger 2"),
        (lambda d: d["events"][1].update(actor="x"), "entry 6: tells another event"),
        (lambda d: d["events"][1].update(at_utc="x"), "entry 6: tells another event"),
        (lambda d: d["flight"]["frames"].pop(), "not as the ledger vouches for them"),
        (
            lambda d: d["flight"]["frames"][0].update(height_above_sea_m=5.0),
            "not as the ledger vouches for them",
        ),
        (lambda d: d["frames"][0].update(position=[99.0, 7.0]), "not as it was logged"),
        (lambda d: d["frames"][0].update(taken_at_utc="2026"), "not as it was logged"),
        (lambda d: d["flight"].update(model_sha256="0"), "model_sha256 is not as the ledger says"),
        (lambda d: d["frames"][0].update(sha256="0" * 64), "a frame is not of this flight"),
        (lambda d: d["frames"][0].update(file="evidence/x.jpg"), "neither here nor told"),
        (
            lambda d: d["zone_as_judged"]["properties"].update(binding="law"),
            "not the version by which the incident was judged",
        ),
    ],
)
def test_forged_metadata_are_found_though_the_manifest_fits(extracted, edit, found) -> None:
    faults = forge(extracted, "evidence/incident.json", edit)
    assert any(found in fault for fault in faults), faults


@pytest.mark.parametrize("name", ["evidence/crop.jpg", "frame"])
def test_another_picture_is_found_though_the_manifest_fits(extracted, name) -> None:
    path = pictures(extracted)[0] if name == "frame" else extracted / name
    path.write_bytes(b"another picture")
    fit_manifest(extracted)
    (fault,) = verify.all_faults(extracted)
    assert fault.endswith("is not the picture that the incident names")


def test_what_lacked_at_export_is_told_with_another_code(world, tmp_path) -> None:
    world.media_file(world.photos[1]).unlink()
    path, folder = tmp_path / "e.zip", tmp_path / "lacking"
    with path.open("wb") as file:
        write_evidence(
            file,
            world.store.case_file(world.incident_id),
            world.site,
            world.media,
            ledger_faults=[LedgerFault(1, "ก")],
        )
    with ZipFile(path) as archive:
        archive.extractall(folder)
    done = run(folder)
    assert done.returncode == 2
    photo, marked, fault = done.stdout.splitlines()[:3]
    assert photo.startswith("LACKS  evidence/frame_")
    assert photo.endswith("is missing from the media store")
    assert "_marked.jpg: cannot be drawn" in marked
    assert fault == "LACKS  ledger entry 1: \\u0e01"


def test_a_folder_that_is_no_export_is_told_so(tmp_path) -> None:
    done = run(tmp_path, Path(verify.__file__))
    assert done.returncode == 1
    assert "FileNotFoundError" in done.stdout
    assert "Traceback" not in done.stderr
