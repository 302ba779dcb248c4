# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One running stand-in for all tests here, back at its seed before each."""

from __future__ import annotations

import pathlib
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from ansible_collections.bonded.internet.plugins.module_utils._resources import LISTINGS, RESOURCES, TABLE
from lab.process import Running
from tests.lab.bondingadmin.renaming import outcome

SEED = pathlib.Path(__file__).with_name("seed.yml")


class Api:
    """A client that is as simple as can be: paths below ``/api/v4/``, plain answers, one kept-open connection."""

    def __init__(self, server: Running, user: str = "root", password: str | None = None) -> None:
        self.base = f"{server.url}/api/v4/"
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.auth = (f"{user}@example.com", password or f"{user}-secret")

    def __call__(self, method: str, path: str, body: object = None, **options: Any) -> requests.Response:
        url = path if path.startswith("http") else self.base + path
        return self.session.request(method, url, json=body, timeout=20, **options)

    def get(self, path: str, **options: Any) -> Any:
        """The parsed answer to a GET that works."""
        answer = self("GET", path, **options)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def write(self, method: str, path: str, body: object = None) -> Any:
        """The parsed answer to a write that works, with the status that belongs to its method."""
        answer = self(method, path, body)
        assert answer.status_code == {"POST": 201, "DELETE": 204}.get(method, 200), answer.text
        return answer.json() if answer.content else None

    def refused(self, method: str, path: str, body: object = None) -> Any:
        """The errors of a write that is refused."""
        answer = self(method, path, body)
        assert answer.status_code == 400, answer.text
        return answer.json()

    def url(self, path: str) -> str:
        return self.base + path

    def named(self, path: str, name: str) -> dict[str, Any]:
        """The object of this name in a list."""
        (found,) = [row for row in self.get(path) if row["name"] == name]
        return dict(found)


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    log = tmp_path_factory.mktemp("bondingadmin") / "log.jsonl"
    with Running("lab.bondingadmin", "--seed", SEED, log=log) as server:
        yield server


@pytest.fixture
def server(running: Running) -> Running:
    running.reset()
    running.clear_log()
    return running


@pytest.fixture
def api(server: Running) -> Iterator[Api]:
    client = Api(server)
    with client.session:
        yield client


@pytest.fixture
def as_user(server: Running) -> Iterator[Any]:
    """Makes clients for other users."""
    made: list[Api] = []

    def make(user: str, password: str | None = None) -> Api:
        made.append(Api(server, user, password))
        return made[-1]

    yield make
    for client in made:
        client.session.close()


@pytest.fixture(scope="session")
def expected(running: Running) -> dict[str, str]:
    """Return the results of reads and writes of each kind on the server for which the table is right."""
    found = {}
    for kind in (*RESOURCES, *LISTINGS):
        running.reset()
        found[kind] = outcome(running, kind, TABLE)
        assert not found[kind].startswith(("ApiError", "ReconcileError")), found[kind]
    return found
