"""The JSON interface does what its OpenAPI description says, whatever it is sent."""

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


# the events of a live page never end, and logins have forms of their own
ENDLESS = {"/api/v1/events"}


@pytest.mark.parametrize(("user", "examples"), [("mali", 10), ("don", 4)])
def test_every_answer_is_as_described(world, make_seen, user, examples):
    world.log(make_seen(), make_seen(salt="other", zone_id="north"))
    person = world.logged_in(user)
    csrf_token = person.get("/api/v1/session").json()["csrf_token"]
    headers = {
        "Cookie": "; ".join(f"{name}={value}" for name, value in person.cookies.items()),
        "X-CSRF-Token": csrf_token,
    }
    described = schemathesis.openapi.from_asgi("/openapi.json", world.app)
    faults, tried = {}, 0
    for found in described.get_all_operations():
        operation = found.ok()
        if operation.path in ENDLESS:
            continue
        tried += 1

        @settings(
            max_examples=examples,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.explicit, Phase.generate],
        )
        @given(case=operation.as_strategy())
        def sent(case):
            case.call_and_validate(headers=headers, checks=CHECKS)

        try:
            sent()
        except BaseExceptionGroup as fault:  # of an operation; all of them are told at once
            faults[operation.label] = str(fault)[:600]
    assert tried > 20
    assert faults == {}, "\n\n".join(f"{label}\n{text}" for label, text in faults.items())
