# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Machine images; private to the stand-in.

moto brings 1,300 of them, which cost more time at each reset and copy than everything else. Any image can be launched,
whether it is here or not.
"""

from __future__ import annotations

from moto.ec2.models import EC2Backend
from moto.ec2.models.amis import Ami

IMAGES = {"ami-0d000000000000064": "x86_64", "ami-0d0000000000000a6": "arm64"}
DEFAULT_IMAGE = "ami-0d000000000000064"


class ImageRules(EC2Backend):
    """One image for each architecture."""

    def _load_amis(self) -> None:
        for image_id, architecture in IMAGES.items():
            self.amis[image_id] = Ami(
                self,
                image_id,
                name=f"linux-{architecture}",
                owner_alias="amazon",
                public=True,
                virtualization_type="hvm",
                architecture=architecture,
                image_location=f"amazon/linux-{architecture}",
                hypervisor="xen",
                root_device_type="ebs",
                region_name=self.region_name,
            )
