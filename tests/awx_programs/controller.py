# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stand-in for AWX's API on the loopback address: keeps objects, and rejects what `shapes` rejects.

An object is read back as it was written, with the defaults of its shape; secrets read as $encrypted$. An inventory
source wants a project with a revision, which a project gets by its update (seen in AWX: "Missing a revision to run").
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

from tests.awx_programs.shapes import SHAPES, Json, defaults, problems

API = "/api/v2/"
TOKEN = "t0ken-of-the-operator"
ENCRYPTED = "$encrypted$"
ASSOCIATIONS = {"credentials", "success_nodes", "always_nodes", "failure_nodes", "labels", "instance_groups"}
TYPES = {"job_templates": "job_template", "workflow_job_templates": "workflow_job_template"}


@dataclass
class Request:
    """One writing request, and the answer's status."""

    method: str
    path: str
    body: Json
    status: int = 0


@dataclass
class Controller:
    """Objects of one AWX by endpoint, and what it was asked to write."""

    objects: dict[str, list[Json]] = field(default_factory=dict)
    log: list[Request] = field(default_factory=list)
    url: str = ""

    def __post_init__(self) -> None:
        self.create("organizations", {"name": "Default"})
        for kind, secrets in {
            "Machine": ["ssh_key_data"],
            "Amazon Web Services": ["password", "security_token"],
        }.items():
            fields = [{"id": name, "secret": name in secrets} for name in ["username", *secrets]]
            self.create("credential_types", {"name": kind, "kind": "cloud", "inputs": {"fields": fields}})

    def named(self, endpoint: str, name: str) -> Json:
        """Return an object by its name or identifier."""
        (found,) = (one for one in self.objects[endpoint] if name in (one.get("name"), one.get("identifier")))
        return found

    def create(self, endpoint: str, body: Json) -> Json:
        """Keep a new object."""
        number = sum(map(len, self.objects.values())) + 1
        url = f"{API}{endpoint}/{number}/"
        created = {"id": number, "type": TYPES.get(endpoint, endpoint), "url": url, "summary_fields": {}, "related": {}}
        created |= defaults(f"{endpoint}/") if f"{endpoint}/" in SHAPES else {}
        created |= body | {"lists": {}}
        created["related"] = {"survey_spec": f"{url}survey_spec/", "update": f"{url}update/"}
        if endpoint == "projects":
            created["scm_revision"] = ""
        self.objects.setdefault(endpoint, []).append(created)
        return created

    # --- Requests -------------------------------------------------------------------------------------------------

    def get(self, path: str, query: dict[str, str]) -> tuple[int, Json]:
        """Answer a GET: a list, an object, or a list of an object."""
        endpoint, *rest = path.strip("/").split("/")
        if not rest:
            return 200, self.page([self.shown(endpoint, one) for one in self.search(endpoint, query)])
        one = self.by_id(endpoint, rest[0])
        if rest[1:] == ["survey_spec"]:
            return 200, one.get("survey", {})
        if rest[1:] and rest[1] in ASSOCIATIONS:
            return 200, self.page([{"id": number} for number in one["lists"].get(rest[1], [])])
        return 200, self.shown(endpoint, one)

    def write(self, method: str, path: str, body: Json) -> tuple[int, Json]:
        """Answer a POST, PATCH or DELETE."""
        endpoint, *rest = path.strip("/").split("/")
        if method == "PATCH" and endpoint == "workflow_approval_templates":
            return 200, self.by_id(endpoint, rest[0])
        if rest[1:]:
            return self.act(method, self.by_id(endpoint, rest[0]), rest[1], body)
        refused: Json = dict(problems(f"{endpoint}/", body, new=not rest))
        refused |= self.refused(endpoint, body)
        if refused:
            return 400, refused
        if method == "POST":
            return 201, self.shown(endpoint, self.create(endpoint, body))
        one = self.by_id(endpoint, rest[0])
        one |= body
        return 200, self.shown(endpoint, one)

    def act(self, method: str, one: Json, what: str, body: Json) -> tuple[int, Json]:
        """Change a list of an object, its survey, its approval or its revision."""
        if what in ASSOCIATIONS:
            members = one["lists"].setdefault(what, [])
            if body.get("disassociate"):
                members.remove(body["id"])
            else:
                members.append(body["id"])
            return 204, {}
        if what == "survey_spec":
            one["survey"] = body if method == "POST" else {}
            return 200, {}
        if what == "create_approval_template":
            made = self.create("workflow_approval_templates", body)
            one["related"]["unified_job_template"] = made["url"]
            return 201, made
        if what == "update":
            one["scm_revision"] = "5f2b6f0"
            update = {"status": "successful", "finished": "now", "failed": False, "scm_revision": one["scm_revision"]}
            return 202, self.create("project_updates", update)
        raise KeyError(what)

    # --- Objects --------------------------------------------------------------------------------------------------

    def refused(self, endpoint: str, body: Json) -> Json:
        """Return what AWX rejects for the state of other objects."""
        project = body.get("source_project")
        if endpoint == "inventory_sources" and project and not self.by_id("projects", project)["scm_revision"]:
            return {"detail": ["Missing a revision to run due to failed project update."]}
        if endpoint == "credentials" and "inputs" in body:
            kind = self.by_id("credential_types", body["credential_type"])
            known = {one["id"] for one in kind["inputs"]["fields"]}
            return {name: "no field of the credential type" for name in body["inputs"] if name not in known}
        return {}

    def shown(self, endpoint: str, one: Json) -> Json:
        """Return an object as a GET shows it: without secrets."""
        if endpoint != "credentials":
            return one
        kind = self.by_id("credential_types", one["credential_type"])
        secrets = {entry["id"] for entry in kind["inputs"]["fields"] if entry.get("secret")}
        inputs = {name: ENCRYPTED if name in secrets else value for name, value in one["inputs"].items()}
        return one | {"inputs": inputs}

    def search(self, endpoint: str, query: dict[str, str]) -> list[Json]:
        """Return the objects whose fields have the values of a query."""
        places = TYPES if endpoint == "unified_job_templates" else [endpoint]
        found = [one for place in places for one in self.objects.get(place, [])]
        return [one for one in found if all(str(one.get(name)) == value for name, value in query.items())]

    def by_id(self, endpoint: str, number: str | int) -> Json:
        (found,) = (one for one in self.objects[endpoint] if str(one["id"]) == str(number))
        return found

    @staticmethod
    def page(results: list[Json]) -> Json:
        return {"count": len(results), "next": None, "previous": None, "results": results}


@contextmanager
def served() -> Iterator[Controller]:
    """Serve a new AWX for the time of a `with`."""
    controller = Controller()

    class Handler(BaseHTTPRequestHandler):
        """One request to the stand-in."""

        def answer(self) -> None:
            parts = urlsplit(self.path)
            path = parts.path.removeprefix(API)
            body = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or "{}")
            if self.headers["Authorization"] != f"Bearer {TOKEN}":
                status, said = 401, {"detail": "Authentication credentials were not provided."}
            elif self.command == "GET":
                status, said = controller.get(path, dict(parse_qsl(parts.query)))
            else:
                status, said = controller.write(self.command, path, body)
                controller.log.append(Request(self.command, path, body, status))
            text = b"" if status == 204 else json.dumps(said).encode()
            self.send_response(status)
            self.send_header("X-API-Product-Name", "AWX")
            self.send_header("X-API-Product-Version", "24.6.1")
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        do_GET = do_POST = do_PATCH = do_DELETE = answer

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing: the log of the controller has it."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    controller.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield controller
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
