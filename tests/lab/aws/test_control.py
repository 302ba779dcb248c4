# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The control API: state, log, quotas, copies, reset; and the server itself."""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
import threading
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from botocore.exceptions import BotoCoreError, ClientError

from lab.process import ROOT, LabError, Running

from .conftest import Lab, client
from .signing import scope

SIGNED_FORM = {"Content-Type": "application/x-www-form-urlencoded", "Authorization": scope()}


def test_ready(lab: Lab) -> None:
    assert lab.server.control("GET", "ready") == {"ready": True, "region": "eu-central-1"}


def test_the_state(lab: Lab) -> None:
    state = lab.server.state()
    assert (state["region"], state["account_id"], state["quotas"]["elastic_ips"]) == ("eu-central-1", "123456789012", 5)
    interface = next(one for one in state["network_interfaces"] if one["id"] == "eni-0a000001")
    attachment = interface.pop("attachment")
    assert (attachment.pop("id")[:11], attachment) == (
        "eni-attach-",
        {"instance_id": "i-0a000001", "device_index": 0, "delete_on_termination": True},
    )
    association = interface["addresses"][2]["association"].pop("association_id")
    assert interface.pop("mac").startswith("02:")
    assert interface == {
        "id": "eni-0a000001",
        "type": "interface",
        "status": "in-use",
        "description": "",
        "zone": "eu-central-1a",
        "vpc_id": "vpc-0a000000",
        "subnet_id": "subnet-0a00000a",
        "source_dest_check": True,
        "security_group_ids": ["sg-0a000001"],
        "private_ip": "10.0.1.10",
        "addresses": [
            {
                "private_ip": "10.0.1.10",
                "primary": True,
                "association": {
                    "public_ip": "198.51.100.201",
                    "owner": "amazon",
                    "allocation_id": None,
                    "association_id": None,
                },
            },
            {"private_ip": "10.0.1.20", "primary": False, "association": None},
            {
                "private_ip": "10.0.1.21",
                "primary": False,
                "association": {
                    "public_ip": "203.0.113.103",
                    "owner": "123456789012",
                    "allocation_id": "eipalloc-0a000003",
                },
            },
        ],
        "ipv6_addresses": [],
        "tags": {},
    }
    assert state["addresses"][2] == {
        "id": "eipalloc-0a000003",
        "allocation_id": "eipalloc-0a000003",
        "public_ip": "203.0.113.103",
        "pool": "amazon",
        "reverse_dns": None,
        "association_id": association,
        "instance_id": "i-0a000001",
        "network_interface_id": "eni-0a000001",
        "private_ip": "10.0.1.21",
        "tags": {"Name": "bound"},
    }
    assert state["instances"][0] == {
        "id": "i-0a000001",
        "type": "t3.medium",
        "state": "running",
        "zone": "eu-central-1a",
        "vpc_id": "vpc-0a000000",
        "subnet_id": "subnet-0a00000a",
        "private_ip": "10.0.1.10",
        "public_ip": "198.51.100.201",
        "network_interface_ids": ["eni-0a000001", "eni-0a00000d"],
        "tags": {"Name": "agg1", "role": "aggregator"},
    }
    assert state["route_tables"][0] == {
        "id": "rtb-0a000000",
        "vpc_id": "vpc-0a000000",
        "main": True,
        "subnet_ids": [],
        "routes": [
            {"destination": "0.0.0.0/0", "target": "igw-0a000000", "state": "active", "origin": "CreateRoute"},
            {"destination": "10.0.0.0/16", "target": "local", "state": "active", "origin": "CreateRouteTable"},
        ],
        "tags": {},
    }
    assert state["route_tables"][1]["subnet_ids"] == ["subnet-0a00000b"]
    assert state["security_groups"][1]["ingress"] == [
        {"protocol": "tcp", "from_port": 179, "to_port": 179, "peer": "10.0.0.0/8"},
        {"protocol": "udp", "from_port": 4789, "to_port": 4789, "peer": "sg-0a000001"},
    ]
    assert {"id": "igw-0a000000", "vpc_id": "vpc-0a000000", "tags": {}} in state["internet_gateways"]
    assert state["pools"] == [{"id": "ipv4pool-ec2-0a000000", "cidr": "192.0.2.0/31", "tags": {"Name": "pool"}}]
    assert [one["id"] for one in state["vpcs"]] == ["vpc-0a000000", "vpc-0b000000", "vpc-0c000000"]
    assert state["subnets"][0]["free_addresses"] == 244
    assert state["nat_gateways"] == []
    # Another region is empty.
    other = lab.server.control("GET", "state?region=eu-west-1")
    assert [other[name] for name in ("vpcs", "instances", "addresses")] == [[], [], []]


