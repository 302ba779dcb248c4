# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The event source on the simulator: events, faults of the server, secrets."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import pytest
import yaml

from lab.process import ROOT, Running
from tests.certificates import self_signed
from tests.second_server.seed import translated

from .running import PASSWORD, SECRETS, SEED, TOKEN, control, relay, run, source, watching

FIRST = {"bond": 17, "name": "acme-berlin", "from": 7, "from_name": "agg7", "to": 8, "to_name": "agg8"}


def endless(path: str, **action: Any) -> list[dict[str, Any]]:
    return [{"method": "GET", "path": path, "count": None, **action}]


def test_moves_and_statuses_become_events(server: Running) -> None:
    async def scenario() -> None:
        async with watching(server) as running:
            await running.move(17, 8)
            assert await running.event() == {"bonds_moved": {"moves": [FIRST], "bonds": [17]}}
            await control(server, "status", aggregator="agg9", status="down")
            assert await running.event() == {"aggregator_down": {"aggregator": 9, "name": "agg9"}}
            await control(server, "status", aggregator="agg9", status="up")
            assert await running.event() == {"aggregator_up": {"aggregator": 9, "name": "agg9"}}
            assert running.events.empty()

    run(scenario())
    assert {one["method"] for one in server.log()} == {"GET"}


def test_lists_in_pages_are_read_whole(server: Running) -> None:
    server.faults(endless("aggregators/", page_size=1))

    async def scenario() -> None:
        async with watching(server) as running:
            await running.move(18, 9)
            event = await running.event()
            assert event["bonds_moved"]["bonds"] == [18]
            assert event["bonds_moved"]["moves"][0]["to_name"] == "agg9"

    run(scenario())
    assert [one["path"] for one in server.log() if not one["path"].endswith("/")] == []
    pages = [one for one in server.log() if one["path"].endswith("/aggregators/") and "page=3" in one["query"]]
    assert pages


def test_a_server_with_other_habits_is_read_whole(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    demo = ROOT / "lab" / "demo" / "bondingadmin.yml"
    held = yaml.safe_load(demo.read_text(encoding="utf-8"))
    seed = tmp_path / "seed.json"
    seed.write_text(json.dumps(translated(demo)), encoding="utf-8")
    login = {"api_username": "viewer@example.com", "api_password": "viewer-password"}
    names = {kind: [one["name"] for one in held[kind]] for kind in ("aggregators", "bonds")}

    async def scenario(server: Running) -> None:
        # An aggregator or a bond that is not seen would be a warning.
        async with watching(server, **login, **names) as running:
            await running.asked("/aggregators/", 5)
            assert running.events.empty()

    with Running("tests.second_server", "--seed", seed) as server:
        run(scenario(server))
        assert any("page=2" in one["query"] for one in server.log())
    assert len(names["bonds"]) > 3
    assert caplog.records == []


def test_one_connection_is_kept_and_each_request_has_the_login(server: Running) -> None:
    async def scenario() -> None:
        async with relay(server) as (url, connections):
            async with watching(server, api_url=url, api_token=TOKEN) as running:
                await running.asked("/aggregators/", 20)
                assert len(server.log()) > 20
            # As many as lists are read at the same time.
            assert 1 <= len(connections) <= 4
            assert all(f"Authorization: Token {TOKEN}\r\n".encode() in one for one in connections)

    run(scenario())
    assert {one["status"] for one in server.log()} == {200}


def test_an_entry_of_netrc_does_not_replace_the_login(
    server: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login other password other\n", encoding="utf-8")
    (tmp_path / ".netrc").chmod(0o600)
    monkeypatch.setenv("HOME", str(tmp_path))

    async def scenario() -> None:
        async with watching(server):
            assert {one["status"] for one in server.log()} == {200}

    run(scenario())


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ({"status": 500}, "HTTP 500"),
        ({"status": 429, "headers": {"Retry-After": "0"}}, "HTTP 429"),
        ({"break": True}, "ServerDisconnectedError"),
        ({"lost": True}, "ServerDisconnectedError"),
        ({"truncate": True}, "ClientPayloadError"),
        ({"html": True}, "the answer is not JSON"),
        ({"redirect": "http://127.0.0.1:1/"}, "HTTP 302, the server sends to another address; check api_url"),
        ({"status": 200, "body": {"detail": "?"}}, "the answer is not a list"),
        ({"status": 200, "body": [{"name": "agg7"}]}, "an object of the list has no id"),
        (
            {"status": 200, "body": {"count": 3, "next": None, "results": []}},
            "the list is not whole (got 0, expected 3)",
        ),
        ({"status": 200, "body": {"count": 3, "next": "http://[", "results": []}}, "next is not a URL"),
        ({"big": 65}, "the answer is larger than 64 MiB"),
        ({"big": 1, "gzip": True}, "packed in a way that was not asked for"),
    ],
)
def test_a_server_that_answers_badly_is_asked_again(server: Running, fault: dict[str, Any], reason: str) -> None:
    async def scenario() -> None:
        async with watching(server) as running:
            server.faults(endless("aggregators/$", **fault))
            await running.move(17, 8)
            event = await running.event()
            assert reason in event["server_unreachable"]["reason"]
            assert event["server_unreachable"]["reason"].startswith("GET aggregators/: ")
            server.faults([])
            assert list(await running.event()) == ["server_reachable"]
            assert await running.event() == {"bonds_moved": {"moves": [FIRST], "bonds": [17]}}

    run(scenario())


