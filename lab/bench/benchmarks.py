# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The figures, each measured beside what it is compared with. A figure says what must hold and whether it did."""

from __future__ import annotations

import base64
import json
import pathlib
import sys
import urllib.request
from collections.abc import Callable

from lab.demo.playbook import INVENTORY
from lab.process import ROOT, stand_ins

from .baselines import addresses_loop, empty_play, modules_loop, uri_loop
from .benchmark import Figure, Line, Plan, floor, from_state, one_from_state
from .measure import Bench, BenchError, Series, by_turns, repeat, run_program
from .networks import PASSWORD, USER, Network, make_network, plant_vpcs

DEMO = ROOT / "lab" / "demo"
SAMPLE = 100
"""Objects in the loops over modules; their time is scaled up to the measured network's size."""
LOOPS = (("(a) loop over singular modules", modules_loop), ("(b) loop over ansible.builtin.uri", uri_loop))
PARALLEL = 40
"""Number of parallel requests of the floor: five forks of Ansible, eight requests each by default."""


def mesh(plan: Plan) -> list[Figure]:
    """10 aggregators with 50 spaces: 1,000 interfaces and protocols; nothing there, all there, a few changed."""
    network = make_network(plan.folder / "mesh", 10, 50)
    with stand_ins(network.folder) as both:
        bench = Bench(*both, network.inventory)
        bench.save("nothing")
        plan.say("1,000 objects from nothing")
        made = from_state(bench, "nothing", plan.runs, "private_wan.yml")
        bench.save("built")
        replayed, empty = floor(bench, network, made, plan.runs, PARALLEL, "nothing")
        create = Figure("1,000 objects from nothing (and the modes of 50 spaces)")
        create.series("private_wan.yml", made)
        create.series(f"(c) floor: the same requests, {PARALLEL} at a time", replayed)
        create.series("(c) floor: an empty play", empty)
        loop_a, _loop_b = (_loop(plan, bench, create, *loop, network, "nothing") for loop in LOOPS)
        writes = made.requests["POST"] + made.requests["PATCH"]
        create.claim("as many writes as objects", f"{writes} for 1,050", writes == 1050)
        create.faster("(a)", loop_a, made.wall, 15)
        rate = replayed.wall / made.wall
        create.claim("60 % of the floor's rate of requests", f"{rate:.0%}", rate >= 0.6)

        plan.say("1,000 unchanged objects")
        same = from_state(bench, "built", plan.runs, "private_wan.yml")
        check = from_state(bench, "built", plan.runs, "private_wan.yml", "--check")
        replayed, empty = floor(bench, network, same, plan.runs, 1, "built")
        unchanged = Figure("1,000 unchanged objects")
        unchanged.series("private_wan.yml", same)
        unchanged.series("private_wan.yml --check", check)
        unchanged.series("(c) floor: the same requests, one by one", replayed)
        unchanged.series("(c) floor: an empty play", empty)
        for label, loop in LOOPS:
            unchanged.faster(label[:3], _loop(plan, bench, unchanged, label, loop, network, "built"), same.wall, 50)
        least = replayed.wall + empty.wall
        unchanged.claim("4 x the floor", f"{same.wall / least:.1f} x", same.wall <= 4 * least)
        asked = sum(same.requests.values())
        unchanged.claim("4 requests an aggregator (and 3 lists), no write", f"{asked}", same.requests == {"GET": 43})

        plan.say("a few changed among 1,000")
        few = Figure("a few changed among 1,000 objects")
        for count in (1, 10, 100):
            bench.load("built")
            _break(bench, count)
            bench.save("broken")
            series = from_state(bench, "broken", 1, "private_wan.yml")
            few.series(f"k = {count}", series)
            more = sum(series.requests.values()) - asked
            few.claim(f"the unchanged run's requests and {count}", f"and {more}", more == count)
    return [create, unchanged, few]


