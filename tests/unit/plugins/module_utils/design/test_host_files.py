# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Nothing gets into a file on a host that its reader would take for something else."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._design.host.files import (
    FILES,
    check_files,
    check_masquerade,
)

from .test_answer import FIREWALL, MASQUERADE, WAY

GIVEN: dict[str, dict[str, Any]] = {
    "aggregator_host": {
        "network": "demo",
        "directory": "/etc/bonded-internet",
        "rule_priority": 10,
        "interval": 10,
        "masquerade": [MASQUERADE],
        "return_routes": [WAY],
        "firewall": [FIREWALL],
    },
    "pwan_gateway": {"network": "demo", "space": "acme", "key": "gateway/acme/agg1", "interface": "gw11"},
    "device": {"mac": "0e:00:00:00:00:0b", "interface": "gw11"},
}
HOSTILE: tuple[Any, ...] = (
    ('ens5":12,"q', 'a"}}#', "tun*", "e*", "*", 'a"b', "$(reboot)", "`id`", "%i", "..", ".", "lo", "all", "default")
    + ("", "a b", "a\nb", "a;b", "a/b", "a'b", "a\\b", "{{ 1 }}", "ä", "x" * 100, "\x1b[2J", "a\n\n[Link]\nName=x", 7)
    + (["a"], {})
)
"""Texts that mean something to nft, a shell, systemd, udev, sysctl or a terminal, or nothing at all."""
NAMES = {
    "aggregator_host": (
        ("network",),
        ("directory",),
        ("masquerade", 0, "space"),
        ("masquerade", 0, "device"),
        ("masquerade", 0, "incoming", 0),
        ("masquerade", 0, "subnet"),
        ("masquerade", 0, "untranslated", 0),
        ("masquerade", 0, "port_forwards", 0, "to"),
        ("masquerade", 0, "port_forwards", 0, "from", 0),
        ("masquerade", 0, "port_forwards", 0, "protocol"),
        ("return_routes", 0, "address"),
        ("return_routes", 0, "via"),
        ("return_routes", 0, "device"),
        ("firewall", 0, "device"),
        ("firewall", 0, "protocol"),
        ("firewall", 0, "sources", 0),
    ),
    "pwan_gateway": (("network",), ("space",), ("interface",)),
    "device": (("mac",), ("interface",)),
}
FREE = {("space", "lo"), ("space", "all"), ("space", "default"), ("network", "lo"), ("network", "all")}
FREE |= {("network", "default")}
"""Names that mean something for devices alone."""
NUMBERS: tuple[tuple[Any, ...], ...] = (
    ("rule_priority",),
    ("interval",),
    ("masquerade", 0, "zone"),
    ("masquerade", 0, "port_forwards", 0, "port"),
    ("masquerade", 0, "port_forwards", 0, "to_port"),
    ("return_routes", 0, "table"),
    ("firewall", 0, "port"),
)


def changed(of: str, path: tuple[Any, ...], value: Any) -> dict[str, Any]:
    """Return a copy of GIVEN's values with one value replaced."""
    given: Any = deepcopy(GIVEN[of])
    place = given
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return dict(given)


@pytest.mark.parametrize("of", FILES)
def test_what_fits_is_handed_on(of: str) -> None:
    assert check_files(GIVEN[of], of) == (GIVEN[of], [])


@pytest.mark.parametrize(("of", "path"), [(of, path) for of, paths in NAMES.items() for path in paths])
def test_no_hostile_text_gets_in(of: str, path: tuple[Any, ...]) -> None:
    for value in HOSTILE:
        if isinstance(value, str) and (path[-1], value) in FREE:
            continue
        _data, wrong = check_files(changed(of, path, value), of)
        assert wrong, f"{path}: {value!r}"
        assert all(text.isascii() and text.isprintable() for text in wrong)


def test_a_gateway_that_goes_may_have_no_device_any_more() -> None:
    assert check_files(changed("pwan_gateway", ("interface",), None), "pwan_gateway")[1] == []
    assert check_files(changed("device", ("interface",), None), "device")[1] != []


@pytest.mark.parametrize("path", NUMBERS)
def test_no_other_number_gets_in(path: tuple[Any, ...]) -> None:
    least = 0 if path[-1] == "zone" else 1  # nobody's zone
    for value in (
        "10\n",
        "1_0",
        " 10",
        "-1",
        str(least - 1),
        least - 1,
        -2,
        True,
        1.5,
        "²",
        "9" * 5000,
        10**50,
        "",
        None,
    ):
        assert check_files(changed("aggregator_host", path, value), "aggregator_host")[1] != [], value


def test_texts_of_variables_become_numbers_and_flags_and_what_is_left_out_its_default() -> None:
    least = {"space": "acme", "zone": "11", "device": "gw11", "subnet": "10.101.0.0/24", "ipv6": "no"}
    data, wrong = check_files({**GIVEN["aggregator_host"], "masquerade": [least], "interval": "30"}, "aggregator_host")
    assert wrong == []
    assert data["masquerade"] == [
        {**least, "zone": 11, "ipv6": False, "untranslated": [], "incoming": [], "port_forwards": []}
    ]
    assert data["interval"] == 30
    assert check_files(changed("aggregator_host", ("masquerade", 0, "ipv6"), "maybe"), "aggregator_host")[1] != []


@pytest.mark.parametrize("path", ["/home/x", "/root", "/tmp/x", "/run/x", "/etc/../tmp", "etc", "/etc/", "/a//x", "/"])
def test_a_folder_that_the_unit_does_not_see_is_refused(path: str) -> None:
    assert check_files(changed("aggregator_host", ("directory",), path), "aggregator_host")[1] != []
    assert check_files(changed("aggregator_host", ("directory",), "/opt/bonded-internet"), "aggregator_host")[1] == []


def test_an_empty_list_of_sources_is_not_everybody() -> None:
    path = ("masquerade", 0, "port_forwards", 0, "from")
    (sentence,) = check_files(changed("aggregator_host", path, []), "aggregator_host")[1]
    assert sentence.endswith("port_forwards[0].from is not as expected (got a list, expected a list of at least 1).")


def test_a_device_in_two_zones_is_refused() -> None:
    other = {**MASQUERADE, "space": "globex", "zone": 12, "device": "gw12", "incoming": ["tun21", "tun17"]}
    sentence = "The device 'tun17' is in the spaces 'acme' and 'globex'."
    given = {**GIVEN["aggregator_host"], "masquerade": [MASQUERADE, other]}
    assert check_files(given, "aggregator_host")[1] == [sentence]
    assert check_masquerade({"acme": MASQUERADE, "globex": other}) == [sentence]
    assert check_masquerade({"acme": MASQUERADE, "globex": {**other, "incoming": ["tun21"]}}) == []
