"""Pages: templates filled in the reader's language, with the nonce that lets their scripts run."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import tzinfo
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from api.language import LANGUAGE_COOKIE, Language, Reader, choose_language, translations
from api.module_graph import modules_behind

TEMPLATES_DIR = Path(__file__).parent / "templates"
LANGUAGE_COOKIE_MAX_AGE_S = 365 * 24 * 3600


@dataclass(frozen=True)
class SiteTitle:
    """What the site is called, whose coastline it shows, and the clock it lives by."""

    name_th: str
    name_en: str
    coast_credit_th: str
    coast_credit_en: str
    timezone: tzinfo


@cache
def template_environment(language: Language) -> Environment:
    """Return the Jinja environment that escapes everything and speaks `language`.

    There is one of each: it keeps the templates it has compiled.
    """
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES_DIR),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    # the i18n extension adds this method at run time, where type checkers cannot see it
    install = environment.install_gettext_translations  # type: ignore[attr-defined]
    install(translations(language), newstyle=True)
    environment.globals["modules_behind"] = modules_behind
    return environment


class Pages:
    """Fills templates for one site."""

    def __init__(self, title: SiteTitle, *, cookie_secure: bool) -> None:
        self._title = title
        self._cookie_secure = cookie_secure
        self._environments: Mapping[Language, Environment] = {
            language: template_environment(language) for language in Language
        }

    def reader(self, request: Request) -> Reader:
        """Return the reader's language and the site's clock."""
        language = choose_language(
            request.query_params.get("lang"),
            request.cookies.get(LANGUAGE_COOKIE),
            request.headers.get("accept-language"),
        )
        return Reader(language, self._title.timezone)

    def site_name(self, reader: Reader) -> str:
        """Return what the site is called in the reader's language."""
        return reader.pick(self._title.name_th, self._title.name_en)

    def coast_credit(self, reader: Reader) -> str:
        """Return what must be said of the coastline, in the reader's language."""
        return reader.pick(self._title.coast_credit_th, self._title.coast_credit_en)

    def page(
        self, request: Request, template: str, *, status: int = 200, **context: Any
    ) -> HTMLResponse:
        """Return `template` filled with `context`; remembers a language chosen by `?lang=`."""
        reader = self.reader(request)
        links = {
            language.value: "?" + request.url.include_query_params(lang=language.value).query
            for language in Language
        }
        html = (
            self._environments[reader.language]
            .get_template(template)
            .render(
                reader=reader,
                site_name=self.site_name(reader),
                coast_credit=self.coast_credit(reader),
                csp_nonce=request.state.csp_nonce,
                language_links=links,
                **context,
            )
        )
        response = HTMLResponse(html, status, headers={"Vary": "Cookie, Accept-Language"})
        if request.query_params.get("lang") == reader.language.value:
            response.set_cookie(
                LANGUAGE_COOKIE,
                reader.language.value,
                max_age=LANGUAGE_COOKIE_MAX_AGE_S,
                secure=self._cookie_secure,
                httponly=True,
                samesite="lax",
            )
        return response
