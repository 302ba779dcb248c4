# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The way without this collection's bulk modules: one task in a loop, over objects that site.yml would make."""

from __future__ import annotations

import pathlib
from typing import Any

import yaml

from .networks import Network, babel, vxlan

Json = dict[str, Any]

LOGIN: Json = {
    "url_username": "{{ bonding_api_username }}",
    "url_password": "{{ bonding_api_password }}",
    "force_basic_auth": True,
    "return_content": True,
}


def sample(network: Network, most: int) -> list[tuple[int, Json, Json]]:
    """(aggregator, VXLAN interface, Babel) of the first spaces on the first aggregator; `most` objects in all."""
    spaces = min(network.spaces, most // 2)
    return [(1, vxlan(network.aggregators, 0, space), babel(space)) for space in range(spaces)]


def modules_loop(network: Network, most: int) -> tuple[pathlib.Path, int]:
    """A playbook over the singular modules, and how many objects it is about."""
    pairs = sample(network, most)
    defaults = {
        "group/bonded.internet.bonding": {
            "api_url": "{{ bonding_api_url }}",
            "api_username": "{{ bonding_api_username }}",
            "api_password": "{{ bonding_api_password }}",
        }
    }
    tasks = [
        {
            "name": "Interfaces",
            "bonded.internet.vxlan_interface": "{{ item }}",
            "loop": [{"aggregator": number, **interface} for number, interface, _protocol in pairs],
        },
        {
            "name": "Protocols",
            "bonded.internet.routing_protocol": "{{ item }}",
            "loop": [{"aggregator": number, "protocol": "babel", **protocol} for number, _interface, protocol in pairs],
        },
    ]
    return _write(network, "modules", tasks, {"module_defaults": defaults}), 2 * len(pairs)


def uri_loop(network: Network, most: int) -> tuple[pathlib.Path, int]:
    """A playbook over ansible.builtin.uri: look whether the object is there, make it if not."""
    pairs = sample(network, most)
    tasks: list[Json] = []
    for name, kind, bodies in (
        ("Interfaces", "vxlan_interfaces", [_wire(interface) for _number, interface, _protocol in pairs]),
        ("Protocols", "babel_protocols", [_wire(protocol) for _number, _interface, protocol in pairs]),
    ):
        address = f"{{{{ bonding_api_url }}}}/api/v4/aggregators/1/{kind}/"
        found = f"look_{kind}"
        tasks += [
            {
                "name": f"{name}: look",
                "ansible.builtin.uri": {"url": address, **LOGIN},
                "loop": bodies,
                "register": found,
            },
            {
                "name": f"{name}: make",
                "ansible.builtin.uri": {
                    "url": address, **LOGIN, "method": "POST", "body": "{{ item.item }}", "body_format": "json",
                    "status_code": 201,
                },
                "loop": f"{{{{ {found}.results }}}}",
                "loop_control": {"label": "{{ item.item.name }}"},
                "when": "item.item.name not in (item.json.results | default(item.json) | map(attribute='name'))",
                "changed_when": True,
            },
        ]  # fmt: skip
    return _write(network, "uri", tasks, {}), 2 * len(pairs)


def addresses_loop(network: Network, addresses: list[Json]) -> tuple[pathlib.Path, int]:
    """A playbook over amazon.aws.ec2_eip, which by itself finds an address only if it is named."""
    wanted = [
        {"ip": one["public_ip"], "device": one["network_interface_id"], "private": one["private_ip"]}
        for one in addresses
    ]
    defaults = {
        "group/amazon.aws.aws": {
            "region": "{{ aws_region }}",
            "endpoint_url": "{{ aws_endpoint_url }}",
            "access_key": "{{ aws_access_key }}",
            "secret_key": "{{ aws_secret_key }}",
        }
    }
    task = {
        "name": "Elastic IPs",
        "amazon.aws.ec2_eip": {
            "public_ip": "{{ item.ip }}",
            "device_id": "{{ item.device }}",
            "private_ip_address": "{{ item.private }}",
            "in_vpc": True,
        },
        "loop": wanted,
    }
    return _write(network, "addresses", [task], {"module_defaults": defaults}), len(wanted)


def empty_play(folder: pathlib.Path) -> pathlib.Path:
    """Write a playbook without tasks, to measure the time that Ansible itself takes on the same inventory."""
    play = {"name": "Nothing", "hosts": "aggregators", "gather_facts": False, "tasks": []}
    path = folder / "empty.yml"
    path.write_text(yaml.safe_dump([play]), encoding="utf-8")
    return path


def _write(network: Network, name: str, tasks: list[Json], more: Json) -> pathlib.Path:
    local = {"delegate_to": "localhost", "vars": {"ansible_python_interpreter": "{{ ansible_playbook_python }}"}}
    play = {"name": name, "hosts": "agg0", "gather_facts": False, "tasks": [task | local for task in tasks], **more}
    path = network.folder / f"{name}.yml"
    path.write_text(yaml.safe_dump([play], sort_keys=False), encoding="utf-8")
    return path


def _wire(data: Json) -> Json:
    """The object as the API takes it."""
    body = {**data, "space": f"{{{{ bonding_api_url }}}}/api/v4/spaces/{data['space']}/"}
    if "addresses" in body:
        body["addresses"] = [{"address": address} for address in body["addresses"]]
    return body
