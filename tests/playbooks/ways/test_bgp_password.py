# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The password of BGP reaches the server, and nothing else: no output, no log, whatever the verbosity."""

from __future__ import annotations

from tests.playbooks.running import Outcome, Site, demo_hosts, demo_variables

HOSTS = ("agg1", "agg3")
FIRST, SECOND = "C4nary-of-BGP", "Another-C4nary"
LOUD = ("-vvvv", "--diff")


def passwords(site: Site) -> list[tuple[str, str | None]]:
    """(aggregator, password) of each BGP session on the server."""
    return sorted(
        (name, one["password"])
        for name in HOSTS
        for one in site.aggregator(name)["protocols"]
        if one["protocol"] == "bgp"
    )


def told(outcome: Outcome) -> str:
    """Everything that a run has printed, and what both stand-ins have logged of it."""
    return f"{outcome.output} {outcome.run.events} {outcome.server} {outcome.aws}"


def test_the_password_is_in_the_servers_state_alone(empty: Site) -> None:
    hosts = {name: one for name, one in demo_hosts().items() if name in HOSTS}
    given = demo_variables() | {"bonding_spaces": [], "bonding_cpe_nat_ips": []}

    def site(**bgp: object) -> Site:
        more = {"bonding_bgp": {"asn": 64512, "subnet": "10.253.0.0/20", **bgp}}
        return empty.write_inventory("password", hosts, given | more)

    checked = site(password=FIRST).run("site", "--check", *LOUD)
    made = site(password=FIRST).run("site", *LOUD)
    assert (checked.code, made.code) == (0, 0), made.output
    assert passwords(empty) == [(name, FIRST) for name in HOSTS]
    other = site(password=SECOND).run("site", *LOUD)
    assert (other.code, other.writes, other.plan["plan"]) == (0, [], [])  # nobody can see that it is another

    always = site(password=SECOND, update_password="always")
    refused = always.run("site", *LOUD)
    assert refused.code != 0
    assert "this BGP session, if its password changes" in refused.problems
    changed = always.run("site", *LOUD, extra={"bonding_allow_disruption": True})
    assert changed.code == 0, changed.output
    assert passwords(empty) == [(name, SECOND) for name in HOSTS]
    assert len(changed.writes) == len(changed.plan["plan"]) == len(HOSTS)

    strange = site(password=f'{FIRST}"\n').run("site", *LOUD)
    assert "bonding_bgp.password: not a password that BIRD accepts" in strange.problems
    for outcome in (checked, made, other, refused, changed, strange):
        assert FIRST not in told(outcome)
        assert SECOND not in told(outcome)
