# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The option api_map of the modules on the server: a dictionary, a file, the environment; and no trace of it later."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ansible_collections.bonded.internet.plugins.module_utils._options import CONNECTION_SPEC
from ansible_collections.bonded.internet.plugins.modules import bond_cpe_nat, bonding_api_info
from tests.unit.plugins.api_objects import aggregator
from tests.unit.plugins.scripted import API, Step, get, post, run_module

MAP = {"paths": {"cpe_nat_ip": "bonds/X/nat_ips/"}, "fields": {"cpe_nat_ip": {"nat_ip": "inside"}}}
TEXT = "paths:\n  cpe_nat_ip: bonds/X/nat_ips/\nfields:\n  cpe_nat_ip:\n    nat_ip: inside\n"
WANTED = {"bond": "17", "ip": "10.0.0.17", "nat_ip": "192.168.17.10"}
OTHER = {"enabled": True, "ip": "10.0.0.17", "inside": "192.168.17.10"}
USUAL = {"enabled": True, "ip": "10.0.0.17", "nat_ip": "192.168.17.10"}


def steps(path: str, body: dict[str, Any]) -> list[Step]:
    made = {"id": 3, "url": f"{API}bonds/17/{path}/3/", **body}
    return [get(f"bonds/17/{path}/", []), post(f"bonds/17/{path}/", body, made)]


def test_reads_and_writes_go_by_it(monkeypatch: pytest.MonkeyPatch) -> None:
    result = run_module(monkeypatch, bond_cpe_nat.main, {**WANTED, "api_map": MAP}, *steps("nat_ips", OTHER))
    assert result["cpe_nat_ip"]["nat_ip"] == "192.168.17.10"


def test_the_next_module_of_the_process_has_none_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ansible's worker calls several modules, with servers that differ."""
    run_module(monkeypatch, bond_cpe_nat.main, {**WANTED, "api_map": MAP}, *steps("nat_ips", OTHER))
    result = run_module(monkeypatch, bond_cpe_nat.main, WANTED, *steps("cpe_nat_ips", USUAL))
    assert result["changed"]


def test_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "map.yml").write_text(TEXT, encoding="utf-8")
    arguments = {**WANTED, "api_map": str(tmp_path / "map.yml")}
    assert run_module(monkeypatch, bond_cpe_nat.main, arguments, *steps("nat_ips", OTHER))["changed"]


def test_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """run_module takes the variables away, so by the option's own fallback."""
    (tmp_path / "map.yml").write_text(TEXT, encoding="utf-8")
    fallback, names = CONNECTION_SPEC["api_map"]["fallback"]
    monkeypatch.setenv("BONDING_API_MAP", str(tmp_path / "map.yml"))
    arguments = {**WANTED, "api_map": fallback(*names)}
    assert run_module(monkeypatch, bond_cpe_nat.main, arguments, *steps("nat_ips", OTHER))["changed"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (None, "api_map: the file '{path}' cannot be read: No such file or directory."),
        ("a: [", "api_map: the file '{path}' is not YAML: "),
        ("[]", "api_map: got [], expected a mapping with paths, fields, values (in {path})."),
        ("path: {}", "api_map: 'path' is not known; did you mean 'paths'? (in {path})"),
        ("fields: {cpe_nat_ip: {natip: x}}", "cpe_nat_ip: 'natip' is not known; did you mean 'nat_ip'? (in {path})"),
    ],
)
def test_a_map_that_cannot_be_used_ends_the_module_first(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str | None, words: str
) -> None:
    path = tmp_path / "map.yml"
    if text is not None:
        path.write_text(text, encoding="utf-8")
    result = run_module(monkeypatch, bond_cpe_nat.main, {**WANTED, "api_map": str(path)})
    assert result["failed"]
    assert words.format(path=path) in result["msg"]
    assert result["msg"].endswith("Nothing was sent.")


def test_bonding_api_info_shows_it(monkeypatch: pytest.MonkeyPatch) -> None:
    wider = {"fields": {"protocol": {"enabled": "active"}}}
    listed = [get("aggregators/", [aggregator(7, "agg1", version="6.6.2")]), get("", {})]
    result = run_module(monkeypatch, bonding_api_info.main, {"api_map": wider}, *listed)
    kinds = ("static", "bgp", "babel", "ospf")
    fields = {f"{kind}_protocol": {"enabled": "active"} for kind in kinds}
    assert result["api_map"] == {"paths": {}, "fields": fields, "values": {}}


def test_an_empty_one_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    arguments = {**WANTED, "api_map": ""}
    assert run_module(monkeypatch, bond_cpe_nat.main, arguments, *steps("cpe_nat_ips", USUAL))["changed"]
