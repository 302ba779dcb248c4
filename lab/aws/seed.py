# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Objects that exist at the start: read from a YAML file and created in a region; private to the stand-in.

docs/lab-aws.md documents the file. Ids are fixed in it, so that inventories and tests can name them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from .seed_loader import SeedLoader


class BadSeed(ValueError):
    """A seed that cannot be used; the text names the file, the entry and what would do."""


@dataclass(frozen=True)
class Seed:
    """A seed that has been read. ``content``: its lists, by name, with only known keys."""

    source: str
    region: str
    content: Mapping[str, Any]

    @property
    def access_keys(self) -> list[str]:
        """The access keys that it names; without any, every key is known."""
        return list(self.content.get("access_keys") or [])


# Per list: what an entry must have, and what it may have.
SHAPE: dict[str, tuple[set[str], set[str]]] = {
    "vpcs": (
        {"id", "cidr"},
        {"tags", "ipv6", "internet_gateway", "main_route_table", "dns_hostnames", "default_group"}
        | {"egress_only_internet_gateway"},
    ),
    "subnets": ({"id", "vpc", "cidr", "zone"}, {"tags", "ipv6", "assign_ipv6", "map_public"}),
    "route_tables": ({"id", "vpc"}, {"tags", "subnets"}),
    "security_groups": ({"id", "vpc", "name"}, {"tags", "description", "ingress"}),
    "instances": (
        {"id", "type", "subnet"},
        {"tags", "private_ip", "public_ip", "interface_id", "security_groups", "image"},
    ),
    "network_interfaces": (
        {"id", "subnet"},
        {"tags", "private_ip", "secondary", "description", "attach", "device_index", "security_groups"}
        | {"source_dest_check"},
    ),
    "secondary_addresses": ({"interface", "private_ip"}, set()),
    "pools": ({"id", "cidr"}, {"tags", "description"}),
    "elastic_ips": (
        {"allocation_id"},
        {"tags", "public_ip", "interface", "private_ip", "pool", "reverse_dns"},
    ),
    "nat_gateways": ({"id", "subnet", "allocation_id"}, {"tags"}),
    "routes": ({"route_table", "destination", "target"}, set()),
}
# EC2 itself takes no other ids, for example in CreateTags.
_ID = re.compile(r"(?P<prefix>[a-z0-9-]+)-([0-9a-f]{8}|[0-9a-f]{17})")
_KEY = re.compile(r"\w{1,128}", re.ASCII)
_PREFIXES = {
    "vpcs": "vpc",
    "subnets": "subnet",
    "route_tables": "rtb",
    "security_groups": "sg",
    "instances": "i",
    "network_interfaces": "eni",
    "elastic_ips": "eipalloc",
    "nat_gateways": "nat",
    "pools": "ipv4pool-ec2",
}


def _check_id(where: str, value: Any, prefix: str) -> None:
    match = _ID.fullmatch(value) if isinstance(value, str) else None
    if match is None or match["prefix"] != prefix:
        raise BadSeed(
            f"{where}: {value!r} is not an id of the form {prefix}- and 8 or 17 hexadecimal digits (0-9, a-f)"
        )


def _check_entry(where: str, kind: str, entry: Any, seen: set[str]) -> None:
    required, optional = SHAPE[kind]
    if not isinstance(entry, dict):
        raise BadSeed(f"{where}: an object is wanted, not {entry!r}")
    missing, unknown = required - entry.keys(), entry.keys() - required - optional
    if missing:
        raise BadSeed(f"{where}: {', '.join(sorted(missing))} is missing")
    if unknown:
        known = ", ".join(sorted(required | optional))
        raise BadSeed(f"{where}: {', '.join(map(repr, sorted(unknown)))} is unknown; there are: {known}")
    if not isinstance(entry.get("tags", {}), dict):
        raise BadSeed(f"{where}: tags: an object is wanted, not {entry['tags']!r}")
    name = "allocation_id" if kind == "elastic_ips" else "id"
    if kind in _PREFIXES:
        _check_id(f"{where}: {name}", entry[name], _PREFIXES[kind])
        if entry[name] in seen:
            raise BadSeed(f"{where}: the id {entry[name]} is used twice")
        seen.add(entry[name])


def parse_seed(source: str, found: Any) -> Seed:
    """Check the parsed YAML of a seed. Raises BadSeed.

    :param source: what to call it in errors.
    """
    if found is None:
        found = {}
    if not isinstance(found, dict):
        raise BadSeed(f"{source}: an object is wanted, not {found!r}")
    for name in found.keys() - SHAPE.keys() - {"region", "quotas", "access_keys"}:
        raise BadSeed(f"{source}: {name!r} is unknown; there are: region, quotas, access_keys, {', '.join(SHAPE)}")
    keys = found.get("access_keys") or []
    if not isinstance(keys, list) or not all(isinstance(key, str) and _KEY.fullmatch(key) for key in keys):
        raise BadSeed(f"{source}: access_keys: a list of ids is wanted, of letters and digits, not {keys!r}")
    seen: set[str] = set()
    for kind in SHAPE:
        entries = found.get(kind) or []
        if not isinstance(entries, list):
            raise BadSeed(f"{source}: {kind}: a list is wanted, not {entries!r}")
        for index, entry in enumerate(entries):
            _check_entry(f"{source}: {kind}[{index}]", kind, entry, seen)
    return Seed(source, found.get("region", "us-east-1"), found)


def read_seed(path: Path) -> Seed:
    """Read a seed's file. Raises BadSeed."""
    try:
        found = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadSeed(f"{path}: cannot be read: {error.strerror}") from error
    except yaml.YAMLError as error:
        raise BadSeed(f"{path}: is not YAML: {error}") from error
    return parse_seed(str(path), found)


def plant(seed: Seed, backend: Any) -> None:
    """Make what the seed says. The order of the lists in it does not matter. Raises BadSeed.

    :param backend: the seed's region, empty.
    """
    planting = SeedLoader(backend)
    for kind in SHAPE:
        for index, entry in enumerate(seed.content.get(kind) or []):
            try:
                getattr(planting, kind)(entry)
            except Exception as error:
                # Whatever a rule refuses: the entry must be named, or nobody finds it.
                raise BadSeed(f"{seed.source}: {kind}[{index}]: {error}") from error
    try:
        planting.finish(seed.content.get("quotas") or {})
    except ValueError as error:
        raise BadSeed(f"{seed.source}: {error}") from error
