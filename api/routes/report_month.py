"""The monthly report for officers: a page, a PDF and a spreadsheet."""

from http import HTTPStatus

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from api.deps import OfficerSession, Services, ServicesDep
from api.report.pdf import report_pdf
from api.report.section import ReportText
from api.report.spreadsheet import report_csv
from api.report.text import month_text, report_text
from patrol.report.month import Month, parse_month
from patrol.report.reading import Reported, read_report

router = APIRouter(prefix="/desk/reports", include_in_schema=False)


@router.get("")
def this_month(request: Request, at_hand: ServicesDep, session: OfficerSession) -> Response:
    """Lead to the report of the month that runs, in the language that was asked for."""
    today = at_hand.today()
    month = Month(today.year, today.month)
    page = request.url.replace(path=f"/desk/reports/{month}")
    address = f"{page.path}?{page.query}" if page.query else page.path
    return RedirectResponse(address, HTTPStatus.SEE_OTHER)


@router.get("/{month}.pdf")
def month_pdf(
    request: Request, at_hand: ServicesDep, session: OfficerSession, month: str
) -> Response:
    """Give the report as a PDF."""
    found = _reported(at_hand, parse_month(month))
    body = report_pdf(_text(request, at_hand, found), at_hand.now())
    return _file(body, "application/pdf", f"{at_hand.site.site_id}-{found.figures.month}.pdf")


@router.get("/{month}.csv")
def month_csv(at_hand: ServicesDep, session: OfficerSession, month: str) -> Response:
    """Give the figures of the month, its year and other years as CSV."""
    found = _reported(at_hand, parse_month(month))
    body = report_csv(found.months)
    name = f"{at_hand.site.site_id}-{found.figures.month}.csv"
    return _file(body, "text/csv; charset=utf-8", name)


@router.get("/{month}")
def month_page(
    request: Request, at_hand: ServicesDep, session: OfficerSession, month: str
) -> Response:
    """Show the report."""
    found = _reported(at_hand, parse_month(month))
    reader = at_hand.pages.reader(request)
    before, after = found.figures.month.later(-1), found.figures.month.later(1)
    return at_hand.pages.page(
        request,
        "officer/month.html",
        tab="reports",
        user=session.user,
        csrf_token=session.csrf_token,
        may_act=True,
        report=_text(request, at_hand, found),
        month=found.figures.month,
        before=before,
        before_text=month_text(before, reader.language),
        after=after if after.first <= at_hand.today() else None,
        after_text=month_text(after, reader.language),
    )


def _reported(at_hand: Services, month: Month) -> Reported:
    return read_report(at_hand.store.reports, at_hand.site_now(), month, at_hand.today())


def _text(request: Request, at_hand: Services, found: Reported) -> ReportText:
    reader = at_hand.pages.reader(request)
    least = at_hand.site.rule_parameters.survey_min_fraction
    return report_text(
        found, reader.pick(at_hand.site.name_th, at_hand.site.name_en), least, reader
    )


def _file(body: bytes, media_type: str, name: str) -> Response:
    return Response(
        body,
        media_type=media_type,
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "no-store",
        },
    )
