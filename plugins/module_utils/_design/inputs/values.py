# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Readers of option values: given or absent, a number, a network, a list."""

from __future__ import annotations

import ipaddress
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from ..._model.addresses import is_private_space, unusable
from ..._model.desired_network import Report


def given_options(given: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return the options that were given: Ansible fills those left out with None, and a form with empty texts."""
    return {name: value for name, value in (given or {}).items() if not is_blank(value)}


def is_blank(value: Any) -> bool:
    """Return True if the value is what an empty key of YAML or an empty field of a form leaves."""
    return value is None or (isinstance(value, str) and not value.strip()) or value == [""]


def several(values: Iterable[Any]) -> list[Any]:
    """Return the values that come more than once."""
    return [value for value, count in Counter(values).items() if count > 1]


def number(options: dict[str, Any], name: str, what: str, bounds: tuple[int, int], report: Report) -> None:
    """Take an option out of `options`, with a problem, if it is not a whole number within the bounds."""
    value, (least, most) = options.get(name), bounds
    if value is None:
        return
    if isinstance(value, bool) or not isinstance(value, int):
        report.problem(f"{what}: {str(value).lower()} is not a whole number; {least} to {most} are accepted.")
    elif not least <= value <= most:
        report.problem(f"{what}: {value} is outside of {least} to {most}.")
    else:
        return
    del options[name]


def number_of(reference: str) -> int | None:
    """Return the id that a reference of digits names, None of any other text: "\u00b2" is a digit to Python alone."""
    return int(reference) if re.fullmatch("[0-9]{1,18}", reference) else None


def never_empty(options: dict[str, Any], name: str, what: str, absent: str, report: Report) -> None:
    """Refuse an empty list where an absent one means all: a list that came out empty must not mean everybody."""
    if options.get(name) == []:
        report.problem(f"{what}: the list is empty; left out, it means {absent}. Leave it out, or name at least one.")


def chosen_hosts(options: dict[str, Any], what: str, report: Report) -> str | tuple[str, ...]:
    """Take the option `aggregators` out: the names of hosts, or one of the words "all" and "involved"."""
    never_empty(options, "aggregators", f"{what}.aggregators", "all hosts", report)
    members = list(dict.fromkeys(options.pop("aggregators", None) or ["all"]))
    is_word = len(members) == 1 and members[0] in ("all", "involved")
    return str(members[0]) if is_word else tuple(members)


def is_address(text: Any) -> bool:
    """Return True if the value is an IPv4 address without a prefix length."""
    try:
        return bool(ipaddress.IPv4Address(str(text)))
    except ValueError:
        return False


def ipv4_network(text: Any, what: str, report: Report) -> ipaddress.IPv4Network | None:
    """Return an IPv4 network without host bits, or None with a problem."""
    try:
        return ipaddress.IPv4Network(str(text))
    except ValueError as error:
        report.problem(f"{what}: {text!r} is not an IPv4 network ({error}); expected is for example 10.254.0.0/20.")
        return None


def tunnel_network(text: Any, what: str, report: Report) -> ipaddress.IPv4Network | None:
    """Return the network of tunnel addresses. A foreign one would take the Internet's own away from aggregators."""
    network = ipv4_network(text, what, report)
    if network and not is_private_space(network):
        kind = unusable(network) or "public"
        report.problem(
            f"{what}: {network} is {kind} address space; a private network is accepted (RFC 1918, RFC 6598), for "
            "example 10.254.0.0/20."
        )
    return network


def networks(texts: Iterable[Any], what: str, report: Report) -> tuple[str, ...]:
    """Return networks in one form, each once."""
    found = [network for text in texts if (network := ipv4_network(text, what, report))]
    return tuple(dict.fromkeys(map(str, found)))


def sources(given: Mapping[str, Any], what: str, report: Report) -> list[str] | None:
    """Return the sources that may come, each network once and in one form; None if none are given: everybody.

    An empty list is a variable that came out empty, and never means everybody.
    """
    texts = given.get("from")
    if texts is None:
        return None
    if not [text for text in texts if str(text).strip()]:
        report.problem(f"{what}: from: is empty, so that nobody may come. Name who may; left out, it means everybody.")
        return []
    return list(networks(texts, f"{what}: from", report))
