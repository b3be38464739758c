"""The ranger's phone: pages that work without a network, and what became of what was sent."""

import json
from collections.abc import Iterable
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from api.auth import Session, check_csrf
from api.deps import RangerSession, Services, ServicesDep
from api.models import RefusedFileOut
from api.ranger_words import page_words
from api.sender import DeskDep
from api.uploads_models import ProgressOut, UploadSummaryOut
from detection.types import ObjectClass
from patrol.ranger_totals import RangerTotals
from patrol.uploads import UploadState

STATIC_DIR = Path(__file__).parent.parent / "static"
# Leaflet is no part: it would double what a weak network must bring before anything can be sent.
_SHELL_FOLDERS = ("ranger", "vendor/noble-hashes")
_SHELL_KINDS = (".js", ".css", ".png")

router = APIRouter(include_in_schema=False)


@cache
def shell() -> tuple[str, tuple[str, ...]]:
    """Return the name of this version of the pages' files, and their addresses.

    The name is of their content, so that a phone fetches them again when one has changed.
    """
    files = [STATIC_DIR / "libong.css", STATIC_DIR / "mark.svg"]
    for folder in _SHELL_FOLDERS:
        files += (file for file in (STATIC_DIR / folder).iterdir() if file.suffix in _SHELL_KINDS)
    digest = sha256()
    addresses = []
    for file in sorted(files):
        address = f"/static/{file.relative_to(STATIC_DIR).as_posix()}"
        digest.update(address.encode() + b"\0" + file.read_bytes() + b"\0")
        addresses.append(address)
    return f"libong-ranger-shell-{digest.hexdigest()[:16]}", tuple(addresses)


@router.get("/ranger")
def flights(request: Request, at_hand: ServicesDep, _: RangerSession) -> Response:
    """Show the page for sending flights; it says nothing of who asks, so that a phone may keep it.

    Who is here it learns from /api/v1/session, or without a network from the phone.
    """
    return _page(request, at_hand, "ranger/flights.html", "flights")


def _page(request: Request, at_hand: Services, template: str, tab: str) -> Response:
    words = page_words(at_hand.pages.reader(request))
    return at_hand.pages.page(request, template, tab=tab, words=words)


@router.get("/ranger/service_worker.js")
def service_worker() -> Response:
    """Give the service worker for browsers without module workers: it keeps the pages."""
    return _worker(_shell_script())


@router.get("/ranger/service_worker_module.js")
def service_worker_module() -> Response:
    """Give the service worker that also sends while no page is open."""
    background = (
        'import { sendInBackground } from "/static/ranger/background.js";\n'
        'self.addEventListener("sync", (event) => event.waitUntil(sendInBackground()));\n'
    )
    return _worker(background + _shell_script())


def _shell_script() -> str:
    """Return the script; it carries the list of files, so that a change of one changes it."""
    name, files = shell()
    head = f"const SHELL = {json.dumps({'name': name, 'files': files})};\n"
    return head + (STATIC_DIR / "ranger" / "shell.js").read_text(encoding="utf-8")


def _worker(script: str) -> Response:
    return Response(
        script,
        media_type="text/javascript",
        headers={"Service-Worker-Allowed": "/ranger", "Cache-Control": "no-cache"},
    )


@router.get("/ranger/app.webmanifest")
def web_manifest(request: Request, at_hand: ServicesDep) -> Response:
    """Give what a phone needs to put the pages on its home screen."""
    reader = at_hand.pages.reader(request)
    name = reader.pick(at_hand.site.name_th, at_hand.site.name_en)
    icons = [
        {"src": f"/static/ranger/icon-{size}.png", "sizes": f"{size}x{size}", "type": "image/png"}
        for size in (192, 512)
    ]
    icons.append({**icons[-1], "purpose": "maskable"})
    document = {
        "id": "/ranger",
        "name": f"{reader.text('Send flights')} · {name}",
        "short_name": reader.text("Send flights"),
        "lang": reader.language.value,
        "start_url": "/ranger",
        "scope": "/ranger",
        "display": "standalone",
        "background_color": "#06343f",
        "theme_color": "#06343f",
        "icons": icons,
    }
    return JSONResponse(
        document,
        media_type="application/manifest+json",
        headers={"Cache-Control": "no-cache", "Vary": "Cookie, Accept-Language"},
    )


class FoundOut(BaseModel):
    """What became of a flight that was sent: counts alone, of no place and no time."""

    state: UploadState
    progress: ProgressOut | None
    photos: int
    seen_km2: float
    counts: dict[ObjectClass, int]
    refused: list[RefusedFileOut]


class CreditIn(BaseModel):
    """By which name other rangers see one's totals; None to stay unnamed."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    credit_name: str | None = Field(min_length=1, max_length=64)


class TotalsOut(BaseModel):
    """What a ranger's flights amount to, and everybody's."""

    flights: int
    photos: int
    seen_km2: float
    dugongs: int
    credit_name: str | None
    everybody: list["TotalsOut"] = Field(default_factory=list)

    @classmethod
    def of(cls, own: RangerTotals, everybody: Iterable[RangerTotals] = ()) -> "TotalsOut":
        """Return the answer that describes totals; others' without what only they may know."""
        return cls(
            flights=own.flights,
            photos=own.photos,
            seen_km2=own.seen_km2,
            dugongs=own.dugongs,
            credit_name=own.credit_name,
            everybody=[cls.of(each) for each in everybody],
        )


@router.get("/api/v1/ranger/flights/{upload_id}")
def found(at_hand: ServicesDep, desk: DeskDep, session: RangerSession, upload_id: str) -> FoundOut:
    """What one's own flight came to, once it is processed."""
    upload = desk.own_upload(session.user, upload_id)
    summary = UploadSummaryOut.of(upload, at_hand.now())
    counts = dict.fromkeys(ObjectClass, 0)
    photos, refused, seen_km2 = 0, [], 0.0
    if upload.flight_id is not None:
        flight = at_hand.store.flight(upload.flight_id)
        photos = flight.frames
        refused = [RefusedFileOut.of(file) for file in flight.refused]
        seen_km2 = at_hand.store.rangers.seen_km2(upload.flight_id)
        for sighting in at_hand.store.sightings(upload.flight_id):
            counts[sighting.object_class] += 1
    return FoundOut(
        state=upload.state,
        progress=summary.progress,
        photos=photos,
        seen_km2=seen_km2,
        counts=counts,
        refused=refused,
    )


@router.get("/api/v1/ranger/totals")
def totals(at_hand: ServicesDep, session: RangerSession) -> TotalsOut:
    """One's own totals, and those of all who sent flights."""
    rangers = at_hand.store.rangers
    return TotalsOut.of(rangers.totals(session.user.name), rangers.everybody())


def _who_meant_it(request: Request, session: RangerSession) -> Session:
    """Return the session of a change that carries its X-CSRF-Token."""
    check_csrf(session, request.headers.get("x-csrf-token"))
    return session


@router.put("/api/v1/ranger/credit")
def credit(
    at_hand: ServicesDep, session: Annotated[Session, Depends(_who_meant_it)], said: CreditIn
) -> TotalsOut:
    """Choose by which name, or that by none, others see one's totals."""
    at_hand.store.rangers.set_credit(session.user.name, said.credit_name, at_hand.now())
    return totals(at_hand, session)
