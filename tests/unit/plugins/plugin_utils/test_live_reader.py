# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists of the inventory plugin: the requests to both sides, and the message of each that fails."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from botocore.exceptions import ClientError, ProfileNotFound

from ansible_collections.bonded.internet.plugins.module_utils._client import Response, client
from ansible_collections.bonded.internet.plugins.module_utils._live_inventory import (
    Aggregator,
    Bond,
    Instance,
    LiveInventoryError,
)
from ansible_collections.bonded.internet.plugins.plugin_utils import _live_reader
from ansible_collections.bonded.internet.plugins.plugin_utils._live_reader import InstanceReader, read_server
from tests.unit.plugins.api_objects import aggregator, bond
from tests.unit.plugins.scripted import API, LOGIN, reply

OPTIONS = {
    **LOGIN,
    "api_token": None,
    "validate_certs": True,
    "ca_path": None,
    "api_timeout": 30,
    "api_map": None,
}
LISTS = {
    "aggregators/": reply([aggregator(8, "agg2"), aggregator(7, "agg1", routing_group={"id": 2, "name": "old"})]),
    "bonds/": reply([bond(17, "b17", secondary_aggregator=f"{API}aggregators/8/")]),
    "routing_groups/": reply([{"id": 2, "url": f"{API}routing_groups/2/", "name": "Frankfurt"}]),
}


@dataclass
class Server:
    """Answers by path, in whatever order they are asked for."""

    answers: dict[str, Response]
    asked: list[str] = field(default_factory=list)

    def send(self, _method: str, url: str, _body: bytes | None, _headers: Any) -> Response:
        self.asked.append(url.removeprefix(API))
        return self.answers[self.asked[-1]]

    def close(self) -> None:
        pass


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Server:
    found = Server(dict(LISTS))
    monkeypatch.setattr(client, "RequestsTransport", lambda _connection, _parallel: found)
    return found


def test_server_is_asked_for_lists_alone(server: Server) -> None:
    aggregators, bonds, warnings = read_server(OPTIONS, groups=True)
    assert sorted(server.asked) == ["aggregators/", "bonds/", "routing_groups/"]
    common: dict[str, Any] = {"space": "root", "status": "up", "version": "6.6.2"}
    assert aggregators == [
        Aggregator(8, "agg2", ip="203.0.113.8", **common),
        Aggregator(7, "agg1", ip="203.0.113.7", routing_group="Frankfurt", **common),
    ]
    assert bonds == [Bond(17, "acme", 7, 8)]
    assert warnings == []


def test_routing_groups_are_read_only_where_they_make_groups(server: Server) -> None:
    read_server(OPTIONS, groups=False)
    server.answers["aggregators/"] = reply([aggregator(8, "agg2")])
    read_server(OPTIONS, groups=True)
    assert sorted(server.asked) == ["aggregators/", "aggregators/", "bonds/", "bonds/"]


def test_map_of_the_servers_names_counts(server: Server) -> None:
    told = aggregator(7, "agg1")
    told["address"] = told.pop("ip")
    server.answers |= {"nodes/agg/": reply([told])}
    api_map = {"paths": {"aggregator": "nodes/agg/"}, "fields": {"aggregator": {"ip": "address"}}}
    (found,), _bonds, _warnings = read_server({**OPTIONS, "api_map": api_map}, groups=True)
    assert found.ip == "203.0.113.7"
    with pytest.raises(LiveInventoryError, match="api_map: paths: 'nothing_such' is not known"):
        read_server({**OPTIONS, "api_map": {"paths": {"nothing_such": "a/"}}}, groups=True)


def test_server_that_refuses_is_one_sentence(server: Server) -> None:
    server.answers["bonds/"] = reply({"detail": "No permission."}, 403)
    with pytest.raises(LiveInventoryError) as caught:
        read_server(OPTIONS, groups=True)
    (text,) = caught.value.problems
    assert "GET bonds/" in text
    assert "403" in text


def test_answer_that_is_none_is_one_sentence(server: Server) -> None:
    server.answers["aggregators/"] = reply([aggregator(7, "agg1", ip=5)])
    with pytest.raises(LiveInventoryError, match="aggregators/7/: the server's answer cannot be used: ip: "):
        read_server(OPTIONS, groups=True)


def test_unencrypted_connection_is_warned_of(server: Server) -> None:
    *_lists, warnings = read_server({**OPTIONS, "validate_certs": False}, groups=False)
    (text,) = warnings
    assert text.startswith("validate_certs is false")


@dataclass
class Cloud:
    """EC2 and the sessions of boto3: instances or an error code by region."""

    regions: dict[str, list[str] | str]
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    sessions: list[dict[str, Any]] = field(default_factory=list)
    clients: list[dict[str, Any]] = field(default_factory=list)
    region_name: str | None = None

    def session(self, **credentials: Any) -> Cloud:
        if credentials["profile_name"] == "nobody":
            raise ProfileNotFound(profile="nobody")
        self.sessions.append(credentials)
        return self

    def client(self, service: str, **given: Any) -> Region:
        self.clients.append({"service": service, **given})
        return Region(self, given["region_name"])


