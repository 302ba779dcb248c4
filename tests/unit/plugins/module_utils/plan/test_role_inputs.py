# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The plan's inputs of roles and modules have the names and types of their options."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from types import NoneType
from typing import Any, get_args, get_origin, get_type_hints

import pytest
import yaml

from ansible_collections.bonded.internet.plugins.module_utils._model.role_inputs import (
    AbsentGroupInput,
    CpeNatInput,
    ExpectedInterface,
    GatewayInput,
    HostConfigInput,
    Options,
    PrivateWanInput,
    SecurityGroupInput,
    SecurityInterfaceInput,
    SubnetInput,
    VpcInput,
    as_json,
)
from ansible_collections.bonded.internet.plugins.module_utils._plan.role_inputs import AggregatorInput

ROLES = Path(__file__).parents[5] / "roles"
PLUGINS = "ansible_collections.bonded.internet.plugins"
TYPES = {str: "str", int: "int", bool: "bool", list: "list", dict: "dict"}


def role(name: str, option: str = "", entry_point: str = "main") -> Mapping[str, Any]:
    """Return a role's options by their names without the role's, or the options of one of them."""
    specs = yaml.safe_load((ROLES / name / "meta" / "argument_specs.yml").read_text(encoding="utf-8"))
    options: dict[str, Any] = specs["argument_specs"][entry_point]["options"]
    own = {one.removeprefix(f"{name}_"): spec for one, spec in options.items()}
    return own[option]["options"] if option else own


def module(name: str, option: str) -> Mapping[str, Any]:
    """Return the suboptions of a module's option."""
    documentation = yaml.safe_load(importlib.import_module(f"{PLUGINS}.modules.{name}").DOCUMENTATION)
    options = dict(documentation.get("options", {}))
    for fragment in documentation["extends_documentation_fragment"]:
        page, _dot, part = fragment.removeprefix("bonded.internet.").partition(".")
        if fragment.startswith("amazon.aws."):
            continue  # options of the connection
        texts = importlib.import_module(f"{PLUGINS}.doc_fragments.{page}").ModuleDocFragment
        options |= yaml.safe_load(getattr(texts, part.upper() or "DOCUMENTATION")).get("options", {})
    found: dict[str, Any] = options[option]["suboptions"]
    return found


INPUTS: dict[type, tuple[Mapping[str, Any], set[str]]] = {
    CpeNatInput: (role("eip_cpe_nat", "ips"), set()),
    GatewayInput: (role("pwan_gateway", "planned", "planned"), set()),
    VpcInput: (role("pwan_vpc"), {"remove"}),
    SubnetInput: (role("pwan_vpc", "subnets"), set()),
    HostConfigInput: (role("aggregator_host"), set()),
    AggregatorInput: (role("pwan_mesh", "planned", "planned"), {"aggregator"}),  # an id: a text of digits
    PrivateWanInput: (module("space_private_wans", "spaces"), set()),
    SecurityGroupInput: (module("aggregator_security", "groups"), set()),
    SecurityInterfaceInput: (module("aggregator_security", "interfaces"), set()),
    AbsentGroupInput: (module("aggregator_security", "absent"), set()),
    ExpectedInterface: (module("aggregator_host_info", "expect"), set()),
}
"""Each input with the options that take it, and its fields that are none of them."""


def types_of(hint: Any) -> set[str]:
    """Return Ansible's types of a type hint; a dataclass is a dictionary."""
    if args := [one for one in get_args(hint) if get_origin(hint) not in (list, dict)]:
        return {found for one in args for found in types_of(one)}
    return set() if hint is NoneType else {TYPES.get(get_origin(hint) or hint, "dict")}


@pytest.mark.parametrize("kind", INPUTS, ids=lambda kind: kind.__name__)
def test_each_field_is_an_option_of_its_type(kind: type) -> None:
    options, others = INPUTS[kind]
    hints = get_type_hints(kind)
    names = {one.name for one in fields(kind)} - others
    assert names - set(options) == set()
    for name in names:
        declared = options[name].get("type", "str")
        if declared not in ("raw", *types_of(hints[name])):
            pytest.fail(f"{kind.__name__}.{name} is {hints[name]}, and the option is of type {declared}")
        if declared == "list":
            ((element,),) = [get_args(one) for one in (hints[name], *get_args(hints[name])) if get_origin(one) is list]
            if options[name]["elements"] not in ("raw", *types_of(element)):
                pytest.fail(
                    f"{kind.__name__}.{name} is {hints[name]}, and its elements are {options[name]['elements']}"
                )


@pytest.mark.parametrize("kind", INPUTS, ids=lambda kind: kind.__name__)
def test_each_required_option_is_a_field(kind: type) -> None:
    options, _others = INPUTS[kind]
    required = {name for name, spec in options.items() if spec.get("required")}
    assert required - {one.name for one in fields(kind)} <= {"network"}  # the network's name is the playbook's to give


@dataclass
class Given(Options):
    """An input with an option that is not given."""

    name: str
    mode: str | None = None


def test_an_option_that_is_none_is_not_given() -> None:
    assert as_json([Given("a"), Given("b", "c")]) == [{"name": "a"}, {"name": "b", "mode": "c"}]
    vpc = as_json(VpcInput(network="prod", space="acme", cidr=None, ipv6=False, subnets=[SubnetInput("a", "b")]))
    assert (vpc["cidr"], vpc["subnets"]) == (None, [{"zone": "a", "cidr": "b"}])
