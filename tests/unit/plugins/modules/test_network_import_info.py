# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""network_import_info: what it asks both sides, what it returns, and how it ends; recognition has tests of its own."""

from __future__ import annotations

import os
import pathlib
from types import SimpleNamespace
from typing import Any

import pytest
import yaml
from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule
from botocore.exceptions import ClientError

from ansible_collections.bonded.internet.plugins.module_utils._client import client
from ansible_collections.bonded.internet.plugins.module_utils._import.argument_spec import ARGUMENT_SPEC
from ansible_collections.bonded.internet.plugins.module_utils._import.folder import folder_warning
from ansible_collections.bonded.internet.plugins.module_utils._options import CONNECTION_SPEC
from ansible_collections.bonded.internet.plugins.modules import network_import_info
from tests.unit.plugins.api_objects import aggregator, bond, bond_interface, connected_ip, cpe_nat_ip, space
from tests.unit.plugins.modules.aws_module import documented, specified
from tests.unit.plugins.modules.test_network_plan import Recording
from tests.unit.plugins.scripted import LOGIN, call

UNJOINED = (
    "no instance that was read is joined to it (its address is 198.51.100.1), and no endpoint tells its private one: "
    "name its region (bonding_import_regions) or its instance (bonding_import_instances)"
)
LISTINGS = [
    "describe_addresses",
    "describe_instances",
    "describe_network_interfaces",
    "describe_route_tables",
    "describe_subnets",
    "describe_vpcs",
]
ELASTIC = {
    "AllocationId": "eipalloc-00000001",
    "PublicIp": "203.0.113.101",
    "NetworkInterfaceId": "eni-0000000a",
    "PrivateIpAddress": "10.1.0.77",
}


def address(private: str, public: str) -> dict[str, Any]:
    return {"PrivateIpAddress": private, "Association": {"PublicIp": public, "IpOwnerId": "amazon"}}


PRIMARY = {
    "NetworkInterfaceId": "eni-0000000a",
    "Attachment": {"DeviceIndex": 0, "InstanceId": "i-0000000a"},
    "SubnetId": "subnet-0000000a",
    "VpcId": "vpc-0000000a",
    "PrivateIpAddress": "10.1.0.11",
    "PrivateIpAddresses": [address("10.1.0.11", "203.0.113.7"), address("10.1.0.77", "203.0.113.101")],
    "Groups": [],
}
INSTANCE = {
    "InstanceId": "i-0000000a",
    "InstanceType": "c5.large",
    "Placement": {"AvailabilityZone": "eu-central-1a"},
    "State": {"Name": "running"},
    "VpcId": "vpc-0000000a",
    "SubnetId": "subnet-0000000a",
    "PrivateIpAddress": "10.1.0.11",
    "PublicIpAddress": "203.0.113.7",
    "NetworkInterfaces": [PRIMARY],
}
SUBNET = {
    "SubnetId": "subnet-0000000a",
    "VpcId": "vpc-0000000a",
    "CidrBlock": "10.1.0.0/24",
    "AvailabilityZone": "eu-central-1a",
}


class Ec2:
    """An account that answers from lists, with nothing for a filter by tags, and remembers the calls."""

    meta = SimpleNamespace(region_name="eu-central-1")

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.answers: dict[str, Any] = {
            "describe_instances": {"Reservations": [{"Instances": [INSTANCE]}]},
            "describe_addresses": {"Addresses": [ELASTIC]},
            "describe_network_interfaces": {"NetworkInterfaces": [PRIMARY]},
            "describe_subnets": {"Subnets": [SUBNET]},
        }

    def __getattr__(self, method: str) -> Any:
        def answer(**params: Any) -> Any:
            self.asked.append(method)
            by_tags = any(one["Name"].startswith("tag:") for one in params.get("Filters", ()))
            return {} if by_tags else self.answers.get(method, {})

        return answer


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Recording:
    found = Recording(
        spaces=[space("acme")],
        aggregators=[aggregator(7, "agg1")],
        bonds=[bond(17, "One"), bond(18, "Two")],
        bonds__17__interfaces=[bond_interface(172, "eth2")],
        bonds__17__connected_ips=[connected_ip(1, "192.168.1.1/24", 172)],
        bonds__17__cpe_nat_ips=[cpe_nat_ip(1, "10.1.0.77", "192.168.1.10")],
    )
    monkeypatch.setattr(client, "RequestsTransport", lambda _connection, _parallel: found)
    return found


@pytest.fixture
def ec2(monkeypatch: pytest.MonkeyPatch) -> Ec2:
    found = Ec2()
    monkeypatch.setattr(AnsibleAWSModule, "client", lambda *_args, **_options: found)
    return found


def run(monkeypatch: pytest.MonkeyPatch, **options: Any) -> dict[str, Any]:
    return call(monkeypatch, network_import_info.main, {**LOGIN, "network": "prod", **options})