def change_much(lab: Lab) -> None:
    """One change of each kind of object."""
    lab.ec2.release_address(AllocationId="eipalloc-0a000002")
    lab.ec2.associate_address(
        AllocationId="eipalloc-0a000001", NetworkInterfaceId="eni-0a000001", PrivateIpAddress="10.0.1.20"
    )
    lab.ec2.create_route(
        RouteTableId="rtb-0a000000", DestinationCidrBlock="172.16.0.0/12", NetworkInterfaceId="eni-0a00000d"
    )
    lab.ec2.terminate_instances(InstanceIds=["i-0a000002"])
    lab.ec2.create_tags(Resources=["vpc-0a000000"], Tags=[{"Key": "b", "Value": "c"}])
    made = lab.ec2.allocate_address(Domain="vpc")["AllocationId"]
    lab.ec2.create_nat_gateway(SubnetId="subnet-0a00000a", AllocationId=made)
    lab.ec2.create_vpc(CidrBlock="10.9.0.0/16", AmazonProvidedIpv6CidrBlock=True)
    lab.ec2.delete_security_group(GroupId="sg-0a000002")
    lab.server.control("POST", "quotas", {"vpcs": 9})


def test_reset_is_the_seed(lab: Lab) -> None:
    before = lab.server.state()
    change_much(lab)
    lab.server.faults([{"action": "CreateVpc", "code": "RequestLimitExceeded"}])
    assert lab.server.state() != before
    lab.server.reset()
    assert lab.server.state() == before
    assert lab.server.pending_faults() == []


def test_a_copy_is_everything(lab: Lab) -> None:
    change_much(lab)
    lab.server.save("changed")
    changed, described = lab.server.state(), lab.ec2.describe_network_interfaces()["NetworkInterfaces"]
    lab.server.reset()
    lab.server.save("seed")
    lab.server.load("changed")
    assert lab.server.state() == changed
    assert lab.ec2.describe_network_interfaces()["NetworkInterfaces"] == described
    # What is loaded lives: the rules know its objects, and the copy does not change with it.
    lab.ec2.terminate_instances(InstanceIds=["i-0a000001"])
    assert (lab.route("rtb-0a000000", "172.16.0.0/12") or {})["State"] == "blackhole"
    assert "AssociationId" not in lab.address("eipalloc-0a000001")
    lab.server.load("changed")
    assert lab.server.state() == changed
    # The same requests have the same outcome, ids included.
    first = lab.ec2.allocate_address(Domain="vpc")
    lab.server.load("changed")
    again = lab.ec2.allocate_address(Domain="vpc")
    assert (again["AllocationId"], again["PublicIp"]) == (first["AllocationId"], first["PublicIp"])
    lab.server.load("seed")
    assert len(lab.server.state()["instances"]) == 3


def test_a_copy_in_a_folder_is_another_run_s_too(tmp_path: Path) -> None:
    seed = Path(__file__).parent / "seed.yml"
    with Running("lab.aws", "--seed", seed, "--copies", tmp_path) as first:
        client(first.url).create_vpc(CidrBlock="10.77.0.0/16")
        first.save("built")
        built = first.state()
    with Running("lab.aws", "--seed", seed, "--copies", tmp_path) as second:
        assert second.state() != built
        second.load("built")
        assert second.state() == built
        # What is loaded lives.
        client(second.url).create_subnet(VpcId=built["vpcs"][-1]["id"], CidrBlock="10.77.1.0/24")


def test_no_such_copy(lab: Lab) -> None:
    with pytest.raises(LabError, match="there is no copy 'nothing'"):
        lab.server.load("nothing")


def test_the_log(lab: Lab) -> None:
    lab.ec2.describe_vpcs(Filters=[{"Name": "tag:Name", "Values": ["a", "b"]}])
    with pytest.raises(lab.ec2.exceptions.ClientError):
        lab.ec2.delete_vpc(VpcId="vpc-0f000000")
    lab.client("sts").get_caller_identity()
    first, second, third = lab.server.log()
    params = {"Filter.1.Name": "tag:Name", "Filter.1.Value.1": "a", "Filter.1.Value.2": "b"}
    assert (first["action"], first["status"], first["params"], first["error"]) == ("DescribeVpcs", 200, params, None)
    assert (first["service"], first["region"], first["fault"]) == ("ec2", "eu-central-1", None)
    assert (second["action"], second["status"], second["error"]) == ("DeleteVpc", 400, "InvalidVpcID.NotFound")
    assert second["message"] == "The vpc ID 'vpc-0f000000' does not exist"
    assert (third["action"], third["service"]) == ("GetCallerIdentity", "sts")
    assert [second["n"] - first["n"], third["n"] - second["n"]] == [1, 1]
    assert first["t"] <= second["t"] <= third["t"]
    assert first["ms"] >= 0
    lab.server.clear_log()
    assert lab.server.log() == []


def test_sts(lab: Lab) -> None:
    assert lab.client("sts").get_caller_identity()["Account"] == "123456789012"


def test_requests_are_carried_out_one_by_one(lab: Lab) -> None:
    lab.server.control("POST", "quotas", {"elastic_ips": 40})

    def work() -> None:
        own = lab.client()
        for _ in range(4):
            own.create_network_interface(SubnetId="subnet-0a00000a")
            own.allocate_address(Domain="vpc")

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    state = lab.server.state()
    private = [one["private_ip"] for one in state["network_interfaces"]]
    public = [one["public_ip"] for one in state["addresses"]]
    assert (len(private), len(set(private))) == (39, 39)
    assert (len(public), len(set(public))) == (35, 35)