def _loop(
    plan: Plan,
    bench: Bench,
    figure: Figure,
    label: str,
    make: Callable[[Network, int], tuple[pathlib.Path, int]],
    network: Network,
    state: str,
) -> float:
    """Measure a loop once on a sample; returns the time scaled up to all 1,000 objects, without Ansible's own start."""
    playbook, count = make(network, SAMPLE)
    plan.say(f"  {label}, {count} objects")
    series = from_state(bench, state, 1, playbook)
    writes = series.requests["POST"] + series.requests["PATCH"]
    if writes != (count if state == "nothing" else 0):
        raise BenchError(f"{label} made {writes} writing requests for {count} objects from the state {state!r}")
    figure.series(f"{label}, {count} of them", series, 1000 / count)
    return series.wall * 1000 / count


def _break(bench: Bench, count: int) -> None:
    """Take an endpoint away from so many interfaces, spread over the aggregators."""
    state = bench.server.state()
    login = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
    headers = {"Authorization": f"Basic {login}", "Content-Type": "application/json"}
    pairs = [
        (aggregator["id"], interface)
        for row in zip(*(a["interfaces"] for a in state["aggregators"]), strict=True)
        for aggregator, interface in zip(state["aggregators"], row, strict=True)
    ]
    for number, interface in pairs[:count]:
        path = f"aggregators/{number}/vxlan_interfaces/{interface['id']}/"
        body = json.dumps({"endpoints": interface["endpoints"][1:]}).encode()
        request = urllib.request.Request(f"{bench.server.url}/api/v4/{path}", body, headers, method="PATCH")
        with urllib.request.urlopen(request) as answer:
            answer.read()


def vpcs(plan: Plan) -> list[Figure]:
    """50 spaces with a VPC each, unchanged: how many calls of EC2."""
    network = make_network(plan.folder / "vpcs", 1, 50, vpcs=True)
    with stand_ins(network.folder) as both:
        bench = Bench(*both, network.inventory)
        plan.say("50 spaces with a VPC each")
        plant_vpcs(bench.cloud.url, network)
        bench.playbook("private_wan.yml")  # the modes and meshes, and nothing of the VPCs
        bench.save("built")
        series = from_state(bench, "built", plan.runs, "private_wan.yml")
    figure = Figure("50 spaces with a VPC each, unchanged")
    figure.series("private_wan.yml", series)
    calls = sum(series.requests.values()) - series.requests["GET"]
    figure.claim("6 EC2 calls a region", str(calls), calls <= 6)
    return [figure]


def addresses(plan: Plan) -> list[Figure]:
    """50 CPE NAT IPs on one aggregator."""
    network = make_network(plan.folder / "addresses", 1, 0, addresses=50)
    with stand_ins(network.folder) as both:
        bench = Bench(*both, network.inventory)
        bench.save("nothing")
        plan.say("50 CPE NAT IPs")
        made = from_state(bench, "nothing", plan.runs, "cpe_nat.yml")
        bench.save("built")
        same = from_state(bench, "built", plan.runs, "cpe_nat.yml")
        playbook, count = addresses_loop(network, bench.cloud.state()["addresses"])
        plan.say(f"  loop over amazon.aws.ec2_eip, {count} addresses")
        loop = from_state(bench, "built", 1, playbook)
    create = Figure("50 CPE NAT IPs on one aggregator, from nothing")
    create.series("cpe_nat.yml", made)
    wanted = {"AllocateAddress": 50, "AssignPrivateIpAddresses": 1, "AssociateAddress": 50}
    found = {verb: made.requests[verb] for verb in wanted}
    create.claim("one allocate each, one assigning call, one associate each", str(found), found == wanted)
    figure = Figure("50 CPE NAT IPs on one aggregator, unchanged")
    figure.series("cpe_nat.yml", same)
    figure.series("loop over amazon.aws.ec2_eip (the addresses alone)", loop)
    calls = sum(number for verb, number in same.requests.items() if verb.startswith("Describe"))
    asked = same.requests["GET"]
    figure.claim("3 EC2 calls", str(calls), calls == 3)
    figure.claim("on the server 3 requests a bond and 6 in all", f"150 and {asked - 150}", asked <= 156)
    figure.faster("the loop", loop.wall, same.wall, 20)
    return [create, figure]


