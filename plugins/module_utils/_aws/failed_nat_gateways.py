# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""NAT gateways with a network's key that EC2 could not make, deleted.

They carry nothing and hold no address. amazon.aws deletes only those that are there or are being made.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._model.names import TAG_KEY
from .client import AwsRefusal, Ec2Client, Ec2Error, call, describe, owned_by, where
from .executor import done_before, readable


class FailedNatError(AwsRefusal):
    """A NAT gateway cannot be deleted; `done` names those that were deleted before."""


def run(client: Ec2Client, params: Mapping[str, Any], check_mode: bool) -> dict[str, Any]:
    """Return what the module failed_nat_gateway returns for its options. Raises FailedNatError and Ec2Error."""
    given = [*owned_by(params["network"]), *where({f"tag:{TAG_KEY}": params["key"], "state": "failed"})]
    found = sorted(describe(client, "describe_nat_gateways", Filter=given), key=lambda one: str(one["NatGatewayId"]))
    done: list[str] = []
    for one in found:
        number = str(one["NatGatewayId"])
        try:
            if not check_mode:
                call(client, "delete_nat_gateway", what=f"{params['key']} ({number})", NatGatewayId=number)
        except Ec2Error as error:
            if error.code != "NatGatewayNotFound":  # EC2 deletes it by itself, too
                unclear = error.may_have_changed
                text = f"{readable(error)} {done_before(done, unclear)}"
                raise FailedNatError(text, done, error.code, unclear) from error
        done.append(f"{params['key']}: deleted {number}")
    return {"changed": bool(found), "deleted": [_shown(one) for one in found]}


def _shown(found: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": found["NatGatewayId"],
        "code": found.get("FailureCode", ""),
        "message": found.get("FailureMessage", ""),
    }
