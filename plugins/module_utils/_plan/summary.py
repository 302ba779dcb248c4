# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The plan as site.yml shows it, in lines for people.

Here and not in a template, which Ansible would have to look up, read and compile in each run.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from .._design.aggregators.leftovers import RELEASE
from .._design.checks.kept_addresses import KeptAddress
from .._design.checks.prices import DATE, REGION, MonthlyCost
from .._model.desired_network import PARTS, DeviationDrift, Drift, Relocation
from .._model.phases import ADOPT, PHASES, PLANNED_PHASES, Phase
from .._model.plan import WAITS_FOR_ADOPTION, PlannedChange
from .._model.quotas import QuotaUsage
from .._parents import AGGREGATOR, is_below
from .role_inputs import Plan

NOTHING_LEFT = "Nothing of this network is left"
MOST_KEPT = 20
"""So many kept Elastic IPs have a line of their own."""
NEARLY = 0.8
"""The part of a limit from which on it is shown without being asked for."""
WIDTH = 100
"""Columns of the table of limits, as a terminal or a log viewer shows it."""


def nothing_to_do(
    aws: bool, asked: Collection[str], unasked: Collection[str], kept: int, unavailable: Mapping[str, str]
) -> str:
    """Return the sentence of an empty plan; it speaks of the systems and hosts that were asked, and of no others.

    :param kept: how many objects are kept that the inventory names no more
    :param unavailable: hosts that the run leaves out -> the reason
    """
    hosts = [] if not asked else sorted(asked) if unasked else ["the aggregators"]
    sides = [*(["AWS"] if aws else []), "the server", *hosts]
    names = " and ".join(filter(None, (", ".join(sides[:-1]), sides[-1])))
    verb = "are" if len(sides) > 1 else "is"
    silent = f" Not asked: {', '.join(sorted(unasked))}." if asked and unasked else ""
    objects = "an object that it names" if kept == 1 else f"{kept} objects that it names"
    but = f", but for {objects} no more: kept, see the warnings" if kept else ""
    listing = ", ".join(f"{host}, which {reason}" for host, reason in sorted(unavailable.items()))
    without = f" Left out: {listing}." if listing else ""
    return f"Nothing to do: {names} {verb} as the inventory says{but}.{silent}{without}"


def counts_of(items: Iterable[PlannedChange]) -> dict[Phase, int]:
    """Return the number of items in each phase; adopt has one only where there are any."""
    found = Counter(item.phase for item in items)
    return {phase: found[phase] for phase in (PLANNED_PHASES if found[ADOPT] else PHASES)}


def nothing_to_move(relocation: Relocation, is_limited: bool) -> str:
    """Return the sentence of a run that has nothing to move.

    :param is_limited: something would move, and is left for another run
    """
    if is_limited:
        return "Nothing to do on the hosts of this run: what would move is left for another run, as the next lines say."
    if relocation.evacuate:
        return f"Nothing to do: {relocation.evacuate} has no public address or gateway that can leave it."
    if relocation.restore:
        return f"Nothing to do: no public address or gateway comes back to {relocation.restore}."
    return "Nothing to do: each public address that can follow its bond is where the bond is."


def nothing_left(kept: Collection[str]) -> str:
    """Return the sentence of a teardown that has nothing more to do; `kept` is what it leaves."""
    return f"{NOTHING_LEFT}{' but what is kept: ' if kept else ''}{', '.join(kept)}."


def left_of(deferred: int, drift: int, kept: Collection[KeptAddress]) -> list[str]:
    """Return a phrase for each kind of what a run leaves, for the last lines of the run."""
    phrases = [
        (deferred, "change for another run", "changes for another run"),
        (drift, "difference that no run changes", "differences that no run changes"),
        (len(kept), "Elastic IP that nothing uses", "Elastic IPs that nothing uses"),
    ]
    return [f"{number} {one if number == 1 else many}" for number, one, many in phrases if number]


def lines_of(
    plan: Plan,
    limits: Iterable[QuotaUsage],
    costs: Iterable[MonthlyCost],
    nothing: str,
    *,
    kept: Sequence[KeptAddress] = (),
    all_limits: bool = True,
) -> list[str]:
    """Return a line for each change, sorted, and after them the counts, limits, costs, kept Elastic IPs and what is
    left for later.

    :param nothing: the sentence of an empty plan
    :param kept: Elastic IPs that nothing uses after this plan
    :param all_limits: also those limits of which less than NEARLY is used
    """
    shown = [line for line in limits if all_limits or line.there + line.new >= NEARLY * line.most]
    found = [*_changes(plan.items), "", *_table(plan.items), *_limits(shown), *_costs(costs)] if plan.items else []
    later = Counter(reason for _item, reason in plan.deferred)
    return [
        *(found or [nothing]),
        *_waiting(plan.deferred),
        *_kept(kept),
        *(f"Left for another run: {count} ({reason})" for reason, count in sorted(later.items())),
    ]


