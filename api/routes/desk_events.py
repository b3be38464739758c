"""What happens, told as it happens (server-sent events), and the trail of all that happened.

Each stream reads the end of the ledger from the database, so that it tells of steps taken at any
server process. The number of an entry is the event's id: a browser that comes back says which was
its last (`Last-Event-ID`) and misses nothing.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import StreamingResponse
from starlette.concurrency import run_in_threadpool

from api.auth import SESSION_COOKIE
from api.deps import OfficerSession, Services, ServicesDep, may_act
from api.paging import LONGEST
from api.routes.v1 import PROBLEMS
from patrol.ledger import FLIGHT_LOGGED, INCIDENT_EVENT
from patrol.ledger_tail import LedgerNews

router = APIRouter(prefix="/api/v1", tags=["officers"], responses=dict(PROBLEMS))

# accounts and their changes are for administrators alone
TOLD_KINDS = frozenset({INCIDENT_EVENT, FLIGHT_LOGGED})

POLL_S = 1.0
KEEP_ALIVE_S = 15.0  # shorter than proxies wait; the login is looked at again each time
RETRY_MS = 3000
After = Annotated[int | None, Query(ge=0, le=LONGEST, description="number of the last entry known")]
_INCIDENT_FACTS = ("version", "to_state", "deed", "assignee", "undoes")


@router.get("/events", response_class=StreamingResponse)
def events(
    request: Request,
    at_hand: ServicesDep,
    _: OfficerSession,
    after: After = None,
    last_event_id: Annotated[str | None, Header()] = None,
) -> StreamingResponse:
    """Incidents and flights as they change, as server-sent events; ids are entries' numbers."""
    if last_event_id is not None and last_event_id.isdecimal():
        start = int(last_event_id[: len(str(LONGEST)) - 1])
    else:
        start = at_hand.store.tail.last_sequence() if after is None else after
    return StreamingResponse(
        _stream(request, at_hand, start),
        media_type="text/event-stream",
        # nginx would hold the events back otherwise
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


async def _stream(request: Request, at_hand: Services, start: int) -> AsyncIterator[str]:
    tail, sequence, quiet_s = at_hand.store.tail, start, 0.0
    yield f"retry: {RETRY_MS}\n\n"
    while not await request.is_disconnected():
        news = await run_in_threadpool(tail.after, sequence)
        for each in news:
            sequence = each.sequence
            if each.kind in TOLD_KINDS:
                yield event_text(each)
                quiet_s = 0.0
        if quiet_s >= KEEP_ALIVE_S:
            if not await run_in_threadpool(_still_allowed, request, at_hand):
                return
            yield f"id: {sequence}\n: still here\n\n"
            quiet_s = 0.0
        await asyncio.sleep(POLL_S)
        quiet_s += POLL_S


def event_text(news: LedgerNews) -> str:
    """Return an entry of the ledger as one event of a stream."""
    facts = {name: news.facts[name] for name in _INCIDENT_FACTS if name in news.facts}
    told = {
        "subject": news.subject,
        "actor": news.actor,
        "at_utc": news.at_utc.isoformat(timespec="seconds"),
        **facts,
    }
    data = json.dumps(told, ensure_ascii=False)  # one line: JSON escapes line ends
    return f"id: {news.sequence}\nevent: {news.kind}\ndata: {data}\n\n"


def _still_allowed(request: Request, at_hand: Services) -> bool:
    cookie = request.cookies.get(SESSION_COOKIE)
    session = at_hand.sessions.read(cookie, at_hand.store, at_hand.now())
    return session is not None and may_act(session.user)
