"""The JSON interface does what its OpenAPI description says, whatever it is sent, in any order."""

from collections import Counter

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

# a busy machine breaks no contract
PATIENT = {"request-timeout": 120}
ANY = SchemathesisConfig.from_dict(PATIENT)
# requests as they are meant: the other test sends what is not
TAKEN = SchemathesisConfig.from_dict({**PATIENT, "generation": {"mode": "positive"}})
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


# the events of a live page never end, and logins have forms of their own
ENDLESS = {"/api/v1/events"}


def headers_of(world, user) -> dict[str, str]:
    """What every request of somebody carries who means it."""
    person = world.logged_in(user)
    csrf_token = person.get("/api/v1/session").json()["csrf_token"]
    return {
        "Cookie": "; ".join(f"{name}={value}" for name, value in person.cookies.items()),
        "X-CSRF-Token": csrf_token,
    }


@pytest.mark.parametrize(
    ("user", "examples"),
    [
        ("mali", 4),
        ("don", 2),
        *(pytest.param(user, 300, marks=pytest.mark.deep) for user in ("mali", "don", "nid")),
    ],
)
def test_every_answer_is_as_described(world, make_seen, user, examples):
    world.log(make_seen(), make_seen(salt="other", zone_id="north"))
    headers = headers_of(world, user)
    described = schemathesis.openapi.from_asgi("/openapi.json", world.app, config=ANY)
    faults, tried = {}, 0
    for found in described.get_all_operations():
        operation = found.ok()
        if operation.path in ENDLESS:
            continue
        tried += 1

        @settings(
            max_examples=examples,
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


@pytest.mark.parametrize(
    ("user", "paths", "chains"),
    [
        ("mali", "/(alerts|incidents|flights)", 15),
        ("don", "/(uploads|flights|session)", 6),
        *(
            pytest.param(*asked, 200, marks=pytest.mark.deep)
            for asked in (
                ("mali", "/(alerts|incidents|flights)"),
                ("mali", "/(zones|flights)"),
                ("don", "/(uploads|flights|session)"),
            )
        ),
    ],
)
def test_what_one_answer_names_is_taken_by_the_next(world, make_seen, user, paths, chains):
    """Chains of requests: ids and versions of one answer go into the requests that follow."""
    world.log(make_seen(earlier_pictures=3), make_seen(salt="other", zone_id="north"))
    headers = headers_of(world, user)
    document = schemathesis.openapi.from_asgi("/openapi.json", world.app, config=TAKEN)
    answered = Counter()

    class Chain(document.include(path_regex=paths).as_state_machine()):
        def get_call_kwargs(self, case):
            return {"headers": headers}

        def after_call(self, response, case):
            super().after_call(response, case)
            if response.status_code < 400:
                answered[case.operation.label] += 1

        def validate_response(self, response, case, additional_checks=None, **more):
            case.validate_response(response, checks=CHECKS, recorder=self.recorder)

    Chain.run(
        settings=settings(
            max_examples=chains,
            stateful_step_count=8,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate],
        )
    )
    assert any("{" in label for label in answered), answered  # an id that was answered was known