def test_an_answer_that_drips_is_given_up(server: Running) -> None:
    async def scenario() -> None:
        async with watching(server, api_timeout=0.3) as running:
            server.faults(endless("aggregators/$", drip=20))
            reason = (await running.event())["server_unreachable"]["reason"]
            assert reason == "GET aggregators/: Timeout: no whole answer within 0.3 s (api_timeout)"

    run(scenario())


def test_a_list_that_is_short_moves_nothing(server: Running) -> None:
    async def scenario() -> None:
        async with watching(server) as running:
            server.faults(endless("bonds_current", status=200, body=[]))
            await running.asked("/bonds_current/", 12)
            server.faults([])
            await running.asked("/bonds_current/", 12)
            assert running.events.empty()

    run(scenario())


def test_a_list_that_cannot_be_read_does_not_hide_the_others(server: Running, caplog: pytest.LogCaptureFixture) -> None:
    async def scenario() -> None:
        async with watching(server) as running:
            server.faults(endless("aggregators/8/bonds_current", status=500))
            await running.move(17, 9)
            assert (await running.event())["bonds_moved"]["bonds"] == [17]
            await running.asked("/8/bonds_current/", 3)

    run(scenario())
    said = "bonds: a list of bonds cannot be read: GET aggregators/8/bonds_current/: HTTP 500. It is asked again."
    assert [one.getMessage() for one in caplog.records] == [said]


def test_an_aggregator_that_was_deleted_meanwhile_is_no_fault(
    server: Running, caplog: pytest.LogCaptureFixture
) -> None:
    server.faults(endless("aggregators/9/bonds_current", status=404))

    async def scenario() -> None:
        async with watching(server) as running:
            await running.move(17, 8)
            assert (await running.event())["bonds_moved"]["bonds"] == [17]

    run(scenario())
    assert caplog.records == []


def test_a_server_that_restarts_is_watched_on(tmp_path: Path) -> None:
    database = tmp_path / "server.sqlite"
    server = Running("lab.bondingadmin", "--seed", SEED, "--db", database)

    async def scenario() -> None:
        server.start()
        port = server.url.rpartition(":")[2]
        async with watching(server) as running:
            server.stop()
            unreachable = await running.event()
            assert "ClientConnectorError" in unreachable["server_unreachable"]["reason"]
            server.args = [*server.args[: server.args.index("--port")], "--port", port]
            server.start()
            await running.move(17, 8)
            assert list(await running.event()) == ["server_reachable"]
            assert await running.event() == {"bonds_moved": {"moves": [FIRST], "bonds": [17]}}

    try:
        run(scenario())
    finally:
        server.stop()


@pytest.mark.parametrize(
    ("login", "path", "status"),
    [
        ({"api_password": "wr0ng-s3cret"}, "aggregators/", 401),
        ({"api_token": "wr0ng-t0ken"}, "aggregators/", 401),
        ({"api_username": "none@example.com", "api_password": "none-s3cret"}, "bonds_current/", 403),
    ],
)
def test_a_login_that_is_not_accepted_is_said_once_and_without_secrets(
    server: Running, caplog: pytest.LogCaptureFixture, login: dict[str, str], path: str, status: int
) -> None:
    caplog.set_level(logging.DEBUG)

    async def scenario() -> None:
        async with source(server, **login) as running:
            event = await running.event()
            assert f"{path}: HTTP {status}, " in event["server_unreachable"]["reason"]
            await running.asked("/aggregators/", 2)
            assert running.events.empty()
            assert [one for one in login.values() if one in json.dumps(event) and "s3cret" in one] == []

    run(scenario())
    assert len([one for one in caplog.records if one.levelno >= logging.WARNING]) == 1
    assert "s3cret" not in caplog.text
    assert "t0ken" not in caplog.text


def test_no_secret_is_in_events_and_logs(
    server: Running, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv("http_proxy", "http://proxy-user:pr0xy-s3cret@127.0.0.1:9")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    said = []

    async def scenario() -> None:
        async with source(server, api_url="http://bonding.example.com") as running:
            said.append(await running.event())
        async with watching(server) as running:
            server.faults(endless("aggregators/$", status=500, body={"detail": f"{PASSWORD} {TOKEN}"}))
            said.append(await running.event())

    run(scenario())
    text = json.dumps(said) + caplog.text
    assert text.count("server_unreachable") == 2
    assert [one for one in (*SECRETS, "pr0xy-s3cret") if one in text] == []


def test_a_certificate_is_verified_unless_told_otherwise(tmp_path: Path) -> None:
    certificate = self_signed(tmp_path)

    async def scenario(server: Running) -> None:
        async with source(server) as running:
            assert "CertificateError" in (await running.event())["server_unreachable"]["reason"]
        for trust in ({"ca_path": str(certificate)}, {"validate_certs": False}):
            async with watching(server, **trust) as running:
                await running.move(17, 8)
                assert "bonds_moved" in await running.event()
                await running.move(17, 7)
                assert "bonds_moved" in await running.event()

    arguments = ("--tls-cert", certificate, "--tls-key", certificate)
    with Running("lab.bondingadmin", "--seed", SEED, *arguments) as server:
        run(scenario(server))


def test_names_of_the_server_are_no_templates(server: Running) -> None:
    server.faults(
        endless("aggregators/7/bonds_current|8/bonds_current", alter={"name": "{{ lookup('pipe', 'id') }}\x1b"})
    )

    async def scenario() -> None:
        async with watching(server) as running:
            await running.move(17, 8)
            event = await running.event()
            assert event["bonds_moved"]["moves"][0]["name"] == "{ { lookup('pipe', 'id') }}\\x1b"

    run(scenario())
