# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys in tags that the collection does not write: the plan warns of each object, and leaves it alone."""

from __future__ import annotations

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._model import names as naming

from .test_duplicates import DOUBLED, Plant, address, subnet, tags, vpc
from .world import small_world

ODD = ["cpe-nat/bücher", "cpe-nat/", "cpe-nat/a\nb", "vpc/*", "gateway/acme", "gateway/a/b/c", "natgw-ip/x/", "x", ""]
MODES = [{"state": "absent", "release_addresses": True}, {"prune_addresses": True, "prune": True}]
LEFT = "(expected a key that this collection makes, such as cpe-nat/bond-17). It is left as it is"


@pytest.mark.parametrize("mode", MODES, ids=["teardown", "prune"])
@pytest.mark.parametrize("key", ODD)
def test_an_address_is_named_and_left(key: str, mode: dict[str, object]) -> None:
    world = small_world()
    address(world, "a", tags(key))
    address(world, "b", tags("cpe-nat/bond-17"))
    items = world.plan(**mode)
    assert world.report.problems == []
    (said,) = [text for text in world.report.warnings if LEFT in text]
    assert said.startswith("203.0.113.97 (eipalloc-a): carries the tag bonded.internet/network of this network")
    assert f"with the key {key!r} " in said
    assert {item.key for item in items if item.system == "aws"} == {"cpe-nat/bond-17"}
    assert [work.key for _host, work in world.design.cpe_nat["remove"]] == ["bond-17"]


@pytest.mark.parametrize("plant", dict.fromkeys(plant for plant, *_rest in DOUBLED), ids=lambda plant: plant.__name__)
def test_each_kind_of_object(plant: Plant) -> None:
    world = small_world()
    plant(world, "y", tags("vpc/*"))
    assert [item for item in world.plan(state="absent", release_addresses=True) if item.system == "aws"] == []
    assert sum(LEFT in text for text in world.report.warnings) == 1


def test_a_subnet_with_no_key_at_all() -> None:
    """Warn of the subnet, which once ended the plan of a teardown with a traceback."""
    world = small_world()
    vpc(world, "z", tags("vpc/acme"))
    subnet(world, "z", {"bonded.internet/network": "prod"})
    items = world.plan(state="absent")
    assert [item.kind for item in items if item.system == "aws"] == ["vpc"]
    assert any(text.startswith("subnet-z: carries") and "with no key" in text for text in world.report.warnings)


def test_each_key_that_is_made_is_one() -> None:
    made = [
        *(name("acme") for name in (naming.vpc_key, naming.internet_gateway_key, naming.route_table_key)),
        *(name("acme", "eu-central-1a") for name in (naming.subnet_key, naming.public_subnet_key)),
        naming.egress_only_gateway_key("acme"),
        naming.public_table_key("acme", "eu-central-1a"),
        *(name("acme", "agg1.example.com") for name in (naming.gateway_key, naming.gateway_ip_key)),
        *(name("acme", "agg1") for name in (naming.nat_gateway_key, naming.nat_gateway_ip_key)),
        *(naming.group_key(kind, "vpc-1") for kind in ("aggregators", "cpe-nat", "gateway")),
        naming.cpe_nat_key("bond-17"),
        naming.public_ip_key("agg1.example.com"),
    ]
    assert [key for key in made if not naming.OWN_KEY.fullmatch(key)] == []
    assert len(made) == len([name for name in vars(naming) if name.endswith("_key")]) + 2
