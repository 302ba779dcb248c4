# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The actions on the account itself; private to the stand-in."""

from __future__ import annotations

from moto.core.responses import ActionResult
from moto.ec2.responses import EC2Response


class AccountActions(EC2Response):
    """What EC2 tells of an account: of the quotas in force no more than these two."""

    def describe_account_attributes(self) -> ActionResult:
        quotas, default = self.ec2_backend.quotas, self.ec2_backend.default_vpc
        told = {
            "default-vpc": default.id if default is not None else "none",
            "supported-platforms": "VPC",
            "vpc-max-elastic-ips": str(quotas["elastic_ips"]),
            "vpc-max-security-groups-per-interface": str(quotas["security_groups_per_interface"]),
        }
        wanted = self._get_param("AttributeNames", [])
        shown = [
            {"AttributeName": name, "AttributeValues": [{"AttributeValue": value}]}
            for name, value in told.items()
            if not wanted or name in wanted
        ]
        return ActionResult({"AccountAttributes": shown})