def demo(plan: Plan) -> list[Figure]:
    """The demonstration's network, unchanged."""
    with stand_ins(DEMO) as both:
        bench = Bench(*both, INVENTORY)
        plan.say("the demonstration")
        bench.playbook("site.yml")
        bench.save("built")
        real = one_from_state(bench, "built", "site.yml")
        tried = one_from_state(bench, "built", "site.yml", "--check")
        same, check = by_turns(plan.runs, real, tried)
        empty = empty_play(plan.folder)
        nothing = repeat(plan.runs, lambda: bench.playbook(empty))
    figure = Figure("the whole demo, unchanged")
    figure.series("site.yml", same)
    figure.series("site.yml --check", check)
    figure.series("an empty play", nothing)
    figure.claim(
        "check mode not slower than the real run",
        f"{check.wall:.2f} s and {same.wall:.2f} s",
        min(sample.wall for sample in check.samples) <= max(sample.wall for sample in same.samples),
    )
    ratio = same.wall / nothing.wall
    figure.claim("3 x an empty play", f"{ratio:.1f} x", ratio <= 3)
    return [figure]


def design(plan: Plan) -> list[Figure]:
    """`_design` alone, by size: linear in interfaces x endpoints."""
    figure = Figure("`_design` alone, 20 aggregators a space")
    found: list[dict[str, float]] = []
    for aggregators, spaces in ((50, 250), (100, 500), (150, 750), (200, 1000)):
        plan.say(f"_design for {aggregators} aggregators x {spaces} spaces")
        words = [sys.executable, "-m", "lab.bench.design", str(aggregators), str(spaces), "20"]
        result = json.loads(run_program(words).output)
        found.append(result)
        wall = f"{result['nothing']:.2f} from nothing, {result['everything']:.2f} where all is there"
        size = f"{result['interfaces']:.0f} interfaces, {result['endpoints']:.0f} endpoints"
        figure.lines.append(Line(f"{aggregators} x {spaces}: {size}", wall, None, result["peak"]))
    last, half = found[-1], found[1]
    slowest = max(last["nothing"], last["everything"])
    figure.claim("10 s, 1 GB", f"{slowest:.1f} s, {last['peak']:.0f} MiB", slowest <= 10 and last["peak"] <= 1000)
    figure.plot = _plot(found)
    growth = last["everything"] / half["everything"]
    figure.claim("linear: twice the size takes 2 (at most 2.6) times as long", f"{growth:.2f}", growth <= 2.6)
    return [figure]


PLOT = """xychart-beta
    title "Time of _design by size, where all is there (line) and from nothing (bars)"
    x-axis "endpoints" [{endpoints}]
    y-axis "seconds"
    bar [{nothing}]
    line [{everything}]
"""


def _plot(found: list[dict[str, float]]) -> str:
    """Straight lines mean: linear in the endpoints."""
    columns = {name: ", ".join(f"{one[name]:.2f}" for one in found) for name in ("nothing", "everything")}
    return PLOT.format(endpoints=", ".join(f"{one['endpoints']:.0f}" for one in found), **columns)


def memory(plan: Plan) -> list[Figure]:
    """10,000 objects of the server, read, judged and found unchanged by one process."""
    network = make_network(plan.folder / "memory", 10, 500)
    with stand_ins(network.folder) as both:
        bench = Bench(*both, network.inventory)
        plan.say("10,000 objects")
        made = bench.playbook("private_wan.yml")
        writes = made.requests["POST"] + made.requests["PATCH"]
        bench.save("built")
        same = from_state(bench, "built", 1, "private_wan.yml")
    figure = Figure("memory of 10,000 objects: 10 aggregators with 500 spaces")
    figure.series("private_wan.yml from nothing", Series([made]))
    figure.series("private_wan.yml, unchanged", same)
    figure.claim("as many writes as objects", f"{writes} for 10,500", writes == 10500)
    peak = max(made.peak, same.peak)
    figure.claim("200 MB for the largest process, Ansible's own worker", f"{peak:.0f} MiB", peak <= 200)
    return [figure]


FIGURES: dict[str, Callable[[Plan], list[Figure]]] = {
    "mesh": mesh,
    "vpcs": vpcs,
    "addresses": addresses,
    "demo": demo,
    "design": design,
    "memory": memory,
}