def test_it_reads_the_addresses_of_all_bonds_and_more_only_of_those_that_have_one(
    server: Recording, ec2: Ec2, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(monkeypatch)
    parts = ("interfaces", "protocols", "filters", "bonds_current")
    expected = [f"aggregators/7/{part}/" for part in parts]
    expected += ["aggregators/", "spaces/", "bonds/", "bonds/17/cpe_nat_ips/", "bonds/18/cpe_nat_ips/"]
    expected += ["bonds/17/interfaces/", "bonds/17/connected_ips/"]
    assert sorted(server.asked) == sorted(("GET", path) for path in expected)


def test_it_lists_each_kind_on_aws_once_and_sends_reading_calls_alone(
    server: Recording, ec2: Ec2, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(monkeypatch)
    assert [name for name in LISTINGS if name not in ec2.asked] == []
    assert [name for name in ec2.asked if not name.startswith(("describe_", "get_"))] == []
    assert ec2.asked.count("describe_vpcs") <= 2


def test_an_elastic_ip_that_a_bond_names_is_placed_with_the_reason(
    server: Recording, ec2: Ec2, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = run(monkeypatch)
    assert found["changed"] is False
    assert found["hosts"] == {"agg1": {"ansible_host": "203.0.113.7", "aws_instance_id": "i-0000000a"}}
    assert found["placed"] == [
        {
            "object": "Elastic IP 203.0.113.101",
            "place": "bonding_cpe_nat_ips, bond-17",
            "reason": "on 10.1.0.77 of agg1, which is CPE NAT IP of bond 17 (One)",
        }
    ]
    assert found["not_placed"] == []
    assert found["variables"] == {
        "bonding_api_url": "https://bonding.example.com",
        "aws_region": "eu-central-1",
        "bonding_network": "prod",
        "bonding_manage_hosts": False,
        "bonding_cpe_nat_ips": [
            {
                "bond": "17",
                "interface": "eth2",
                "connected_ip": "192.168.1.1/24",
                "nat_ip": "192.168.1.10",
                "public_ip": "203.0.113.101",
                "private_ip": "10.1.0.77",
                "aggregator": "agg1",
            }
        ],
    }


def test_the_files_hold_what_the_module_returns_and_no_login(
    server: Recording, ec2: Ec2, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = run(monkeypatch, secret_key="very-secret", access_key="AKIA0000STANDIN00000", region="eu-central-1")
    files = {one["path"]: one["content"] for one in found["files"]}
    assert list(files) == ["hosts.yml", "group_vars/aggregators/network.yml", "import-report.md"]
    assert yaml.safe_load(files["hosts.yml"]) == {"aggregators": {"hosts": found["hosts"]}}
    assert yaml.safe_load(files["group_vars/aggregators/network.yml"]) == found["variables"]
    assert "Elastic IP 203.0.113.101" in files["import-report.md"]
    assert [text for text in files.values() if "secret" in text or "ops@example.com" in text] == []


def test_a_name_that_is_a_secret_is_refused(server: Recording, ec2: Ec2, monkeypatch: pytest.MonkeyPatch) -> None:
    found = run(monkeypatch, api_password="192.168.1.10")
    assert found["failed"]
    assert "Use another secret. Nothing was changed." in found["msg"]


def test_a_folder_with_a_file_of_an_import_is_refused_before_anything_is_asked(
    server: Recording, ec2: Ec2, monkeypatch: pytest.MonkeyPatch, tmp_path: pathlib.Path
) -> None:
    (tmp_path / "hosts.yml").write_text("", encoding="utf-8")
    found = run(monkeypatch, directory=str(tmp_path))
    assert found["msg"] == (
        f"{tmp_path}: has files of an import (got hosts.yml; expected none of these). Nothing was written. Choose "
        "another folder, or say -e bonding_import_overwrite=true."
    )
    assert (server.asked, ec2.asked) == ([], [])
    assert not run(monkeypatch, directory=str(tmp_path), overwrite=True).get("failed")


def test_a_folder_without_the_right_to_write_is_refused_before_anything_is_asked(
    server: Recording, ec2: Ec2, monkeypatch: pytest.MonkeyPatch, tmp_path: pathlib.Path
) -> None:
    access = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: path != str(tmp_path) and access(path, mode))  # root may all
    found = run(monkeypatch, directory=str(tmp_path / "new" / "inventory"), overwrite=True)
    assert found["msg"] == (
        f"{tmp_path}/new/inventory: cannot be written (got {tmp_path} without the right to write, expected that "
        "right). Nothing was written. Choose another folder, or correct its rights."
    )
    assert (server.asked, ec2.asked) == ([], [])


def test_some_other_files_of_an_inventory_are_named_and_more_are_mentioned(tmp_path: pathlib.Path) -> None:
    assert folder_warning(str(tmp_path / "new")) == ""
    (tmp_path / "old").mkdir()
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / ".git").mkdir()
    for name in [".git/config", "group_vars.bak", "old/hosts~", *(f"old/{number:02}" for number in range(12))]:
        (tmp_path / name).write_text("", encoding="utf-8")
    listed = ", ".join(f"old/{number:02}" for number in range(12))
    assert f"(got {listed}; expected none)" in folder_warning(str(tmp_path))
    (tmp_path / "old" / "12").write_text("", encoding="utf-8")
    assert f"(got {listed} and more; expected none)" in folder_warning(str(tmp_path))


@pytest.mark.parametrize("network", ["Prod", "a" * 17, ""])
def test_a_name_that_no_network_can_have_is_refused_before_anything_is_asked(
    network: str, server: Recording, ec2: Ec2, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = run(monkeypatch, network=network)
    assert found["failed"]
    assert f"network (bonding_network): {network!r} is not a name for a network" in found["msg"]
    assert (server.asked, ec2.asked) == ([], [])


def test_a_server_without_aggregators_is_refused(server: Recording, ec2: Ec2, monkeypatch: pytest.MonkeyPatch) -> None:
    server.collections["aggregators/"] = []
    assert "lists no aggregator" in run(monkeypatch)["msg"]


def test_an_instance_that_the_operator_gives_and_that_is_not_there_is_refused(
    server: Recording, ec2: Ec2, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = run(monkeypatch, instances={"agg1": "i-0000000b"})
    assert "there is no instance i-0000000b in region eu-central-1" in found["msg"]
    assert found["msg"].endswith("Nothing was changed.")


def test_an_aggregator_is_no_host_where_no_instance_has_its_address(
    server: Recording, ec2: Ec2, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.collections["aggregators/"] += [aggregator(8, "agg2", ip="198.51.100.1")]
    found = run(monkeypatch)
    assert list(found["hosts"]) == ["agg1"]
    assert {"object": "aggregator agg2 (id 8)", "reason": UNJOINED} in found["not_placed"]


def test_a_network_without_a_host_is_refused_with_the_regions(
    server: Recording, ec2: Ec2, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.collections["aggregators/"] = [aggregator(7, "agg1", ip="198.51.100.1")]
    assert run(monkeypatch)["msg"] == (
        "aggregators: none is joined to an instance in region eu-central-1 by public_ip (got agg1 (198.51.100.1)). "
        "Name their regions (bonding_import_regions), or join them otherwise (bonding_import_join, "
        "bonding_import_instances). Nothing was changed."
    )


def test_a_host_that_the_operator_has_joined_has_that_as_its_reason(
    server: Recording, ec2: Ec2, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.collections["aggregators/"] = [aggregator(7, "agg1", ip="198.51.100.1")]
    files = {one["path"]: one["content"] for one in run(monkeypatch, instances={"agg1": "i-0000000a"})["files"]}
    assert "| agg1 | 7 | i-0000000a | a tag or bonding_import_instances joins it |" in files["import-report.md"]


def test_a_failing_call_of_ec2_ends_its_sentence(server: Recording, ec2: Ec2, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_params: Any) -> Any:
        text = "There is no region 'eu-centrl-1'"
        raise ClientError({"Error": {"Code": "AuthFailure", "Message": text}}, "DescribeInstances")

    monkeypatch.setattr(ec2, "describe_instances", refuse, raising=False)
    assert run(monkeypatch)["msg"].endswith("There is no region 'eu-centrl-1'. Nothing was changed.")


def test_objects_with_ipv6_alone_are_passed_by(server: Recording, ec2: Ec2, monkeypatch: pytest.MonkeyPatch) -> None:
    other = {"AvailabilityZone": "eu-central-1a", "SubnetId": "subnet-0000000b", "VpcId": "vpc-0000000a"}
    ec2.answers["describe_subnets"]["Subnets"].append(other)
    interface = {"NetworkInterfaceId": "eni-0000000b", "SubnetId": "subnet-0000000b", "VpcId": "vpc-0000000a"}
    ec2.answers["describe_network_interfaces"]["NetworkInterfaces"].append(interface)
    server.collections["bonds/18/cpe_nat_ips/"] = [cpe_nat_ip(2, "2001:db8::7", "2001:db8:1::7")]
    found = run(monkeypatch)
    assert len(found["placed"]) == 1
    assert [one["object"] for one in found["not_placed"]] == ["CPE NAT IP 2001:db8::7 of bond 18 (Two)"]


def test_the_options_are_documented() -> None:
    given = specified({**CONNECTION_SPEC, **ARGUMENT_SPEC})
    own = {name: given[name] for name in documented(network_import_info)}
    assert own == documented(network_import_info)
    assert set(ARGUMENT_SPEC) <= set(own)
