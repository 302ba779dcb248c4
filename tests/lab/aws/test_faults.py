# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Faults on demand: errors, delays, broken connections, lost answers, eventual consistency."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from botocore.exceptions import ConnectionClosedError, ReadTimeoutError

from lab.process import LabError

from .conftest import Lab, refused

ConnectionLost = (ConnectionClosedError, ReadTimeoutError)


def test_an_error_so_often(lab: Lab) -> None:
    lab.server.faults(
        [{"action": "Describe(Vpcs|Subnets)", "code": "RequestLimitExceeded", "message": "Slow down.", "count": 2}]
    )
    lab.ec2.describe_internet_gateways()
    with refused("RequestLimitExceeded", "Slow down."):
        lab.ec2.describe_vpcs()
    assert lab.server.pending_faults()[0]["count"] == 1
    with refused("RequestLimitExceeded"):
        lab.ec2.describe_subnets()
    assert lab.server.pending_faults() == []
    lab.ec2.describe_vpcs()
    logged = [(one["action"], one["status"], one["error"], one["fault"]) for one in lab.server.log()]
    assert logged == [
        ("DescribeInternetGateways", 200, None, None),
        ("DescribeVpcs", 503, "RequestLimitExceeded", "error"),
        ("DescribeSubnets", 503, "RequestLimitExceeded", "error"),
        ("DescribeVpcs", 200, None, None),
    ]


def test_an_error_after_some(lab: Lab) -> None:
    lab.server.faults([{"action": "AllocateAddress", "code": "AddressLimitExceeded", "after": 1, "status": 400}])
    lab.ec2.allocate_address(Domain="vpc")
    with refused("AddressLimitExceeded"):
        lab.ec2.allocate_address(Domain="vpc")
    assert len(lab.server.state()["addresses"]) == 4


def test_an_error_always(lab: Lab) -> None:
    lab.server.faults([{"action": "CreateVpc", "count": None, "code": "VpcLimitExceeded"}])
    for _ in range(3):
        with refused("VpcLimitExceeded"):
            lab.ec2.create_vpc(CidrBlock="10.9.0.0/16")
    lab.server.faults([])
    lab.ec2.create_vpc(CidrBlock="10.9.0.0/16")


def test_throttling_is_overcome_by_retries(lab: Lab) -> None:
    lab.server.faults([{"action": "DescribeVpcs", "code": "RequestLimitExceeded"}])
    assert len(lab.client(attempts=3).describe_vpcs()["Vpcs"]) == 3
    assert [one["status"] for one in lab.server.log()] == [503, 200]


def test_sts_has_errors_of_its_own_shape(lab: Lab) -> None:
    sts = lab.client("sts")
    lab.server.faults([{"action": "GetCallerIdentity", "code": "ExpiredToken", "message": "Too late."}])
    with pytest.raises(sts.exceptions.ClientError, match="ExpiredToken.*Too late"):
        sts.get_caller_identity()


def test_a_delay(lab: Lab) -> None:
    lab.server.faults([{"action": "DescribeVpcs", "kind": "delay", "seconds": 0.5}])
    started = time.monotonic()
    assert len(lab.ec2.describe_vpcs()["Vpcs"]) == 3
    assert time.monotonic() - started >= 0.5
    assert lab.server.log()[0]["ms"] >= 500


def test_a_broken_connection_does_nothing(lab: Lab) -> None:
    lab.server.faults([{"action": "AllocateAddress", "kind": "broken"}])
    with pytest.raises(ConnectionLost):
        lab.ec2.allocate_address(Domain="vpc")
    assert len(lab.server.state()["addresses"]) == 3
    logged = lab.server.log()[0]
    assert (logged["action"], logged["status"], logged["fault"]) == ("AllocateAddress", 0, "broken")


def test_a_lost_answer_is_done(lab: Lab) -> None:
    lab.server.faults([{"action": "AllocateAddress", "kind": "lost"}])
    with pytest.raises(ConnectionLost):
        lab.ec2.allocate_address(Domain="vpc")
    assert len(lab.server.state()["addresses"]) == 4
    lab.ec2.describe_addresses()


def test_a_lost_answer_makes_one_interface_thanks_to_its_token(lab: Lab) -> None:
    lab.server.faults([{"action": "CreateNetworkInterface", "kind": "lost"}])
    patient = lab.client(attempts=3)
    made = patient.create_network_interface(SubnetId="subnet-0a00000a")["NetworkInterface"]["NetworkInterfaceId"]
    assert [one["action"] for one in lab.server.log()] == ["CreateNetworkInterface"] * 2
    assert len(lab.server.state()["network_interfaces"]) == 8
    assert lab.interface(made)["Status"] == "available"


