# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rule on expressions of roles and playbooks finds what joins or computes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.house.roles import computing_problems

from .test_rules_bite import write


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('x: "{{ keys | zip(values) }}"', "zip"),
        ('x: "{{ a | product(b) }}"', "product"),
        ('x: "{{ table | dict2items }}"', "dict2items"),
        ('x: "{{ rows | items2dict }}"', "items2dict"),
        ('x: "{{ network | ansible.utils.ipaddr(1) }}"', "ipaddr"),
        ('x: "{{ network | ansible.utils.nthhost(1) }}"', "nthhost"),
        ('x: "{{ network | ansible.utils.ipv4 }}"', "| ansible.utils.ipv4"),
        ('x: "{{ gate_ipv6 | bool }}"', ""),
        ('x: "{{ network | ansible.utils.ipsubnet(24, 1) }}"', "ipsubnet"),
        ('x: "{{ index + 1 }}"', "+ 1"),
        ('x: "{{ 256 * index }}"', "256 *"),
        ("x: \"{{ ends | map('regex_replace', '^', base) }}\"", "map('regex_replace'"),
        ('x: "{{ ours | combine({1: key}) }}"', "combine({"),
        ('x: "{% for one in all %}{{ one }}{% endfor %}"', "{% for"),
        ("x: \"{{ address.split('/')[0] }}\"", ".split("),
        ("x: \"{{ rows | map(attribute='id') | list }}\"", ""),
        ("# zip(a)", ""),
        ("cidr: 0.0.0.0/0", ""),
    ],
)
def test_expressions_compute_nothing(tmp_path: Path, text: str, found: str) -> None:
    places = ("roles/gate/tasks/main.yml", "roles/gate/vars/main.yml", "playbooks/site.yml")
    write(tmp_path, dict.fromkeys((*places, "roles/gate/meta/main.yml", "lab/a.yml"), f"---\n{text}\n"))
    complaint = f":2: computes in Jinja ('{found}')"
    assert computing_problems(tmp_path) == ([f"{place}{complaint}" for place in places] if found else [])


@pytest.mark.parametrize(
    ("value", "computed"),
    [
        ("\"{{ ['a', 'b'] | select('in', given) }}\"", True),
        ("\"{{ {'mac': mac} | checked }}\"", True),
        ('"{{ [one] }}"', False),
        ('"{{ given | bonded.internet.gateway_found }}"', False),
        ('["{{ one | lower }}"]', False),
    ],
)
def test_internals_are_no_computed_tables(tmp_path: Path, value: str, computed: bool) -> None:
    write(tmp_path, {"roles/gate/vars/main.yml": f"__gate_names: {value}\n"})
    complaint = "roles/gate/vars/main.yml:1: has an internal that is a computed table"
    assert computing_problems(tmp_path) == ([complaint] if computed else [])
