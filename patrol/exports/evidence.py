"""The evidence of one incident in one ZIP that explains and checks itself without this software.

The same state of the store gives the same bytes: entries are sorted and carry no time of export.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path, PurePath
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from ingest.errors import LibongError
from patrol.case_file import CaseFile
from patrol.exports.case_document import FORMAT, incident_document, ledger_document
from patrol.exports.case_map import case_map
from patrol.exports.contents import (
    MAP,
    WHY_WORDS,
    Absence,
    EvidenceFile,
    EvidenceReport,
    Why,
    marked_name,
    small_name,
)
from patrol.exports.index_page import index_page
from patrol.exports.marked_crop import UndrawableError, marked_crop
from patrol.exports.verify import CROP, INCIDENT, LEDGER, MANIFEST, MANIFEST_HASH, SIGNATURE
from patrol.flight_log import LoggedFrame
from patrol.incident import Incident
from patrol.ledger import LedgerFault
from patrol.media import MediaError, MediaStore
from patrol.site import Site
from patrol.witness_incident import reported_frame
from patrol.witness_report import MARKS

_INDEX = "index.html"
_VERIFY = "verify.py"

_EARLIEST = (1980, 1, 1, 0, 0, 0)  # the first time a ZIP can tell
_READABLE_FILE = 0o644 << 16
_UNIX = 3

_NAME_DIGITS = 16
_COMPRESSED_ALREADY = (".jpg", ".jpeg")


class EvidenceError(LibongError, ValueError):
    """An incident of which no evidence can be made: of another site, or of damaged records."""


class _Archive:
    """A ZIP being written, whose files are remembered with their hashes."""

    def __init__(self, zip_file: ZipFile) -> None:
        self._zip_file = zip_file
        self.files: list[EvidenceFile] = []

    def add(self, name: str, data: bytes) -> None:
        entry = ZipInfo(name, _EARLIEST)
        entry.create_system = _UNIX
        entry.external_attr = _READABLE_FILE
        # Deflating a JPEG only costs time.
        entry.compress_type = ZIP_STORED if name.endswith(_COMPRESSED_ALREADY) else ZIP_DEFLATED
        self._zip_file.writestr(entry, data)
        self.files.append(_evidence_file(name, data))


def write_evidence(
    file: IO[bytes],
    case: CaseFile,
    site: Site,
    media: MediaStore,
    *,
    ledger_faults: Sequence[LedgerFault] = (),
    sign: Callable[[str], str | None] = lambda _: None,
) -> EvidenceReport:
    """Write the ZIP of one incident and return what it holds and lacks.

    Each original is read once and written as it is. One that is missing or altered is left out,
    and the manifest, the page and the report say so. `ledger_faults` are those of a check of the
    ledger, with this case at least; they are told too. `sign` gives the site's signature over a
    manifest, by its SHA-256, or None. Raises EvidenceError.
    """
    if case.flight.site_id != site.site_id:
        raise EvidenceError(
            f"incident {case.incident.incident_id} is of the site {case.flight.site_id}, not of "
            f"{site.site_id}, whose zones and coast would be shown: name its own site"
        )
    site = _as_judged(site, case)
    frames = _frames_by_name(case)
    with ZipFile(file, "w") as zip_file:
        archive = _Archive(zip_file)
        absences = (
            *_add_crop(archive, case.incident, media),
            *_add_frames(archive, frames, case, media),
        )
        archive.add(INCIDENT, _json(incident_document(case, frames, site)))
        archive.add(LEDGER, _json(ledger_document(case, ledger_faults)))
        archive.add(MAP, case_map(case.incident, site))
        page = index_page(case, site, frames, archive.files, absences, ledger_faults)
        archive.add(_INDEX, page)
        script = (Path(__file__).parent / _VERIFY).read_bytes()
        listed = [*archive.files, _evidence_file(_VERIFY, script)]
        manifest = _json(_manifest(case, listed, absences))
        manifest_sha256 = sha256(manifest).hexdigest()
        archive.add(MANIFEST, manifest)
        archive.add(MANIFEST_HASH, f"{manifest_sha256}\n".encode())
        signature = sign(manifest_sha256)
        if signature is not None:
            archive.add(SIGNATURE, f"{signature}\n".encode())
        archive.add(_VERIFY, script)
    return EvidenceReport(tuple(archive.files), absences, manifest_sha256)


def _as_judged(site: Site, case: CaseFile) -> Site:
    """Return the site with the zone of the incident as it was when the incident was judged."""
    judged = case.judged_zone
    if judged is None:
        return site
    others = (zone for zone in site.zones if zone.zone_id != judged.zone_id)
    return replace(site, zones=(*others, judged))


def _frames_by_name(case: CaseFile) -> Mapping[str, LoggedFrame]:
    """Return the frames that show the sighting, by and in the order of their names in the ZIP."""
    if case.flight.model_sha256 in MARKS:
        reported = reported_frame(case.incident)
        return {_frame_name(reported): reported}
    own = case.incident.frame_sha256
    wanted = {own, *(detection.frame_sha256 for detection in case.sighting.detections)}
    frames = {_frame_name(frame): frame for frame in case.frames if frame.sha256 in wanted}
    if own not in {frame.sha256 for frame in frames.values()}:
        raise EvidenceError(
            f"the photo {own} of incident {case.incident.incident_id} is not among those of its "
            "flight: the database was changed; `libong verify` names where"
        )
    return dict(sorted(frames.items()))


def _frame_name(frame: LoggedFrame) -> str:
    # The ranger's file name may hold anything, so only its ending is used, and that if plain.
    ending = PurePath(frame.file_name).suffix.lower()
    plain = ending[1:].isascii() and ending[1:].isalnum()
    return f"evidence/frame_{frame.sha256[:_NAME_DIGITS]}{ending if plain else ''}"


def _add_crop(archive: _Archive, incident: Incident, media: MediaStore) -> Iterator[Absence]:
    if incident.crop_sha256 is None:
        yield Absence(CROP, None, Why.NOT_KEPT)
        return
    found = _fetched(media, incident.crop_sha256)
    if isinstance(found, Why):
        yield Absence(CROP, incident.crop_sha256, found)
    else:
        archive.add(CROP, found)


def _add_frames(
    archive: _Archive, frames: Mapping[str, LoggedFrame], case: CaseFile, media: MediaStore
) -> Iterator[Absence]:
    incident, source = case.incident, case.field_source
    for name, frame in frames.items():
        is_own = frame.sha256 == incident.frame_sha256
        found = _fetched(media, frame.sha256)
        if found is Why.MISSING and not is_own:
            found = Why.NOT_KEPT
        if found is Why.MISSING and source is not None:
            found = Why.NOT_SENT
            if frame.sha256 in source.pictures:
                yield from _add_small(
                    archive, small_name(name), source.pictures[frame.sha256], media
                )
        if isinstance(found, Why):
            yield Absence(name, frame.sha256, found)
        else:
            archive.add(name, found)
        if is_own:
            yield from _add_marked_crop(archive, marked_name(name), incident, found)


def _add_small(archive: _Archive, name: str, sha256: str, media: MediaStore) -> Iterator[Absence]:
    """Add what the device in the field made of a frame; the original is the evidence, not this."""
    found = _fetched(media, sha256)
    if isinstance(found, Why):
        yield Absence(name, sha256, found)
    else:
        archive.add(name, found)


def _add_marked_crop(
    archive: _Archive, name: str, incident: Incident, photo: bytes | Why
) -> Iterator[Absence]:
    if isinstance(photo, Why):
        yield Absence(name, None, Why.UNDRAWABLE)
        return
    try:
        archive.add(name, marked_crop(photo, incident.xyxy_px, _note(incident)))
    except UndrawableError:
        yield Absence(name, None, Why.UNDRAWABLE)


def _note(incident: Incident) -> str:
    left, top, right, bottom = incident.xyxy_px
    return (
        f"{incident.object_class} {incident.score:.2f}   "
        f"position ± {incident.radius_of_95_percent_m:.0f} m (95 %)   "
        f"box {right - left:.0f} x {bottom - top:.0f} px"
    )


def _fetched(media: MediaStore, name: str) -> bytes | Why:
    if not media.has(name):
        return Why.MISSING
    try:
        return media.get(name)
    except MediaError:
        return Why.ALTERED


def _evidence_file(name: str, data: bytes) -> EvidenceFile:
    return EvidenceFile(name, sha256(data).hexdigest(), len(data))


def _manifest(
    case: CaseFile, files: Sequence[EvidenceFile], absences: Sequence[Absence]
) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "incident_id": case.incident.incident_id,
        "complete": not any(absence.is_lack for absence in absences),
        "files": [{"name": it.name, "sha256": it.sha256, "bytes": it.size_bytes} for it in files],
        "absent": [
            {
                "name": it.name,
                "sha256": it.sha256,
                "why": it.why.value,
                "why_th": WHY_WORDS[it.why].th,
                "why_en": WHY_WORDS[it.why].en,
                "lacking": it.is_lack,
            }
            for it in absences
        ],
    }


def _json(document: Mapping[str, Any]) -> bytes:
    return json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False).encode() + b"\n"
