"""Every operation of the JSON interface has an example, and each is taken as it stands."""

import json

from api.openapi_examples import (
    BODIES,
    CROP,
    FRAME,
    INCIDENT,
    OTHER_FRAME,
    OTHER_INCIDENT,
    PARAMETERS,
)
from patrol.site import shipped_site

ENDLESS = {"/api/v1/events"}
TOLD_TO_WAIT = {"/api/v1/uploads/{upload_id}/finish": 409}  # nothing has come that could be left


class Reader:
    """Somebody who runs the examples at a site of their own, with its ids for those they show."""

    def __init__(self, world, site) -> None:
        self.client = world.logged_in("mali")
        self.token = self.client.get("/api/v1/session").json()["csrf_token"]
        boat, dugong = world.store.alerts()
        first, second, third = (frame.sha256 for frame in world.store.frames(site.FLIGHT))
        announced = self.send("/api/v1/uploads", "post", BODIES["/api/v1/uploads", "post"])
        self.own = {
            INCIDENT: dugong.incident_id,
            OTHER_INCIDENT: boat.incident_id,
            FRAME: third,
            OTHER_FRAME: first,
            CROP: dugong.crop_sha256,
            PARAMETERS["flight_id"]: site.FLIGHT,
            PARAMETERS["upload_id"]: announced.json()["id"],
        }
        assert second not in self.own.values()

    def send(self, path, method, body=None):
        headers = {"X-CSRF-Token": self.token}
        if method in ("put", "post") and path.startswith("/api/v1/zones/"):
            at = path.removesuffix("/retire")
            headers["If-Match"] = self.client.get(at).headers.get("etag", "")
        return self.client.request(method, path, json=body, headers=headers)

    def run(self, path, method, operation):
        for parameter in operation.get("parameters", ()):
            if parameter["in"] == "path":
                example = str(parameter["example"])
                path = path.replace(f"{{{parameter['name']}}}", self.own.get(example, example))
        content = operation.get("requestBody", {}).get("content", {})
        if "application/json" not in content:
            return self.send(path, method)
        text = json.dumps(content["application/json"]["example"])
        for shown, own in self.own.items():
            text = text.replace(shown, own)
        return self.send(path, method, json.loads(text))


BEFORE = {
    "/undo": ("/assignment", {"assignee": "mali", "expected_version": 1}),
    "/separate": ("/join", {"into": OTHER_INCIDENT, "expected_version": 1}),
}


def test_every_example_is_taken(make_world, whole_site):
    document = make_world(site=shipped_site()).client().get("/openapi.json").json()
    refused, ran = {}, 0

    def filled(path=""):
        world = make_world(site=shipped_site())
        whole_site.fill(world, alike="/join" in path or "/separate" in path)
        return world

    to_read = filled()  # one for all that change nothing
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            if path in ENDLESS or operation.get("deprecated"):
                continue
            reader = Reader(to_read if method == "get" else filled(path), whole_site)
            for ending, (first, body) in BEFORE.items():
                if path.endswith(ending):
                    own = {k: reader.own.get(v, v) for k, v in body.items()}
                    at = f"/api/v1/incidents/{reader.own[INCIDENT]}{first}"
                    assert reader.send(at, "post", own).status_code == 200
            answer = reader.run(path, method, operation)
            ran += 1
            if answer.status_code >= 400 and answer.status_code != TOLD_TO_WAIT.get(path):
                refused[f"{method} {path}"] = (answer.status_code, answer.text[:200])
    assert ran > 40
    assert refused == {}


def test_the_table_of_examples_names_no_operation_that_is_gone(world):
    paths = world.client().get("/openapi.json").json()["paths"]
    gone = [key for key in BODIES if key[1] not in paths.get(key[0], {})]
    assert gone == []
