# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The actions on the account itself; private to the stand-in."""

from __future__ import annotations

from moto.core.responses import ActionResult
from moto.ec2.responses import EC2Response

from .describe import Kind, describe
from .errors import refuse

REGIONS = Kind(
    action="DescribeRegions",
    result="Regions",
    id="RegionName",
    tags=None,
    filters={"endpoint": "Endpoint", "opt-in-status": "OptInStatus", "region-name": "RegionName"},
)


class AccountActions(EC2Response):
    """EC2 actions on the account: regions, and the quotas in force, of which EC2 reports no more than these."""

    def describe_account_attributes(self) -> ActionResult:
        quotas, default = self.ec2_backend.quotas, self.ec2_backend.default_vpc
        told = {
            "default-vpc": default.id if default is not None else "none",
            "max-elastic-ips": str(quotas["elastic_ips"]),
            # No longer supported by EC2, which still tells it.
            "max-instances": "20",
            "supported-platforms": "VPC",
            "vpc-max-elastic-ips": str(quotas["elastic_ips"]),
            "vpc-max-security-groups-per-interface": str(quotas["security_groups_per_interface"]),
        }
        wanted = self._get_param("AttributeNames", []) or list(told)
        for name in wanted:
            if name not in told:
                refuse("InvalidParameterValue", f"Value ({name}) for parameter attributeName is invalid.")
        shown = [
            {"AttributeName": name, "AttributeValues": [{"AttributeValue": value}]}
            for name, value in told.items()
            if name in wanted
        ]
        return ActionResult({"AccountAttributes": shown})

    def describe_regions(self) -> ActionResult:
        names = self._get_param("RegionNames", [])
        regions = self.ec2_backend.describe_regions([])
        for name in names:
            if name not in [region.name for region in regions]:
                refuse("InvalidParameterValue", f"Invalid region names: [{name}]")
        shown = [
            {"RegionName": region.name, "Endpoint": region.endpoint, "OptInStatus": region.opt_in_status}
            for region in regions
            if not names or region.name in names
        ]
        return describe(self, REGIONS, shown)
