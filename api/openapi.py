"""The description of the JSON interface at /openapi.json, true to what is answered."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from api.auth import SESSION_COOKIE
from api.errors import PROBLEM_MEDIA_TYPE
from api.models import ProblemOut
from api.openapi_examples import add_examples

_PROBLEM = {"$ref": "#/components/schemas/ProblemOut"}
_SECURITY = {
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": SESSION_COOKIE,
        "description": "set by a login; changes also need the header X-CSRF-Token",
    },
    "device": {
        "type": "http",
        "scheme": "bearer",
        "description": "a device's token, for sending flights",
    },
}


def describe(app: FastAPI) -> None:
    """Make `app` describe its faults as it answers them: as problems (RFC 9457), every one."""

    def description() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _described(app)
        return app.openapi_schema

    app.openapi = description  # type: ignore[method-assign]  # the way that FastAPI documents


def _described(app: FastAPI) -> dict[str, Any]:
    document = get_openapi(
        title=app.title, version=app.version, summary=app.summary, routes=app.routes
    )
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    problem = ProblemOut.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(problem.pop("$defs", {}))
    schemas["ProblemOut"] = problem
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    components["securitySchemes"] = _SECURITY
    for path, operations in document["paths"].items():
        for operation in operations.values():
            responses = operation["responses"]
            for status in [status for status in responses if status >= "400"]:
                responses[status]["content"] = {PROBLEM_MEDIA_TYPE: {"schema": _PROBLEM}}
            responses["default"] = {
                "description": "any fault, with what to do about it",
                "content": {PROBLEM_MEDIA_TYPE: {"schema": _PROBLEM}},
            }
            if path.startswith("/api/v1/"):
                operation["security"] = [{name: []} for name in _SECURITY]
    add_examples(document)
    return document
