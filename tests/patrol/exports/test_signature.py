"""Signed evidence: what the site signed passes with its public key alone, and nothing else does."""

import base64
import io
import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from zipfile import ZipFile

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.tide import Tides, TideTable
from patrol.checkpoint_key import SiteKey
from patrol.conditions import Conditions
from patrol.exports import verify
from patrol.exports.evidence import write_evidence
from patrol.ledger import GENESIS_HASH, digest
from patrol.store import Store

TOLD = Conditions("the pier's tide board", tide_m=-0.4, sea_state=2, weather="ฝนปรอย")
AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def signed(make_world, tmp_path_factory) -> tuple[bytes, SiteKey]:
    folder = tmp_path_factory.mktemp("signed")
    world = make_world(folder)
    flight = world.store.incident(world.incident_id).flight_id
    world.store.close()
    key = SiteKey.kept_at(folder / "site_key")
    store = Store(f"sqlite:///{world.database}", key)
    store.conditions.tell(flight, TOLD, "มะลิ", AT)
    store.sign_ledger(AT)
    assert store.verify().faults == ()
    file = io.BytesIO()
    case = store.case_file(world.incident_id)
    write_evidence(file, case, world.site, world.media, sign=store.sign_evidence)
    again = io.BytesIO()
    write_evidence(again, case, world.site, world.media, sign=store.sign_evidence)
    assert again.getvalue() == file.getvalue()
    store.close()
    return file.getvalue(), key


@pytest.fixture
def folder(signed, tmp_path) -> Path:
    with ZipFile(io.BytesIO(signed[0])) as archive:
        archive.extractall(tmp_path / "evidence")
    (tmp_path / "key.pem").write_text(signed[1].public.pem)
    return tmp_path / "evidence"


def run(folder: Path, *, key: bool = True) -> subprocess.CompletedProcess[str]:
    given_key = ["--public-key", str(folder.parent / "key.pem")] if key else []
    return subprocess.run(
        [sys.executable, "-I", "-S", "-W", "error", str(folder / "verify.py"), *given_key],
        capture_output=True, text=True, encoding="ascii", timeout=300, check=False,
    )  # fmt: skip


def test_what_the_site_signed_passes_with_its_public_key(folder, signed) -> None:
    done = run(folder)
    assert (done.returncode, done.stderr) == (0, "")
    key_id = signed[1].public.key_id
    assert f"SIGNED by the site's key {key_id}, with 1 checkpoints" in done.stdout
    assert "was not checked: give --public-key" in run(folder, key=False).stdout


