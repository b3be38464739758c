"""Bodies that are too long are refused before they are read to their end."""

import asyncio

import pytest
from starlette.exceptions import HTTPException

from api.body_limit import MAX_BODY_BYTES, BodyLimit

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def in_pieces(size):
    """A body whose length is not announced."""
    return (b"x" * 1024 for _ in range(size // 1024))


@pytest.mark.parametrize("url", ["/login", "/desk/steps", "/logout"])
def test_a_body_announced_as_too_long_is_refused(world, url):
    body = b"name=" + b"x" * MAX_BODY_BYTES
    response = world.client().post(f"{url}?lang=en", content=body, headers=FORM)
    assert response.status_code == 413
    assert "Shorten it" in response.text


@pytest.mark.parametrize("url", ["/login", "/api/v1/incidents/x/transitions"])
def test_a_body_that_grows_too_long_is_refused(world, url):
    body = in_pieces(MAX_BODY_BYTES + 1024)
    response = world.client().post(url, content=body, headers=FORM)
    assert response.status_code == 413


def test_programs_are_told_by_a_problem(world):
    response = world.client().post("/api/v1/incidents/x/transitions", content=b"x" * 70_000)
    assert response.json()["code"] == "too_large"


def test_a_body_of_just_the_limit_is_read(world):
    body = b"name=" + b"x" * (MAX_BODY_BYTES - 5)
    assert world.client().post("/login", content=body, headers=FORM).status_code == 422


@pytest.mark.parametrize(
    ("field", "length"), [("name", 101), ("password", 1025), ("csrf_token", 201), ("next", 501)]
)
def test_fields_of_the_login_have_their_lengths(world, form_token, field, length):
    client = world.client()
    fields = {
        "name": "mali",
        "password": "gentle sea grass",
        "csrf_token": form_token(client.get("/login").text),
        "next": "",
    }
    assert client.post("/login", data={**fields, field: "x" * length}).status_code == 422
    assert client.post("/login", data=fields).status_code == 303


def test_nothing_is_read_past_the_limit():
    pieces = iter([b"x" * 1024] * 1000)

    async def receive():
        return {"type": "http.request", "body": next(pieces), "more_body": True}

    async def reading_all(scope, receive, send):
        while True:
            await receive()

    async def serve():
        await BodyLimit(reading_all)({"type": "http", "headers": []}, receive, None)

    with pytest.raises(HTTPException) as refused:
        asyncio.run(serve())
    assert refused.value.status_code == 413
    assert len(list(pieces)) == 1000 - MAX_BODY_BYTES // 1024 - 1
