# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Regions, availability zones and attributes of the account."""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.responses import EC2Response

from .describe import DescribeSpec, describe
from .errors import invalid
from .filters import same

REGIONS = DescribeSpec(
    action="DescribeRegions",
    result="Regions",
    id="RegionName",
    tags=None,
    filters={"endpoint": "Endpoint", "opt-in-status": "OptInStatus", "region-name": "RegionName"},
)


ZONES = DescribeSpec(
    action="DescribeAvailabilityZones",
    result="AvailabilityZones",
    id="ZoneName",
    tags=None,
    filters=same("group-name opt-in-status region-name state zone-id zone-name zone-type"),
)


def present_zone(zone: Any) -> dict[str, Any]:
    """A zone as DescribeAvailabilityZones shows it."""
    return {
        "ZoneName": zone.name,
        "ZoneId": zone.zone_id,
        "ZoneType": zone.zone_type,
        "RegionName": zone.region_name,
        "GroupName": f"{zone.region_name}-zg-1",
        "NetworkBorderGroup": zone.region_name,
        "OptInStatus": "opt-in-not-required",
        "State": zone.state,
        "Messages": [],
    }


class AccountActions(EC2Response):
    """EC2 actions on the account: regions, zones, and the quotas in force, of which EC2 reports no more than these."""

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
                invalid(f"Value ({name}) for parameter attributeName is invalid.")
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
                invalid(f"Invalid region names: [{name}]")
        shown = [
            {"RegionName": region.name, "Endpoint": region.endpoint, "OptInStatus": region.opt_in_status}
            for region in regions
            if not names or region.name in names
        ]
        return describe(self, REGIONS, shown)

    def describe_availability_zones(self) -> ActionResult:
        names, ids = self._get_param("ZoneNames", []), self._get_param("ZoneIds", [])
        zones = self.ec2_backend.describe_availability_zones()
        for name in names:
            if name not in [zone.name for zone in zones]:
                invalid(f"Invalid availability zone: [{name}]")
        zones = [zone for zone in zones if (not names or zone.name in names) and (not ids or zone.zone_id in ids)]
        return describe(self, ZONES, [present_zone(zone) for zone in zones])
