# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of public addresses that follow: a situation, the run that answers it, and the state that it leaves.

Written by hand, before the code. The network is the small one of conftest.py: bond 17 on agg1, bond 18 on agg2 (another
subnet and zone), bond 19 on agg2 with an entry that names agg1, bond 20 on agg3 (agg1's subnet); BGP by transit.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.playbooks.running import Json

KEPT = "kept"
"""The private address comes along."""
NEW = "new"
"""The entry gets another private address."""
REACHED, UNREACHED = "reached", "unreached"
"""A managed host that SSH reaches, and one that it does not reach."""


@dataclass(frozen=True)
class Row:
    """A situation and its answer.

    :param steps: what happens before the run: (verb, arguments); `follow`, `evacuate` and `site` are runs
    :param run: the playbook and its extra variables
    :param ends: entry key -> (host, KEPT or NEW against the state before the steps, tag `followed_from` or None); EC2
        does not tell whose address was lost with a terminated instance: it is at home where it goes
    :param says: text of the run, or of its refusal
    :param code: exit code
    :param entries: options of entries that differ from the small network's, by bond
    :param hosts: REACHED or UNREACHED of each managed host; by default none is managed
    :param told: text of a rulebook that leaves the situation to a person
    """

    steps: tuple[tuple[str, ...], ...]
    run: tuple[str, Json]
    ends: dict[str, tuple[str, str, str | None]]
    says: str = ""
    code: int = 0
    entries: dict[int, Json] = field(default_factory=dict)
    hosts: dict[str, str] = field(default_factory=dict)
    told: str = ""


def follow(*bonds: int | str, **more: int) -> tuple[str, Json]:
    """Return a run of follow_bonds for some bonds; for all if none is named."""
    return "follow_bonds", {**({"bonding_follow_bonds": list(bonds)} if bonds else {}), **more}


def evacuate(host: str, **more: str) -> tuple[str, Json]:
    """Return a run of evacuate."""
    return "evacuate", {"bonding_evacuate": host, **more}


HOME = ("agg1", KEPT, None)
"""Place of bond 17's address before each row."""
OUTAGE = (("terminate", "agg1"), ("terminate", "agg2"), *(("move", bond, "agg3") for bond in ("17", "18", "19")))
"""The steps of an outage: two aggregators are terminated at once, and their bonds go to the third one."""
ROWS: dict[str, Row] = {
    "bond moved inside its subnet": Row(
        (("move", "17", "agg3"),),
        follow(17),
        {"bond-17": ("agg3", KEPT, "agg1")},
    ),
    "bond moved to another subnet and zone": Row(
        (("move", "17", "agg2"),),
        follow("acme-berlin", bonding_max_deletions=0),
        {"bond-17": ("agg2", NEW, "agg1")},
    ),
    "bond moved home": Row(
        (("move", "17", "agg3"), ("follow", "17"), ("move", "17", "agg1")),
        follow(17),
        {"bond-17": ("agg1", KEPT, "")},
    ),
    "bond moved twice": Row(
        (("move", "17", "agg3"), ("follow", "17"), ("move", "17", "agg2")),
        follow(17),
        {"bond-17": ("agg2", NEW, "agg1")},
    ),
    "entry that names its aggregator": Row(
        (),
        follow(19),
        {"bond-19": ("agg2", NEW, "agg1")},
    ),
    "all bonds, none named": Row(
        (("move", "17", "agg3"),),
        follow(),
        {"bond-17": ("agg3", KEPT, "agg1"), "bond-19": ("agg2", NEW, "agg1")},
    ),
    "two bonds at once": Row(
        (("move", "17", "agg3"), ("move", "18", "agg1")),
        follow(17, 18),
        {"bond-17": ("agg3", KEPT, "agg1"), "bond-18": ("agg1", NEW, "agg2")},
    ),
    "pinned entry": Row(
        (("move", "17", "agg3"),),
        follow(17),
        {"bond-17": HOME},
        says="is pinned",
        entries={17: {"pinned": True}},
    ),
    "more moves than bonding_follow_max": Row(
        (("move", "17", "agg3"), ("move", "18", "agg1")),
        follow(17, 18, bonding_follow_max=1),
        {"bond-17": HOME},
        says="bonding_follow_max",
        code=2,
        told="No address was moved: 2 bonds have moved, more than max_moves (1).",
    ),
    "bond that no entry names": Row((), follow(26), {"bond-17": HOME}, says="has no CPE NAT entry"),
    "bond that no entry names moves with one that has an entry": Row(
        (("move", "17", "agg3"), ("move", "24", "agg2")),
        follow(17, 24),
        {"bond-17": ("agg3", KEPT, "agg1")},
        says="bond 24 (globex-lille) has no CPE NAT entry",
    ),
    "bond that the server does not have": Row((), follow("acme-berlni"), {"bond-17": HOME}, says="acme-berlni", code=2),
    "owner stopped": Row(
        (("stop", "agg1"), ("move", "17", "agg3")),
        follow(17),
        {"bond-17": ("agg3", KEPT, "agg1")},
    ),
    "owner terminated, bond in its subnet": Row(
        (("terminate", "agg1"), ("move", "17", "agg3")),
        follow(17),
        {"bond-17": ("agg3", KEPT, "")},
    ),
    "owner terminated, bond in another subnet": Row(
        (("terminate", "agg1"), ("move", "17", "agg2")),
        follow(17),
        {"bond-17": ("agg2", NEW, "")},
    ),
    "target interface full": Row(
        (("fill", "agg3"), ("move", "17", "agg3"), ("move", "18", "agg1")),
        follow(17, 18),
        {"bond-17": HOME, "bond-18": ("agg1", NEW, "agg2")},
        says="is full",
    ),
    "bond on an aggregator without an instance": Row(
        (("terminate", "agg3"), ("move", "17", "agg3")),
        follow(17),
        {"bond-17": HOME},
        says="agg3 has no instance",
    ),
    "server in maintenance mode: no bond moves": Row(
        (("stop", "agg1"),),
        follow(17),
        {"bond-17": HOME},
        says="Nothing to do",
    ),
    "evacuated, owner stopped": Row(
        (("stop", "agg1"), ("move", "17", "agg3")),
        evacuate("agg1"),
        {"bond-17": ("agg3", KEPT, "agg1"), "bond-19": ("agg2", NEW, "agg1")},
    ),
    "evacuated, owner terminated": Row(
        (("terminate", "agg1"), ("move", "17", "agg2")),
        evacuate("agg1"),
        {"bond-17": ("agg2", NEW, "agg1"), "bond-19": ("agg2", NEW, "agg1")},
    ),
    "evacuated in maintenance mode, without a target": Row(
        (("stop", "agg1"),),
        evacuate("agg1"),
        {"bond-17": HOME, "bond-19": ("agg2", NEW, "agg1")},
        says="bonding_evacuate_to",
    ),
    "evacuated in maintenance mode, to a target": Row(
        (("stop", "agg1"),),
        evacuate("agg1", bonding_evacuate_to="agg3"),
        {"bond-17": ("agg3", KEPT, "agg1"), "bond-19": ("agg2", NEW, "agg1")},
    ),
    "owner hangs": Row(
        (("hang", "agg1"), ("move", "17", "agg3")),
        follow(17),
        {"bond-17": ("agg3", KEPT, "agg1")},
        says="agg1: the host cannot be read: ",
        hosts={"agg1": UNREACHED, "agg3": REACHED},
    ),
    "SSH dead on the new owner": Row(
        (("move", "17", "agg2"),),
        follow(17),
        {"bond-17": ("agg2", NEW, "agg1")},
        says="agg2: the host cannot be read: ",
        hosts={"agg1": REACHED, "agg2": UNREACHED},
    ),
    "evacuated, SSH dead": Row(
        (("stop", "agg1"), ("move", "17", "agg3")),
        evacuate("agg1"),
        {"bond-17": ("agg3", KEPT, "agg1"), "bond-19": ("agg2", NEW, "agg1")},
        # It does not ask the host that it evacuates.
        says="TASK [Read the state of the aggregators] *************************************** skipping: [agg1]",
        hosts={"agg1": UNREACHED, "agg3": REACHED},
    ),
    "restored": Row(
        (("move", "17", "agg3"), ("evacuate", "agg1"), ("move", "17", "agg1")),
        ("evacuate", {"bonding_restore": "agg1"}),
        {"bond-17": ("agg1", KEPT, ""), "bond-19": ("agg2", NEW, "agg1")},
    ),
    "restored, pinned, its bond elsewhere": Row(
        (("move", "17", "agg3"), ("evacuate", "agg1")),
        ("evacuate", {"bonding_restore": "agg1"}),
        {"bond-17": ("agg1", KEPT, ""), "bond-19": ("agg2", NEW, "agg1")},
        entries={17: {"pinned": True}},
    ),
    "evacuated to a target, the bond's aggregator stopped": Row(
        (("move", "17", "agg3"), ("stop", "agg3")),
        evacuate("agg1", bonding_evacuate_to="agg2"),
        {"bond-17": ("agg2", NEW, "agg1"), "bond-19": ("agg2", NEW, "agg1")},
    ),
    "two terminated, the other one evacuated before": Row(
        (*OUTAGE, ("evacuate", "agg1")),
        evacuate("agg2"),
        {"bond-17": ("agg3", KEPT, "agg1"), "bond-18": ("agg3", NEW, "agg2"), "bond-19": ("agg3", KEPT, "agg1")},
    ),
    "two terminated, evacuated in the other order": Row(
        (*OUTAGE, ("evacuate", "agg2")),
        evacuate("agg1"),
        {"bond-17": ("agg3", KEPT, "agg1"), "bond-18": ("agg3", NEW, "agg2"), "bond-19": ("agg3", KEPT, "agg1")},
    ),
    "two terminated, addresses followed between the evacuations": Row(
        (*OUTAGE, ("evacuate", "agg1"), ("follow", "18")),
        evacuate("agg2"),
        {"bond-17": ("agg3", KEPT, "agg1"), "bond-18": ("agg3", NEW, ""), "bond-19": ("agg3", KEPT, "agg1")},
        says="Nothing to do: agg2 has no public address or gateway that can leave it.",
    ),
    "two terminated, bonds followed": Row(
        OUTAGE,
        follow(),
        {"bond-17": ("agg3", KEPT, ""), "bond-18": ("agg3", NEW, ""), "bond-19": ("agg3", KEPT, "agg1")},
    ),
    "aggregator misspelt": Row((), evacuate("agg11"), {"bond-17": HOME}, says="agg11", code=2),
}
FIRST = (
    "bond moved to another subnet and zone",
    "entry that names its aggregator",
    "evacuated in maintenance mode, to a target",
)
"""The rows that each run of CI judges."""
ANOTHER_VPC: dict[str, Row] = {
    "bond moved to another VPC": Row(
        (("move", "17", "agg2"),),
        follow(17),
        {"bond-17": ("agg2", NEW, "agg1")},
    ),
    "two bonds change VPCs": Row(
        (("move", "17", "agg2"), ("move", "18", "agg3")),
        follow(17, 18),
        {"bond-17": ("agg2", NEW, "agg1"), "bond-18": ("agg3", NEW, "agg2")},
    ),
    "bond moved home from another VPC": Row(
        (("move", "17", "agg2"), ("follow", "17"), ("move", "17", "agg1")),
        follow(17),
        # Its first private address is free again, and the first one that is.
        {"bond-17": ("agg1", KEPT, "")},
    ),
    "evacuated to another VPC": Row(
        (("stop", "agg1"),),
        evacuate("agg1", bonding_evacuate_to="agg2"),
        {"bond-17": ("agg2", NEW, "agg1"), "bond-19": ("agg2", NEW, "agg1")},
    ),
    "owner terminated, bond in another VPC": Row(
        (("terminate", "agg1"), ("move", "17", "agg2")),
        follow(17),
        {"bond-17": ("agg2", NEW, "")},
    ),
}
"""The rows of a network whose agg2 is in another VPC, outside of BGP and of the meshes."""
FLAPPING = Row(
    (
        ("move", "17", "agg3"),
        ("follow", "17"),
        ("move", "17", "agg1"),
        ("follow", "17"),
        ("move", "17", "agg2"),
        ("follow", "17"),
        ("move", "17", "agg1"),
        ("told",),
        ("move", "17", "agg2"),
    ),
    follow(17),
    {"bond-17": ("agg2", NEW, "agg1")},
    told="No address is moved: bond 17 flaps.",
)
"""A row for a rulebook alone: by hand nothing flaps. Its second return within ten minutes is the last move but one."""
BY_RULEBOOK: dict[str, tuple[Row, ...]] = {
    "moved, home, to another subnet, and flapping": (
        ROWS["bond that no entry names moves with one that has an entry"],
        ROWS["bond moved home"],
        ROWS["bond moved to another subnet and zone"],
        FLAPPING,
    ),
    "more than allowed": (ROWS["more moves than bonding_follow_max"],),
    "owner terminated": (ROWS["owner terminated, bond in its subnet"],),
    "owner hangs": (ROWS["owner hangs"],),
}
"""The rows that a rulebook answers too. In one line each row goes on where the one before has ended: of its steps only
those after the last `follow` are left."""