def test_connections_are_kept_open(lab: Lab) -> None:
    connection = http.client.HTTPConnection(urlsplit(lab.server.url).netloc, timeout=10)
    for _ in range(3):
        connection.request(
            "POST",
            "/",
            "Action=DescribeVpcs&Version=2016-11-15",
            SIGNED_FORM,
        )
        answer = connection.getresponse()
        assert (answer.status, b"vpc-0a000000" in answer.read()) == (200, True)
        assert (answer.version, connection.sock is not None) == (11, True)
    connection.close()


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("Action=DescribeNothing&Version=2016-11-15", "InvalidAction"),
        ("Version=2016-11-15", "MissingAction"),
        ("", "MissingAction"),
    ],
)
def test_nonsense_is_answered_in_xml(lab: Lab, body: str, code: str) -> None:
    connection = http.client.HTTPConnection(urlsplit(lab.server.url).netloc, timeout=10)
    connection.request("POST", "/", body, SIGNED_FORM)
    answer = connection.getresponse()
    assert (answer.status, f"<Code>{code}</Code>" in answer.read().decode()) == (400, True)
    connection.close()


def test_other_services_and_regions_are_refused(lab: Lab) -> None:
    other = lab.client("sns")
    with pytest.raises(other.exceptions.ClientError, match="UnknownService.*EC2, STS and IAM, not 'sns'"):
        other.list_topics()
    nowhere = lab.client(region="eu-nowhere-1")
    with pytest.raises(nowhere.exceptions.ClientError, match="There is no region 'eu-nowhere-1'"):
        nowhere.describe_vpcs()


@pytest.mark.parametrize(
    ("method", "path", "body", "words"),
    [
        ("POST", "quotas", {"wheels": 4}, "'wheels' is unknown; there are: elastic_ips"),
        ("POST", "quotas", {"vpcs": "many"}, "vpcs: 'many' is not a whole number"),
        ("POST", "quotas", [1], "an object is wanted"),
        ("POST", "save", None, "say \\?name=x"),
        ("POST", "save?name=../seed", None, "letters, digits"),
        ("POST", "load?name=a/b", None, "letters, digits"),
        ("GET", "nothing", None, "there is no GET nothing; there are: GET ready"),
        ("GET", "state?region=mars", None, "there is no region 'mars'"),
    ],
)
def test_wrong_control_requests(lab: Lab, method: str, path: str, body: object, words: str) -> None:
    with pytest.raises(LabError, match=words):
        lab.server.control(method, path, body)


def test_the_log_file(tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    with Running("lab.aws", log=log) as running:
        ec2 = client(running.url, region="us-east-1")
        ec2.describe_vpcs()
        running.clear_log()
        ec2.describe_subnets()
        ec2.close()
        lines = [json.loads(line) for line in log.read_text().splitlines()]
        assert [(one["n"], one["action"]) for one in lines] == [(1, "DescribeVpcs"), (2, "DescribeSubnets")]
        assert running.log() == lines[1:]
        assert running.state()["vpcs"] == []
        assert running.stop() == 0


def run(*code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *code], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)


def test_another_moto_is_refused() -> None:
    program = (
        "import lab.aws.__main__ as program\n"
        "program.metadata.version = lambda name: '5.9.9'\n"
        "raise SystemExit(program.main(['--port', '0']))"
    )
    ended = run("-c", program)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.strip() == (
        "lab.aws works with moto 5.2.5 only, but moto 5.9.9 is installed: pip install 'moto[ec2]==5.2.5'"
    )


def test_a_missing_seed_is_named(tmp_path: Path) -> None:
    ended = run("-m", "lab.aws", "--seed", str(tmp_path / "none.yml"))
    assert ended.returncode == 2
    assert ended.stderr.strip() == f"{tmp_path / 'none.yml'}: cannot be read: No such file or directory"


def test_history_is_a_copy_after_each_write(lab: Lab) -> None:
    states = [lab.server.state()]
    lab.server.begin_history()
    lab.server.faults([{"action": "ReleaseAddress", "kind": "lost"}])
    made = lab.ec2.allocate_address(Domain="vpc")["AllocationId"]
    states.append(lab.server.state())
    lab.ec2.describe_addresses()
    with pytest.raises(ClientError):
        lab.ec2.create_vpc(CidrBlock="10.77.0.0/8")
    with pytest.raises(BotoCoreError):
        lab.ec2.release_address(AllocationId=made)
    states.append(lab.server.state())
    assert [(entry["n"], entry["what"]) for entry in lab.server.history()] == [
        (1, "AllocateAddress"),
        (2, "ReleaseAddress"),
    ]
    for number in (1, 0, 2):
        lab.server.load(f"write-{number}")
        assert lab.server.state() == states[number]
    lab.server.end_history()
    assert lab.server.history() == []
    with pytest.raises(LabError, match="there is no copy 'write-1'"):
        lab.server.load("write-1")