def deviation_lines(drift: Iterable[Drift | DeviationDrift]) -> list[str]:
    """Return the line that counts the deviations: each has a line of its own among the warnings."""
    count = sum(one.kind == "deviation" for one in drift)
    objects = "1 object differs" if count == 1 else f"{count} objects differ"
    return [f"Left as found: {objects} from the inventory (bonding_deviations)."] if count else []


def _changes(items: Iterable[PlannedChange]) -> list[str]:
    """Return a line for each change; the order is that of phases and parts, and never that of hosts."""
    items = list(items)
    # The aggregator goes without saying, unless a host changes objects of two: its own, and that of a dead one.
    found = {(item.host, item.parent) for item in items if item.host and is_below(item.parent, AGGREGATOR)}
    several = {host for host, count in Counter(host for host, _parent in found).items() if count > 1}
    return [_change(item, item.host in several) for item in sorted(items, key=_place)]


def _place(item: PlannedChange) -> tuple[int, int, str, str, str, str]:
    phase, part = PLANNED_PHASES.index(item.phase), PARTS.index(item.part)
    return phase, part, item.kind, item.host or "", item.parent, item.key


def _change(item: PlannedChange, names_aggregator: bool = False) -> str:
    is_clear = item.host and is_below(item.parent, AGGREGATOR) and not names_aggregator
    of = "" if not item.parent or is_clear else f" of {item.parent}"
    on = f" on {item.host}" if item.host else ""
    interrupts = f", INTERRUPTS {item.interrupts}" if item.disruptive else ""
    return f"{item.phase:<7} {item.verb} {item.kind} {item.key}{of}{on}{interrupts}"


def _waiting(deferred: Iterable[tuple[PlannedChange, str]]) -> Iterator[str]:
    """Yield a line, with the fields, for each change that waits for the run after that which adopts.

    The operator decides by it what is to stay as it is, by `bonding_deviations`.
    """
    waiting = (item for item, reason in deferred if reason == WAITS_FOR_ADOPTION)
    for item in sorted(waiting, key=_place):
        fields = f": {', '.join(sorted(item.after))}" if item.verb == "update" and item.after else ""
        yield f"later   {_change(item)}{fields}"


def _table(items: Sequence[PlannedChange]) -> Iterator[str]:
    counts = Counter((item.phase, item.part) for item in items)
    yield f"{'phase':<8}" + "".join(f"{name:>13}" for name in (*PARTS, "together"))
    for phase in counts_of(items):
        row = [counts[phase, part] for part in PARTS]
        yield f"{phase:<8}" + "".join(f"{count:>13}" for count in (*row, sum(row)))


def _limits(limits: Iterable[QuotaUsage]) -> Iterator[str]:
    """Yield a table of limits as wide as its texts, up to WIDTH; a longer place moves the rest of its line only."""
    rows = [("limit", "where", ["there", "new", "most", "left"], "says")]
    for line in limits:
        numbers = [str(number) for number in (line.there, line.new, line.most, line.left)]
        rows.append((line.limit, line.where, numbers, line.source))
    names, sources = (max(len(row[column]) for row in rows) for column in (0, 3))
    counts = [max(len(row[2][column]) for row in rows) for column in range(4)]
    most = WIDTH - names - sources - sum(counts) - len("  " * 6)
    places = min(most, max(len(row[1]) for row in rows))
    for name, place, numbers, source in rows if len(rows) > 1 else []:
        columns = "  ".join(number.rjust(count) for number, count in zip(numbers, counts, strict=True))
        yield f"{name:<{names}}  {place:<{places}}  {columns}  {source}"


def _kept(addresses: Sequence[KeptAddress]) -> Iterator[str]:
    """Yield a line for each kept Elastic IP, up to MOST_KEPT, and one with the sum and how to release them."""
    for address in addresses[:MOST_KEPT]:
        owner = ", the account had it before" if address.adopted else ""
        yield f"kept    Elastic IP {address.public_ip} of {address.key}: {_price(address.usd_per_month)}{owner}"
    if len(addresses) > MOST_KEPT:
        yield f"kept    ... and {len(addresses) - MOST_KEPT} more"
    if addresses:
        number = f"{len(addresses)} Elastic IP{'s' if len(addresses) > 1 else ''}"
        total = _price(sum(address.usd_per_month for address in addresses))
        yield (
            f"Kept and used by nothing: {number}, {total}. {RELEASE}: true releases for ever those that the inventory "
            "does not name and the network has allocated itself."
        )


def _price(usd_per_month: float) -> str:
    return f"{usd_per_month:.2f} USD a month" if usd_per_month else "free of charge"


def _costs(costs: Iterable[MonthlyCost]) -> Iterator[str]:
    end = ""
    for cost in costs:
        without = f" {cost.without}" if cost.without else ""
        yield f"{cost.change:+d} {cost.objects}: {cost.usd_per_month:+.2f} USD a month{without}"
        end = f"(at AWS's list prices of {REGION}, {DATE}; other regions differ)"
    if end:
        yield end