def test_another_key_and_no_key_are_told(folder, tmp_path) -> None:
    other = SiteKey.kept_at(tmp_path / "other").public
    (tmp_path / "key.pem").write_text(other.pem)
    done = run(folder)
    assert done.returncode == 1
    assert "which is not the one given" in done.stdout
    for nonsense in ("", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"):
        (tmp_path / "key.pem").write_text(nonsense)
        done = run(folder)
        assert (done.returncode, done.stderr) == (1, "")
        assert "cannot be read" in done.stdout


def listed_anew(folder: Path) -> None:
    """Write the manifest again, as a forger would who changed a file."""
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    for file in manifest["files"]:
        data = (folder / file["name"]).read_bytes()
        file["sha256"], file["bytes"] = sha256(data).hexdigest(), len(data)
    written = json.dumps(manifest, ensure_ascii=False, indent=1).encode()
    (folder / "manifest.json").write_bytes(written)
    (folder / "manifest.sha256").write_text(f"{sha256(written).hexdigest()}\n")


def in_json(name: str, change: Callable[[dict], None]) -> Callable[[Path], None]:
    def edit(folder: Path) -> None:
        document = json.loads((folder / name).read_text("utf-8"))
        change(document)
        (folder / name).write_text(json.dumps(document, ensure_ascii=False), "utf-8")

    return edit


def in_bytes(pattern: str) -> Callable[[Path], None]:
    def edit(folder: Path) -> None:
        (path, *_) = sorted(folder.glob(pattern))
        data = bytearray(path.read_bytes())
        data[len(data) // 2] ^= 1
        path.write_bytes(data)

    return edit


def other_reason(ledger: dict) -> None:
    """An officer's reason is changed, and the entry's hash made to fit."""
    for entry in ledger["entries"]:
        if entry["kind"] == "incident_event" and "สมชาย" in entry["payload"]:
            entry["payload"] = entry["payload"].replace("เห็นชัด", "ไม่เห็น")
            hashed = {k: v for k, v in entry.items() if k not in ("entry_hash", "next_hash")}
            entry["entry_hash"] = digest(hashed)


FORGERIES: dict[str, Callable[[Path], None]] = {
    "an original": in_bytes("evidence/frame_*.jpg"),
    "the crop": in_bytes("evidence/crop.jpg"),
    "the marked crop": in_bytes("evidence/frame_*_marked.jpg"),
    "the map": in_bytes("evidence/map.svg"),
    "the page": in_bytes("index.html"),
    "the place": in_json("evidence/incident.json", lambda it: it["facts"].update(lon=99.0)),
    "the state": in_json("evidence/incident.json", lambda it: it.update(state="dismissed")),
    "the zone": in_json("evidence/incident.json", lambda it: it["zone"].update(name_en="other")),
    "the model": in_json(
        "evidence/incident.json", lambda it: it["flight"].update(model_sha256="0" * 64)
    ),
    "the tide": in_json(
        "evidence/incident.json", lambda it: it["conditions"][0].update(tide_m=1.4)
    ),
    "weather that nobody told": in_json(
        "evidence/incident.json", lambda it: it["conditions"][0].update(wind_m_s=3.0)
    ),
    "weather taken out": in_json("evidence/incident.json", lambda it: it["conditions"].clear()),
    "an entry of the ledger": in_json("evidence/ledger.json", other_reason),
    "the head": in_json("evidence/ledger.json", lambda it: it["head"].update(sequence=999)),
    "the ledger's faults": in_json(
        "evidence/ledger.json", lambda it: it["faults"].append({"sequence": 1, "what": "x"})
    ),
    "a checkpoint taken out": in_json("evidence/ledger.json", lambda it: it["checkpoints"].clear()),
    "a checkpoint's hash": in_json(
        "evidence/ledger.json",
        lambda it: it["checkpoints"].append(it["checkpoints"][0].replace("0", "1")),
    ),
}


@pytest.mark.parametrize("what", FORGERIES)
def test_a_forgery_whose_manifest_fits_is_found_by_the_key(folder, what) -> None:
    FORGERIES[what](folder)
    listed_anew(folder)
    done = run(folder)
    assert (done.returncode, done.stderr) == (1, ""), done.stdout
    assert "FAULT" in done.stdout


def test_a_forged_signature_or_none_is_found(folder) -> None:
    path = folder / "manifest.sig"
    prefix, of, key_id, text = path.read_text().split()
    swapped = base64.urlsafe_b64decode(text + "==")
    swapped = swapped[:5] + bytes([swapped[5] ^ 1]) + swapped[6:]
    forged = base64.urlsafe_b64encode(swapped).rstrip(b"=").decode()
    for line in (f"{prefix} {of} {key_id} {forged}", f"{prefix} {'0' * 64} {key_id} {text}", "x"):
        path.write_text(line)
        assert run(folder).returncode == 1
    path.unlink()
    done = run(folder)
    assert "the site did not sign this evidence" in done.stdout
    assert run(folder, key=False).returncode == 0


def test_a_checkpoint_of_another_ledger_is_found(folder, signed) -> None:
    """Signed by the site, but for an entry with another hash than the one here."""
    ledger = json.loads((folder / "evidence/ledger.json").read_text("utf-8"))
    head = ledger["head"]["sequence"]
    told = {"number": 9, "sequence": head, "entry_hash": GENESIS_HASH, "at_utc": AT.isoformat(),
            "key_id": signed[1].public.key_id}  # fmt: skip
    signature = signed[1].sign(verify.message(verify.CHECKPOINT_DOMAIN, told))
    text = base64.urlsafe_b64encode(signature).rstrip(b"=").decode()
    line = f"libong-checkpoint-1 9 {head} {GENESIS_HASH} {told['at_utc']} {told['key_id']} {text}"
    ledger["checkpoints"].append(line)
    (folder / "evidence/ledger.json").write_text(json.dumps(ledger), "utf-8")
    faults = list(verify.signature_faults(folder, verify.read_keys(folder.parent / "key.pem")))
    assert f"checkpoint 9: vouches for another entry {head} than is here" in faults


def test_sea_and_weather_are_told_as_they_were_and_no_further(folder) -> None:
    document = json.loads((folder / "evidence/incident.json").read_text("utf-8"))
    (told,) = document["conditions"]
    assert (told["tide_m"], told["sea_state"], told["weather"]) == (-0.4, 2, "ฝนปรอย")
    assert (told["wind_m_s"], told["visibility_km"]) == (None, None)
    assert (told["actor"], told["source"]) == ("มะลิ", "the pier's tide board")
    page = (folder / "index.html").read_text("utf-8")
    assert "Tide above mean sea level" in page
    assert "Wind," not in page
    assert "they are not known" not in page


def test_without_anyone_who_told_it_is_said_to_be_unknown(exported, tmp_path) -> None:
    with ZipFile(io.BytesIO(exported)) as archive:
        assert json.loads(archive.read("evidence/incident.json"))["conditions"] == []
        assert "they are not known" in archive.read("index.html").decode()


# RFC 8032, section 7.1: secret key, public key, message, signature
VECTORS = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e3970"
        "1cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613"
        "d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
]


@pytest.mark.parametrize(("key", "message", "signature"), VECTORS)
def test_the_scripts_own_ed25519_is_that_of_the_standard(key, message, signature) -> None:
    raw = [bytes.fromhex(text) for text in (key, message, signature)]
    assert verify.is_signed(*raw)
    assert not verify.is_signed(raw[0], raw[1] + b"x", raw[2])


@settings(max_examples=25)
@given(seed=st.binary(min_size=32, max_size=32), message=st.binary(max_size=40), data=st.data())
def test_it_takes_what_another_library_signs_and_no_changed_bit(seed, message, data) -> None:
    key = Ed25519PrivateKey.from_private_bytes(seed)
    public, signature = key.public_key().public_bytes_raw(), key.sign(message)
    assert verify.is_signed(public, message, signature)
    bit = data.draw(st.integers(0, 511))
    changed = bytearray(signature)
    changed[bit // 8] ^= 1 << bit % 8
    assert not verify.is_signed(public, message, bytes(changed))
    assert not verify.is_signed(public, message, signature[:-1])


def test_the_tide_of_the_sites_tables_is_told_with_its_source(world) -> None:
    table = TideTable(
        (
            (datetime(2026, 3, 1, 4, 30, tzinfo=UTC), 0.2),
            (datetime(2026, 3, 1, 5, 30, tzinfo=UTC), 0.4),
        ),
        0.15,
        "a table of the test",
    )
    reference = replace(world.site.reference, tides=Tides((table,)))
    told, bare = io.BytesIO(), io.BytesIO()
    case = world.store.case_file(world.incident_id)
    write_evidence(told, case, replace(world.site, reference=reference), world.media)
    write_evidence(bare, case, replace(world.site, reference=replace(reference, tides=Tides())),
                   world.media)  # fmt: skip
    with ZipFile(told) as archive:
        tide = json.loads(archive.read("evidence/incident.json"))["tide_by_tables"]
        page = archive.read("index.html").decode()
    assert 0.2 < tide["above_mean_m"] < 0.4
    assert (tide["sigma_m"], tide["citation"]) == (0.15, "a table of the test")
    assert "a table of the test" in page
    with ZipFile(bare) as archive:
        assert json.loads(archive.read("evidence/incident.json"))["tide_by_tables"] is None
        assert "Tide by the site" not in archive.read("index.html").decode()