@dataclass
class Region:
    """EC2 in one region."""

    cloud: Cloud
    name: str

    def describe_instances(self, **given: Any) -> dict[str, Any]:
        self.cloud.asked.append((self.name, given))
        found = self.cloud.regions[self.name]
        if isinstance(found, str):
            raise ClientError({"Error": {"Code": found, "Message": "because"}}, "DescribeInstances")
        first = "NextToken" not in given
        page = found[:1] if first else found[1:]
        answer = {"Reservations": [{"Instances": [{"InstanceId": number}]} for number in page]}
        return {**answer, "NextToken": "more"} if first and len(found) > 1 else answer


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Cloud:
    found = Cloud({"eu-central-1": ["i-2", "i-1"], "eu-west-1": ["i-3"]})
    monkeypatch.setattr(_live_reader.boto3.session, "Session", found.session)
    return found


def test_instances_of_all_regions_each_once(cloud: Cloud) -> None:
    reader = InstanceReader({"regions": ["eu-west-1", "eu-central-1"], "access_key": "AKIA", "secret_key": "s "})
    assert reader.result() == [
        Instance("i-1", "eu-central-1", state="unknown"),
        Instance("i-2", "eu-central-1", state="unknown"),
        Instance("i-3", "eu-west-1", state="unknown"),
    ]
    assert reader.searched == "region eu-central-1, region eu-west-1"
    filters = [{"Name": "instance-state-name", "Values": ["pending", "running", "stopping", "stopped"]}]
    assert sorted(cloud.asked, key=lambda one: (one[0], len(one[1]))) == [
        ("eu-central-1", {"Filters": filters, "MaxResults": 1000}),
        ("eu-central-1", {"Filters": filters, "MaxResults": 1000, "NextToken": "more"}),
        ("eu-west-1", {"Filters": filters, "MaxResults": 1000}),
    ]
    assert cloud.sessions == [
        {
            "aws_access_key_id": "AKIA",
            "aws_secret_access_key": "s",
            "aws_session_token": None,
            "profile_name": None,
        }
    ]
    assert [one["verify"] for one in cloud.clients] == [True, True]


def test_each_profile_is_an_account(cloud: Cloud) -> None:
    reader = InstanceReader({"regions": ["eu-west-1"], "profiles": ["a", "b"], "filters": {"tag:Role": 42}})
    assert [one.id for one in reader.result()] == ["i-3"]
    assert [one["profile_name"] for one in cloud.sessions] == ["a", "b"]
    assert reader.searched == "region eu-west-1 of profile a, region eu-west-1 of profile b"
    assert cloud.asked[0][1]["Filters"][1] == {"Name": "tag:Role", "Values": ["42"]}


def test_region_of_botos_own_configuration(cloud: Cloud) -> None:
    cloud.region_name = "eu-west-1"
    assert [one.id for one in InstanceReader({}).result()] == ["i-3"]
    cloud.region_name = None
    with pytest.raises(LiveInventoryError, match="AWS: no region is given. Set regions, or .* AWS_REGION."):
        InstanceReader({})


@pytest.mark.parametrize(
    "code, said",
    [
        ("OptInRequired", "The account has not enabled this region: leave it out of regions."),
        ("AuthFailure", "The keys are not valid in this region, or the account has not enabled it."),
        ("ExpiredToken", "Log in again, and give the new session token."),
        ("RequestExpired", "Log in again, and give the new session token; or set this machine's clock."),
        ("UnauthorizedOperation", "the credentials lack the IAM right ec2:DescribeInstances."),
        ("InvalidParameterValue", "EC2 call DescribeInstances failed: InvalidParameterValue: because."),
    ],
)
def test_region_that_refuses_is_an_error_with_its_name(cloud: Cloud, code: str, said: str) -> None:
    cloud.regions["eu-west-1"] = code
    with pytest.raises(LiveInventoryError) as caught:
        InstanceReader({"regions": ["eu-central-1", "eu-west-1"]}).result()
    (text,) = caught.value.problems
    assert text.startswith("AWS, region eu-west-1: EC2 call DescribeInstances failed: ")
    assert said in text
    cloud.regions["eu-central-1"] = code
    with pytest.raises(LiveInventoryError, match="2 problems"):
        InstanceReader({"regions": ["eu-central-1", "eu-west-1"]}).result()


def test_keys_beside_profiles_and_unknown_profiles_are_refused(cloud: Cloud) -> None:
    with pytest.raises(LiveInventoryError, match="AWS: keys and profiles are given") as caught:
        InstanceReader({"regions": ["eu-west-1"], "profiles": ["a"], "access_key": "AKIA", "secret_key": "S3cr3t"})
    assert "S3cr3t" not in str(caught.value)
    with pytest.raises(LiveInventoryError, match="AWS, profile nobody: The config profile"):
        InstanceReader({"profiles": ["nobody"]})
    with pytest.raises(LiveInventoryError, match="AWS, region eu-west-1 of profile nobody: The config profile"):
        InstanceReader({"regions": ["eu-west-1"], "profiles": ["nobody"]})
    assert cloud.asked == []


def test_secret_that_no_header_can_carry_is_not_shown(cloud: Cloud) -> None:
    with pytest.raises(LiveInventoryError, match="session_token .AWS_SESSION_TOKEN.") as caught:
        InstanceReader({"regions": ["eu-west-1"], "session_token": "S3 cr3t"})
    assert "cr3t" not in str(caught.value)
    assert cloud.clients == []
