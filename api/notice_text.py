"""The words of notices: short enough for a text message, and without any position."""

from collections import Counter
from collections.abc import Mapping

from api.language import Language, date_text, mark, translations
from api.public.words import CHANGE_WORDS, STATUS_WORDS
from api.words import PRIORITY_WORDS, RULE_WORDS
from patrol.incident import Incident
from patrol.notice import FlightNews, IncidentNews, News
from patrol.verdict import Priority
from patrol.zone_status import ZoneStatusChange
from patrol.zones import RuleName

# A flight of two hundred boats is one message of these many lines and a last one.
MOST_LINES = 8

ZoneNames = Mapping[str, tuple[str, str]]  # Thai and English by zone id

_OUTSIDE = mark("outside the zones")
_ORDER = {Priority.HIGH: 0, Priority.NORMAL: 1, Priority.LOW: 2}


def incident_notice(
    news: IncidentNews, zones: ZoneNames, language: Language, desk: str | None
) -> tuple[str, str]:
    """Return title and text of what happened to incidents: how many, of what kind, in which zone.

    `desk` is the address of the officers' page, None where it is not known.
    """
    say = translations(language)
    count = len(news.incidents)
    if news.news is News.OPENED:
        title = say.ngettext("%(num)s new alert", "%(num)s new alerts", count)
    else:
        title = say.ngettext(
            "%(num)s alert was taken back", "%(num)s alerts were taken back", count
        )
    kinds = Counter(map(_kind, news.incidents))
    ordered = sorted(
        kinds, key=lambda kind: (_ORDER[kind[0]], -kinds[kind], kind[1], kind[2] or "")
    )
    lines = [
        f"{say.gettext(PRIORITY_WORDS[priority])} · {say.gettext(RULE_WORDS[rule])} · "
        f"{_zone_name(zone_id, zones, language)}: {kinds[priority, rule, zone_id]}"
        for priority, rule, zone_id in ordered[:MOST_LINES]
    ]
    left = sum(kinds[kind] for kind in ordered[MOST_LINES:])
    if left:
        lines.append(say.gettext("and %(num)s more") % {"num": left})
    if desk:
        lines.append(desk)
    return title % {"num": count}, "\n".join(lines)


def flight_notice(news: FlightNews, language: Language, page: str | None) -> tuple[str, str]:
    """Return title and text of a processed flight: what could be used, not what was seen.

    `page` is the address of the rangers' page, None where it is not known.
    """
    say = translations(language)
    title = say.gettext("Flight of %(day)s processed") % {"day": date_text(news.day, language)}
    lines = [
        say.ngettext("%(num)s picture used", "%(num)s pictures used", news.frames)
        % {"num": news.frames}
    ]
    if news.refused:
        could_not = say.ngettext(
            "%(num)s file could not be used", "%(num)s files could not be used", news.refused
        )
        lines.append(could_not % {"num": news.refused})
    alerts = say.ngettext(
        "%(num)s alert for the officers", "%(num)s alerts for the officers", news.alerts
    )
    lines.append(alerts % {"num": news.alerts})
    if page:
        lines.append(page)
    return title, "\n".join(lines)


def change_notice(
    change: ZoneStatusChange, zones: ZoneNames, language: Language, page: str | None
) -> tuple[str, str]:
    """Return title and text of a change of the public map: nothing that is not on that map.

    `page` is the address of the public map, None where it is not known.
    """
    say = translations(language)
    name = _zone_name(change.zone_id, zones, language)
    word = mark("No advice") if change.status is None else STATUS_WORDS[change.status]
    lines = [say.gettext(CHANGE_WORDS[change.reason])]
    if change.until is not None:
        until = {"day": date_text(change.until, language)}
        lines.append(say.gettext("until %(day)s") % until)
    if page:
        lines.append(page)
    return f"{name}: {say.gettext(word)}", "\n".join(lines)


def _kind(incident: Incident) -> tuple[Priority, RuleName, str | None]:
    return incident.priority, incident.rule, incident.zone_id


def _zone_name(zone_id: str | None, zones: ZoneNames, language: Language) -> str:
    if zone_id is None:
        return translations(language).gettext(_OUTSIDE)
    thai, english = zones.get(zone_id, (zone_id, zone_id))
    return thai if language is Language.THAI else english
