# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The grammar of names, rule by rule."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._grammar import (
    bird_symbol_problem,
    interface_name_problem,
    interface_pattern_problem,
    slug_problem,
    tunnel_template_problem,
)

STRANGE = ["", " ", "a b", "a\n", "\na", "a/b", 'a"b', "a;b", "a{b", "$(reboot)", "`id`", "%i", "a\x1b[2J", "ü", "²"]
NO_TEXT: list[Any] = [None, 5, True, ["a"], {"a": 1}]


@pytest.mark.parametrize("name", ["e", "eth1", "vx10000003", "br-lan", "eth0.100", "_x", "0a", "a" * 15])
def test_names_of_devices(name: str) -> None:
    assert interface_name_problem(name) is None


@pytest.mark.parametrize("name", [*STRANGE, *NO_TEXT, "a" * 16, "-a", ".a", ".", "..", "lo", "all", "default", "e*"])
def test_what_names_no_device(name: Any) -> None:
    problem = interface_name_problem(name)
    assert problem is not None and problem.endswith(".") and problem.isprintable()


def test_main_devices_are_refused_where_they_are_named() -> None:
    assert interface_name_problem("eth0") is None
    assert interface_name_problem("eth0", ("eth0", "ens5")) == (
        "'eth0' is the main device of a host, by which the host itself is reached; use another one."
    )
    assert interface_name_problem("eth1", ("eth0", "ens5")) is None


@pytest.mark.parametrize("pattern", ["*", "eth*", "vx1000000?", "?", "eth0", "lo"])
def test_patterns(pattern: str) -> None:
    assert interface_pattern_problem(pattern) is None


@pytest.mark.parametrize("pattern", [*STRANGE, *NO_TEXT, 'a"b; }', "e[01]", "-eth0", "*" * 16])
def test_what_is_no_pattern(pattern: Any) -> None:
    problem = interface_pattern_problem(pattern)
    assert problem is not None and problem.endswith(".") and problem.isprintable()


@pytest.mark.parametrize("name", ["a", "_", "prod_babel_3", "A9", "a" * 64])
def test_symbols_of_bird(name: str) -> None:
    assert bird_symbol_problem(name) is None


@pytest.mark.parametrize("name", [*STRANGE, *NO_TEXT, "x; }", "9a", "a-b", "a.b", "a" * 65])
def test_what_is_no_symbol_of_bird(name: Any) -> None:
    problem = bird_symbol_problem(name)
    assert problem is not None and problem.endswith(".") and problem.isprintable()


@pytest.mark.parametrize("template", ["tun{bond}", "bond-{bond}.0", "{bond}"])
def test_templates_of_tunnel_devices(template: str) -> None:
    assert tunnel_template_problem(template) is None


@pytest.mark.parametrize(
    "template", [*STRANGE, *NO_TEXT, "tun", "tun{bond}{bond}", 'tun{bond}"', "tunnelling{bond}", "-{bond}", "{bond}{x}"]
)
def test_what_is_no_template(template: Any) -> None:
    problem = tunnel_template_problem(template)
    assert problem is not None and problem.endswith(".") and problem.isprintable()


@pytest.mark.parametrize("key", ["acme", "acme-2", "A_b", "7", "a" * 64])
def test_slugs(key: str) -> None:
    assert slug_problem(key) is None


@pytest.mark.parametrize("key", [*STRANGE, *NO_TEXT, "a.b", "..", "a" * 65, "a?b", "a#b"])
def test_what_is_no_slug(key: Any) -> None:
    problem = slug_problem(key)
    assert problem is not None and problem.endswith(".") and problem.isprintable()


def test_the_problem_names_what_it_got_and_expected() -> None:
    expected = "not a key of a space (got 'a b', expected 1 to 64 ASCII letters, digits, '_' and '-')."
    assert slug_problem("a b") == expected
    assert "..., expected" in str(bird_symbol_problem("x;" * 1000))
