# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks of an aggregator's answers over SSH.

An aggregator faces the Internet, and an attacker who controls it chooses its answers. So an answer is data: of the
shape that is declared here, bounded, and without keys on which Ansible would act (facts become variables of the run).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from ..._grammar import INTERFACE_NAME, MOST_OF_INTERFACE
from ..._printable import printable
from .files import INSTALLED, MOST_DEVICES, MOST_ENTRIES, UNSIGNED, is_address, is_network, is_prefix
from .shapes import Flag, Many, Number, Optional, Record, Shape, Text, refuse, say, shown

MOST_ADDRESSES = 65536
"""Of all devices together."""
MOST_ROUTES = 65536
MOST_OUTPUT = 1 << 20
INTERPRETER = "discovered_interpreter_python"
"""The one fact that Ansible itself adds to a module's result, on the controller."""
ACTED_ON = ("ansible_facts", "add_host", "add_group")
"""Keys of a result that Ansible acts on."""

_MAC = re.compile(r"[0-9a-f:.]*").fullmatch
_WORD = re.compile(r"[A-Za-z0-9_.-]+").fullmatch
_NAMED = re.compile(r"[A-Za-z0-9_.@:-]+").fullmatch
_PATH = re.compile(r"/[A-Za-z0-9_./+-]*").fullmatch


def _is_destination(text: str) -> bool:
    return text == "default" or is_network(text)


def _is_source(text: str) -> bool:
    return text == "all" or is_network(text)


def _name(optional: bool = False) -> Text:
    return Text("the name of an interface", MOST_OF_INTERFACE, INTERFACE_NAME.fullmatch, optional)


_DEVICE = Record(
    {
        "name": _name(),
        # a tunnel's is an IP address, and a device without a link layer has none
        "mac": Text("a MAC address", 59, _MAC, optional=True),
        "kind": Text("the kind of a device", 32, _WORD, optional=True),
        "vni": Number(0, (1 << 24) - 1, optional=True),
        "mtu": Number(0, UNSIGNED, optional=True),
        "up": Flag(),
        "carrier": Flag(),
        "master": _name(optional=True),
        "elsewhere": Flag(),
        "addresses": Many(Text("an IP address with a prefix length", 43, is_prefix), MOST_ENTRIES),
    },
    defaults={"elsewhere": False},
)
_ROUTE = Record(
    {
        "destination": Text("an IP network or default", 43, _is_destination),
        "gateway": Text("an IP address", 39, is_address, optional=True),
        "device": _name(optional=True),
    }
)
_RULE = Record(
    {
        "priority": Number(0, UNSIGNED, optional=True),
        "from": Text("an IP network or all", 43, _is_source, optional=True),
        "incoming": _name(optional=True),
        "outgoing": _name(optional=True),
        "table": Text("the name of a routing table", 64, optional=True),
    }
)
PROGRAMS = ("ip", "nft", "ping", "systemctl")
MANAGERS = ("networkd", "udev", "network_manager", "cloud_init")
ADMITTED = ("vxlan", "babel", "ospf", "bgp")
ANSWERS = ("yes", "no", "unknown")
FIREWALL = ("directory", "known_ips")
SEEN = ("input", "neighbours", "sent")
_NAMESPACE = Record(
    {"name": Text("the name of a namespace", 255, _NAMED), "devices": Optional(Many(_name(), MOST_DEVICES))}
)
_ADMITS = Record(
    {
        **dict.fromkeys(ADMITTED, Text("yes, no or unknown", 7, ANSWERS.__contains__)),
        "sources": Many(Text("an IP network", 43, is_network), MOST_ENTRIES),
    }
)
HOST = Record(
    {
        "devices": Many(_DEVICE, MOST_DEVICES),
        "routes": Many(_ROUTE, MOST_ROUTES),
        "rules": Many(_RULE, MOST_ROUTES),
        "programs": Record(dict.fromkeys(PROGRAMS, Flag())),
        "managers": Record(dict.fromkeys(MANAGERS, Flag())),
        "installed": INSTALLED,
        "admits": _ADMITS,
        "firewall": Record(dict.fromkeys(FIREWALL, Flag())),
        "namespaces": Many(_NAMESPACE, MOST_DEVICES),
    },
    defaults={
        "admits": {**dict.fromkeys(ADMITTED, "unknown"), "sources": []},
        "firewall": dict.fromkeys(FIREWALL, False),
        "namespaces": [],
    },
)
"""Shape of `host` in the result of module aggregator_host_info."""
_COUNTS = Record(dict.fromkeys(ANSWERS, Number(0, UNSIGNED)))
_ANSWER: Mapping[str, Shape] = {
    "host": HOST,
    "missing": Many(Text("a sentence", 1000), MOST_ENTRIES),
    "seen": Record(dict.fromkeys(SEEN, _COUNTS)),
}
_OF_ANSIBLE = frozenset(
    ("changed", "failed", "msg", "invocation", "warnings", "deprecations", "exception", "attempts", "ansible_facts")
)
"""Keys that Ansible has in any result."""
_FLAGS_OF_ANSIBLE = ("_ansible_parsed", "_ansible_no_log")
"""Keys that Ansible itself adds on the controller, and that an `until` still sees."""


