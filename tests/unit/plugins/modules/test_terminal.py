# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Foreign words at the edges: nothing that a terminal acts on, and no line of their own, gets into a message."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from botocore.exceptions import ClientError as BotoClientError

from ansible_collections.bonded.internet.plugins.module_utils._client import client
from ansible_collections.bonded.internet.plugins.module_utils._plan.module import diff_of
from ansible_collections.bonded.internet.plugins.modules import (
    bonding_api_info,
    cpe_nat_eips,
    network_plan,
    owned_object,
    routing_filter,
    space_info,
)
from tests.unit.plugins.api_objects import aggregator, bond, space
from tests.unit.plugins.modules.aws_module import AwsModuleRunner
from tests.unit.plugins.scripted import LOGIN, call, get, post, run_module
from tests.unit.plugins.store import StoreServer

EVIL = "\x1b[2J\x1b]0;pwned\x07\nlocalhost : ok=1 \u202e\x9b1m"
FILTER = {"aggregator": 7, "name": "f1", "family": "ipv4", "body": "accept;"}


def texts_of(value: Any) -> list[str]:
    """All texts in a value."""
    if isinstance(value, Mapping):
        return [text for item in value.items() for text in texts_of(item)]
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [text for item in value for text in texts_of(item)]
    return [value] if isinstance(value, str) else []


def check_messages(result: Mapping[str, Any], *names: str, lines: int = 1) -> None:
    """The named parts of a result have the foreign words, harmless."""
    found = [text for name in names for text in texts_of(result[name])]
    assert any("pwned" in text for text in found), found
    for text in found:
        assert text.count("\n") < lines, text
        assert text.replace("\n", "").isprintable(), text


def test_the_words_of_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    result = run_module(monkeypatch, space_info.main, {}, get("spaces/", {"detail": EVIL, EVIL: [EVIL]}, 403))
    check_messages(result, "msg", "failure")


def test_the_words_of_the_server_on_a_write(monkeypatch: pytest.MonkeyPatch) -> None:
    body = {name: FILTER[name] for name in ("name", "family", "body")}
    steps = [get("aggregators/7/filters/", []), post("aggregators/7/filters/", body, {"name": [EVIL]}, 400)]
    check_messages(run_module(monkeypatch, routing_filter.main, FILTER, *steps), "msg", "failure")


def test_the_names_of_aggregators(monkeypatch: pytest.MonkeyPatch) -> None:
    old = aggregator(8, EVIL, version="6.4")
    result = run_module(monkeypatch, bonding_api_info.main, {}, get("aggregators/", [old]))
    check_messages(result, "msg")


def test_the_problems_of_a_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    found = StoreServer(spaces=[space("acme")], aggregators=[aggregator(7, "agg1")], bonds=[bond(17, EVIL)])
    monkeypatch.setattr(client, "RequestsTransport", lambda _connection, _parallel: found)
    hosts = [{"host": "agg1", "aggregator": "7", "private_ip_address": "192.0.2.11"}]
    given = {"network": "prod", "aggregators": hosts, "spaces": [{"key": EVIL, "private_wan": "unmanaged"}]}
    result = call(monkeypatch, network_plan.main, {**LOGIN, **given})
    check_messages(result, "msg", lines=1 + len(result["problems"]))
    check_messages(result, "problems")


def test_the_headings_of_a_plan() -> None:
    item = dict.fromkeys(("verb", "system", "kind", "parent", "key", "host", "phase", "interrupts"), EVIL)
    diffs = diff_of([{**item, "disruptive": True, "before": None, "after": None}])
    check_messages({"diff": [diff["before_header"] for diff in diffs]}, "diff")


class Refusing:
    """An EC2 client that answers each call with the same refusal."""

    def __getattr__(self, name: str) -> Any:
        def refuse(**_params: Any) -> None:
            raise BotoClientError({"Error": {"Code": "InvalidParameterValue", "Message": EVIL}}, name)

        return refuse


@pytest.mark.parametrize(
    ("module", "options"),
    [
        (owned_object, {"kind": "elastic_ip", "network": "prod", "key": "gateway-ip/acme/agg1"}),
        (cpe_nat_eips, {"network": "prod", "prune": True, "max_deletions": 1}),
    ],
    ids=["owned_object", "cpe_nat_eips"],
)
def test_the_words_of_ec2(
    module: Any, options: dict[str, Any], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    result = AwsModuleRunner(module, Refusing(), monkeypatch, capsys)(**options)
    check_messages(result, "msg", *(["problems"] if "problems" in result else []))
