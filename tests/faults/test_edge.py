# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Recipients of the credentials: the configured server, and no other server that it names.

That .netrc never wins is in tests/unit/plugins/module_utils/client/test_transport.py, with certificates that nobody has
signed; that a host's facts change nothing is in tests/playbooks/hostile.
"""

from __future__ import annotations

import pathlib
from collections.abc import Iterator

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._client import (
    ApiError,
    Client,
    Connection,
    Retry,
    TlsError,
)
from lab.process import Running
from tests.certificates import self_signed
from tests.faults.attack import Listener, Trap, listening, sums, told
from tests.faults.world import World
from tests.playbooks.running import DEMO, Outcome, demo_variables

ONCE = Retry(attempts=1)


@pytest.fixture
def listener() -> Iterator[Listener]:
    with listening() as server:
        yield server


def client(url: str, **more: str) -> Client:
    login = demo_variables()
    user, password = login["bonding_api_username"], login["bonding_api_password"]
    return Client(Connection(url, username=user, password=password, timeout=5, **more), retry=ONCE)  # type: ignore[arg-type]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirect_to_another_server_gives_it_nothing(world: World, listener: Listener, status: int) -> None:
    world.quiet()
    world.site.server.faults([{"redirect": f"{listener.url}/api/v4/aggregators/", "status": status}])
    with client(world.site.server.url) as one, pytest.raises(ApiError, match="not followed"):
        one.get("aggregators/")
    assert listener.asked == []


def test_next_page_on_another_server_is_asked_of_our_own(world: World, listener: Listener) -> None:
    world.quiet()
    page = {
        "count": 4,
        "next": f"{listener.url}/api/v4/aggregators/?page=2&page_size=1",
        "previous": None,
        "results": [],
    }
    first = {**page, "results": [{"id": 1, "name": "one", "url": f"{listener.url}/api/v4/aggregators/1/"}]}
    world.site.server.faults([{"path": "aggregators/$", "status": 200, "body": first}])
    with client(world.site.server.url) as one:
        assert len(one.list("aggregators/")) > 1
    assert listener.asked == []
    assert [entry["query"] for entry in world.site.server.log()][:2] == ["", "page=2&page_size=1"]


def test_certificate_for_another_name_is_refused(tmp_path: pathlib.Path) -> None:
    pem = self_signed(tmp_path)  # for 127.0.0.1
    with Running(
        "lab.bondingadmin", "--seed", DEMO / "bondingadmin.yml", "--tls-cert", pem, "--tls-key", pem
    ) as server:
        named = server.url.replace("127.0.0.1", "localhost")
        with client(named, ca_path=str(pem)) as one, pytest.raises(TlsError, match="localhost"):
            one.get("aggregators/")
        with client(server.url) as one, pytest.raises(TlsError, match="certificate"):
            one.get("aggregators/")
        assert server.log() == []
        with client(server.url, ca_path=str(pem)) as one:
            assert one.list("aggregators/")


def test_what_was_evaluated_would_be_found(world: World, listener: Listener, tmp_path: pathlib.Path) -> None:
    """The judges of test_run.py, by themselves: they must be able to fail."""
    trap = Trap(tmp_path / "marker", listener)
    assert trap.sprung(world.site, "port=51337, 1337abc, 0.1337, {{ 7*191 }}") == []
    assert sums("a 1337") and sums("'1337'") and sums("1337")
    trap.marker.touch()
    listener.asked.append("GET /asked None")
    assert len(trap.sprung(world.site, "name: 1337")) == 3


def test_secret_that_is_shown_would_be_found() -> None:
    class Run:
        events = [{"msg": "s3cret"}]
        stdout = "it is s3cret"

    outcome = Outcome(Run(), [{"body": "s3cret"}], [])  # type: ignore[arg-type]
    assert told(outcome, {"python -e s3cret"}, {"it": "s3cret"}) == [
        "it stands in the output",
        "it stands in the results",
        "it stands in the server's log",
        "it stands in a command line",
    ]
