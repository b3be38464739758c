"""Addresses that pages once had, kept because people have written them down."""

from http import HTTPStatus
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Response
from fastapi import Path as FromPath
from fastapi.responses import RedirectResponse

router = APIRouter(prefix="/officer", include_in_schema=False)

Id = Annotated[str, FromPath(max_length=64)]


@router.get("")
def alerts() -> Response:
    """Lead to the desk."""
    return _moved("/desk")


@router.get("/incidents/{incident_id}")
def incident(incident_id: Id) -> Response:
    """Lead to the incident at the desk."""
    return _moved(f"/desk?id={quote(incident_id, safe='')}")


@router.get("/flights")
def flights() -> Response:
    """Lead to the flights."""
    return _moved("/flights")


@router.get("/flights/{flight_id}")
def flight(flight_id: Id) -> Response:
    """Lead to the flight."""
    return _moved(f"/flights/{quote(flight_id, safe='')}")


def _moved(to: str) -> Response:
    return RedirectResponse(to, HTTPStatus.PERMANENT_REDIRECT)