def test_what_was_made_is_hidden_for_some_requests(lab: Lab) -> None:
    lab.server.faults([{"action": "CreateSubnet", "kind": "hidden", "calls": 3}])
    made = lab.ec2.create_subnet(VpcId="vpc-0a000000", CidrBlock="10.0.9.0/24")["Subnet"]["SubnetId"]
    # Requests that would not see it anyway do not count.
    lab.ec2.describe_vpcs()
    assert made not in [one["SubnetId"] for one in lab.ec2.describe_subnets()["Subnets"]]
    with refused("InvalidSubnetID.NotFound"):
        lab.ec2.describe_subnets(SubnetIds=[made])
    with refused("InvalidSubnetID.NotFound", made):
        lab.ec2.modify_subnet_attribute(SubnetId=made, MapPublicIpOnLaunch={"Value": True})
    assert made in [one["SubnetId"] for one in lab.ec2.describe_subnets()["Subnets"]]
    lab.ec2.modify_subnet_attribute(SubnetId=made, MapPublicIpOnLaunch={"Value": True})


def test_what_was_made_is_hidden_for_some_time(lab: Lab) -> None:
    lab.server.faults([{"action": "AllocateAddress", "kind": "hidden", "seconds": 0.6}])
    made = lab.ec2.allocate_address(Domain="vpc")["AllocationId"]
    with refused("InvalidAllocationID.NotFound"):
        lab.ec2.associate_address(AllocationId=made, NetworkInterfaceId="eni-0a000001")
    time.sleep(0.7)
    lab.ec2.associate_address(AllocationId=made, NetworkInterfaceId="eni-0a000001")


def test_an_error_after_the_action_was_done(lab: Lab) -> None:
    lab.server.faults([{"action": "CreateVpc", "kind": "failed"}])
    with refused("InternalError"):
        lab.ec2.create_vpc(CidrBlock="10.9.0.0/16")
    assert lab.server.log()[-1]["status"] == 500
    assert "10.9.0.0/16" in [one["CidrBlock"] for one in lab.ec2.describe_vpcs()["Vpcs"]]


def test_a_held_request_waits_for_its_release_and_others_go_on(lab: Lab) -> None:
    lab.server.faults([{"action": ".*", "kind": "hold", "after": 1}])
    lab.ec2.describe_vpcs()
    with ThreadPoolExecutor() as pool:
        held = pool.submit(lab.ec2.create_vpc, CidrBlock="10.9.0.0/16")
        while lab.server.control("GET", "held") != ["CreateVpc"]:
            assert not held.done()
        assert len(lab.client().describe_vpcs()["Vpcs"]) == 3
        lab.server.control("POST", "release")
        assert held.result(timeout=10)["Vpc"]["CidrBlock"] == "10.9.0.0/16"
    assert lab.server.control("GET", "held") == []


def test_a_waiter_waits_for_what_is_hidden(lab: Lab) -> None:
    lab.server.faults([{"action": "CreateVpc", "kind": "hidden", "calls": 2}])
    made = lab.ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    lab.ec2.get_waiter("vpc_exists").wait(VpcIds=[made], WaiterConfig={"Delay": 0, "MaxAttempts": 5})
    assert [one["status"] for one in lab.server.log()[1:]] == [400, 400, 200]


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ({"acton": "x"}, "the key 'acton' is unknown; there are: action, kind"),
        ({"kind": "flood"}, "kind: 'flood' is none of error, delay, broken, lost, failed, hidden, hold"),
        ({"count": -1}, "count: -1 is neither null nor a whole number"),
        ({"after": "2"}, "after: '2' is not a whole number"),
        ({"seconds": "2"}, "seconds: '2' is not a number"),
        ({"status": 200}, "status: 200 is not an HTTP status"),
        ({"action": "("}, "is not a regular expression"),
        ({"kind": "hidden"}, "needs calls or seconds"),
        ("error", "a fault is an object"),
    ],
)
def test_a_wrong_fault_is_refused(lab: Lab, fault: object, words: str) -> None:
    with pytest.raises(LabError, match=words.replace("(", r"\(")):
        lab.server.control("POST", "faults", fault)
    assert lab.server.pending_faults() == []
