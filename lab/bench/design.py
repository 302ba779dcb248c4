# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``python -m lab.bench.design AGGREGATORS SPACES MEMBERS``: time and memory of `_design`, without any input or output.

Prints JSON: seconds from nothing, seconds where everything exists, peak MiB, interfaces, endpoints.
"""

from __future__ import annotations

import argparse
import ipaddress
import json
import resource
import time
from typing import Any

from ansible_collections.bonded.internet.plugins.module_utils._design.inputs.reader import read_desired_network
from ansible_collections.bonded.internet.plugins.module_utils._design.planner import design_network
from ansible_collections.bonded.internet.plugins.module_utils._model.desired_network import Report
from ansible_collections.bonded.internet.plugins.module_utils._model.plan import Design
from ansible_collections.bonded.internet.plugins.module_utils._model.state import Aggregator, Cloud, Server, Space


def intent_of(aggregators: int, spaces: int, members: int) -> dict[str, Any]:
    """network_plan's options for a mesh of some aggregators in each space."""
    hosts = [
        {
            "host": f"agg{n}",
            "aggregator": str(n + 1),
            "private_ip_address": str(ipaddress.IPv4Address("10.0.0.10") + n),
            "reachable": True,
            "primary_devices": ["ens5"],
        }
        for n in range(aggregators)
    ]
    listed = [
        {
            "key": f"s{n}",
            "private_wan": "unmanaged",
            "vxlan": {
                "subnet": str(ipaddress.IPv4Network((int(ipaddress.IPv4Address("100.64.0.0")) + 1024 * n, 22))),
                "addresses": {},
                "aggregators": [f"agg{(7 * n + k) % aggregators}" for k in range(members)],
                "protocol": "babel",
            },
            "gateways": [],
        }
        for n in range(spaces)
    ]
    return {"network": "bench", "aggregators": hosts, "spaces": listed, "cpe_nat_ips": [], "vni_base": 10000000}


def server_of(aggregators: int, spaces: int) -> Server:
    """The management server with nothing of the network on it."""
    server = Server()
    for n in range(aggregators):
        server.aggregators[n + 1] = Aggregator(id=n + 1, name=f"agg{n}", ip="", space=None, version="6.6.1")
        server.objects[n + 1] = []
    for n in range(spaces):
        server.spaces[f"s{n}"] = Space(id=n + 11, key=f"s{n}", name=f"s{n}", enabled=True, mode="unmanaged")
    return server


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m lab.bench.design", description="Time and memory of the design.")
    for name in ("aggregators", "spaces", "members"):
        parser.add_argument(name, type=int)
    size = parser.parse_args()
    report = Report()
    desired = read_desired_network(intent_of(size.aggregators, size.spaces, size.members), report)
    server = server_of(size.aggregators, size.spaces)

    def design() -> tuple[Design, float]:
        began = time.process_time()
        made = design_network(desired, server, Cloud(), report)
        return made, time.process_time() - began

    made, nothing = design()
    interfaces = endpoints = 0
    for batch in made.batches["add"]:
        for obj in batch.wanted:
            server.objects[int(obj.parent.split("/")[1])].append(obj)
            if obj.kind == "vxlan_interface":
                interfaces, endpoints = interfaces + 1, endpoints + len(obj.data["endpoints"])
    del made
    _again, everything = design()
    if report.problems:
        print("\n".join(report.problems[:5]))
        return 1
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    result = {"nothing": nothing, "everything": everything, "peak": peak}
    print(json.dumps({**result, "interfaces": interfaces, "endpoints": endpoints}))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
