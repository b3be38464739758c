"""Tells people outside the pages: enters what is news into the store, and sends what is due."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import apprise

from api.notice_text import ZoneNames, change_notice, flight_notice, incident_notice
from ingest.errors import LibongError
from libong.notify_file import Addressed
from patrol.notice import (
    Audience,
    Happened,
    by_flight,
    change_cause,
    flight_cause,
    news_cause,
)
from patrol.notice_records import Draft, NoticeState
from patrol.site import Site
from patrol.store import Store

log = logging.getLogger(__name__)

# Changes of the public map that are told, counted back from today: a notifier that was off for a
# weekend still tells, one that was off for a month does not flood.
_TELLS_BACK = timedelta(days=3)

Send = Callable[[Sequence[str], str, str], None]


class SendError(LibongError, RuntimeError):
    """A notice that a service did not take."""


def send_with_apprise(urls: Sequence[str], title: str, text: str) -> None:
    """Send to apprise URLs (LINE, mail, SMS gateways, ntfy, webhooks, …); raises SendError."""
    services = apprise.Apprise()
    if not all(services.add(url) for url in urls):
        raise SendError("an address is none that apprise knows; see its list of services")
    with apprise.LogCapture(level=logging.WARNING) as said:
        if not services.notify(title=title, body=text):
            first = said.getvalue().strip().partition("\n")[0]
            raise SendError(first[:300] or "the service could not be reached or refused it")


@dataclass(frozen=True)
class Notifier:
    """Tells the recipients of one site.

    `address` is where the pages are found (`https://…`), None where nobody said.
    """

    store: Store
    site: Site
    recipients: Sequence[Addressed]
    send: Send
    now: Callable[[], datetime]
    address: str | None = None

    def work_once(self) -> tuple[int, int]:
        """Enter what is news and send what is due; return how many arrived and how many did not."""
        for addressed in self.recipients:
            self._enter(addressed)
        arrived = failed = 0
        urls = {a.recipient.name: [u.get_secret_value() for u in a.urls] for a in self.recipients}
        while notice := self.store.notices.claim(list(urls), self.now()):
            try:
                self.send(urls[notice.recipient], notice.title, notice.text)
            except SendError as fault:
                stands = self.store.notices.failed(notice.notice_id, str(fault), self.now())
                given_up = stands.state is NoticeState.FAILED
                log.warning(
                    "%s was not told (%s): %s",
                    notice.recipient,
                    "given up" if given_up else f"again at {stands.due_at_utc:%H:%M} UTC",
                    fault,
                )
                failed += 1
            else:
                self.store.notices.sent(notice.notice_id, self.now())
                log.info("%s was told: %s", notice.recipient, notice.title)
                arrived += 1
        return arrived, failed

    def _enter(self, addressed: Addressed) -> None:
        recipient = addressed.recipient
        if not self.store.notices.knows(recipient.name):
            causes = [draft.cause for draft in self._changes(addressed)]
            self.store.notices.begin(recipient.name, causes, self.now())
        writers: Mapping[Audience, Callable[[Happened], Sequence[Draft]]] = {
            Audience.OFFICERS: lambda happened: self._news(addressed, happened),
            Audience.RANGERS: lambda happened: self._flights(addressed, happened),
            Audience.PUBLIC: lambda _: self._changes(addressed),
        }
        self.store.notices.enter(recipient.name, self.site, writers[recipient.audience], self.now())

    def _news(self, addressed: Addressed, happened: Happened) -> Sequence[Draft]:
        drafts = []
        for news in by_flight(happened.events, addressed.recipient):
            title, text = incident_notice(
                news, self._zone_names(), addressed.language, self._page("/desk")
            )
            due = self._due(addressed, urgent=news.urgent)
            drafts.append(Draft(news_cause(news, happened.last_sequence), title, text, due))
        return drafts

    def _flights(self, addressed: Addressed, happened: Happened) -> Sequence[Draft]:
        drafts = []
        for news in happened.flights:
            title, text = flight_notice(news, addressed.language, self._page("/ranger"))
            due = self._due(addressed, urgent=False)
            drafts.append(Draft(flight_cause(news), title, text, due))
        return drafts

    def _changes(self, addressed: Addressed) -> Sequence[Draft]:
        today = self.now().astimezone(self.site.reference.timezone).date()
        drafts = []
        for change in self.store.zone_changes(self.site, today - _TELLS_BACK, today):
            if addressed.recipient.hears_of_change(change.told):
                title, text = change_notice(
                    change.told, self._zone_names(), addressed.language, self._page("/")
                )
                due = self._due(addressed, urgent=False)
                drafts.append(Draft(change_cause(change.told), title, text, due))
        return drafts

    def _due(self, addressed: Addressed, *, urgent: bool) -> datetime:
        timezone = self.site.reference.timezone
        return addressed.recipient.due_at(self.now(), timezone, urgent=urgent)

    def _page(self, path: str) -> str | None:
        return None if self.address is None else self.address.rstrip("/") + path

    def _zone_names(self) -> ZoneNames:
        # the end of a zone that was taken away is news too
        gone = [version.zone for version in self.store.zones.latest(self.site.site_id)]
        zones = (*gone, *self.store.zones.in_force(self.site).zones)
        return {zone.zone_id: (zone.name_th, zone.name_en) for zone in zones}