def check_answer(result: Any) -> tuple[dict[str, Any] | None, list[str]]:
    """Return the answer of module aggregator_host_info, and a sentence for each part that is not as it should be.

    `result` is the task's result as Ansible registers it. The answer is {"host": H, "missing": [sentences]},
    {"unreachable": text} of a host that Ansible does not reach, or None: of a task that was skipped or not run, which
    is nothing wrong, and of an answer with something wrong. The sentences do not name the host.
    """
    if result is None:
        return None, []
    wrong: list[str] = []
    if not isinstance(result, Mapping):
        refuse(wrong, "The answer", result, "a dictionary")
        return None, wrong
    _refuse_acted_on(result, wrong)
    if wrong:
        return None, wrong
    if result.get("unreachable"):
        return {"unreachable": _sentence(result.get("msg"), "no connection")}, []
    if result.get("skipped"):
        return None, []
    if result.get("failed"):
        return None, [f"The host cannot be read: {_sentence(result.get('msg'), 'no reason given')}."]
    for key in result:
        if key not in _ANSWER and key not in _OF_ANSIBLE and key not in _FLAGS_OF_ANSIBLE:
            say(wrong, f"The answer has the unknown key {shown(key)}.")
    for name in ("changed", "failed"):
        Flag(only=False).read(result.get(name, False), name, wrong)
    given = {name: value for name, value in result.items() if name in _ANSWER}
    answer = Record(_ANSWER, {"seen": {name: dict.fromkeys(ANSWERS, 0) for name in SEEN}}).read(given, "", wrong)
    if not wrong:
        count = sum(len(device["addresses"]) for device in answer["host"]["devices"])
        if count > MOST_ADDRESSES:
            say(wrong, f"host.devices have too many addresses (got {count}, expected {MOST_ADDRESSES} at most).")
    return (None, wrong) if wrong else (answer, [])


def check_exists(result: Any) -> tuple[bool, list[str]]:
    """Return (True if the file exists, problems) of a registered result of ansible.builtin.stat."""
    wrong = _checked(result)
    stat = result.get("stat") if isinstance(result, Mapping) else None
    exists = stat.get("exists") if isinstance(stat, Mapping) else None
    Flag().read(exists, "stat.exists", wrong)
    return exists is True and not wrong, wrong


def check_output(result: Any) -> tuple[str, list[str]]:
    """Return the output of the registered result of ansible.builtin.command, and what is wrong with that.

    A command that failed has none, and Ansible says why.
    """
    wrong = _checked(result)
    if isinstance(result, Mapping) and result.get("failed"):
        return "", wrong
    output = result.get("stdout") if isinstance(result, Mapping) else None
    if not isinstance(output, str) or len(output) > MOST_OUTPUT:
        refuse(wrong, "stdout", output, f"a text of up to {MOST_OUTPUT} characters")
    return (output if isinstance(output, str) and not wrong else ""), wrong


def _checked(result: Any) -> list[str]:
    wrong: list[str] = []
    if isinstance(result, Mapping):
        _refuse_acted_on(result, wrong)
    return wrong


def _refuse_acted_on(result: Mapping[str, Any], wrong: list[str]) -> None:
    """Refuse an answer that is an order to Ansible."""
    for key in result:
        if key == "ansible_facts":
            _refuse_facts(result[key], wrong)
        elif key in _FLAGS_OF_ANSIBLE and isinstance(result[key], bool):
            continue
        elif key in ACTED_ON or (isinstance(key, str) and key.startswith("_ansible_")):
            say(wrong, f"The answer carries {shown(key)}, which nobody asked for.")


def _refuse_facts(facts: Any, wrong: list[str]) -> None:
    if not isinstance(facts, Mapping):
        refuse(wrong, "ansible_facts", facts, "a dictionary")
        return
    path = Text("the path of Python", 255, _PATH)
    names = [name for name in facts if name != INTERPRETER or path.read(facts[name], name, []) is None]
    if names:
        listing = ", ".join(shown(name) for name in names[:5])
        say(wrong, f"The answer carries facts, which nobody asked for and which become the run's variables: {listing}.")


def _sentence(text: Any, otherwise: str) -> str:
    """Foreign words for a sentence of ours: one line, bounded, without what a terminal would act on."""
    words = printable(text[:1000]) if isinstance(text, str) else ""
    return " ".join(words.split()).rstrip(".") or otherwise


CHECKS: Mapping[str, Callable[[Any], tuple[Any, list[str]]]] = {
    "aggregator_host_info": check_answer,
    "stat": check_exists,
    "command": check_output,
}
"""By the name of the module that was asked."""
