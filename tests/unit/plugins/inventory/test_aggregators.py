# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The plugin in Ansible: options and environment, constructed groups, cache, and what a failing source does."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible import constants
from ansible.errors import AnsibleParserError
from ansible.inventory.data import InventoryData
from ansible.parsing.dataloader import DataLoader
from ansible.plugins.doc_fragments import constructed, inventory_cache

from ansible_collections.bonded.internet.plugins.inventory import aggregators as plugin_file
from ansible_collections.bonded.internet.plugins.module_utils._live_inventory import (
    Aggregator,
    Bond,
    Instance,
    LiveInventoryError,
)
from ansible_collections.bonded.internet.plugins.plugin_utils import _live_reader

NAME = "bonded.internet.aggregators"
CACHE: dict[str, Any] = {"cache": True, "cache_plugin": "jsonfile"}
SETTING = "INVENTORY_ANY_UNPARSED_IS_FAILED"


@dataclass
class Sides:
    """Both sides as the plugin reads them, and the options that it reads them with."""

    aggregators: list[Aggregator] = field(
        default_factory=lambda: [Aggregator(7, "agg1", ip="203.0.113.7"), Aggregator(12, "agg2", ip="203.0.113.12")]
    )
    instances: list[Instance] = field(
        default_factory=lambda: [
            Instance("i-1", "eu-central-1", zone="eu-central-1a", public_ips=("203.0.113.7",)),
            Instance("i-2", "eu-central-1", zone="eu-central-1b", public_ips=("203.0.113.12",)),
        ]
    )
    asked: list[dict[str, Any]] = field(default_factory=list)
    server_fails: str = ""
    aws_fails: str = ""
    now: float = 1_000_000.0
    folder: Path = Path()

    def read_server(self, options: dict[str, Any], *, groups: bool) -> tuple[list[Aggregator], list[Bond], list[str]]:
        self.asked.append({**options, "groups": groups})
        if self.server_fails:
            raise LiveInventoryError(self.server_fails)
        return self.aggregators, [Bond(17, "acme", 7, 12)], []

    def reader(self, _options: dict[str, Any]) -> Sides:
        return self

    searched = "region eu-central-1"

    def result(self) -> list[Instance]:
        if self.aws_fails:
            raise LiveInventoryError(self.aws_fails)
        return self.instances

    def parse(self, flush: bool = False, **options: Any) -> InventoryData:
        """Return the inventory of a file with these options."""
        path = self.folder / "demo.bonding.yml"
        path.write_text(yaml.safe_dump({"plugin": NAME, **options}), encoding="utf-8")
        inventory = InventoryData()
        plugin = make_plugin()
        assert plugin.verify_file(str(path))
        plugin.parse(inventory, DataLoader(), str(path), cache=not flush)
        if plugin.get_option("cache"):
            plugin.update_cache_if_changed()
        inventory.reconcile_inventory()
        return inventory

    def refused(self, **options: Any) -> str:
        """Return the message of a source that fails."""
        with pytest.raises(AnsibleParserError) as caught:
            self.parse(**options)
        return str(caught.value)


@pytest.fixture
def sides(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Sides]:
    found = Sides(folder=tmp_path)
    monkeypatch.setattr(_live_reader, "read_server", found.read_server)
    monkeypatch.setattr(_live_reader, "InstanceReader", found.reader)
    monkeypatch.setattr(plugin_file.time, "time", lambda: found.now)
    monkeypatch.setattr(constants, SETTING, False)
    for name in ("VALIDATE_CERTS", "CA_PATH", "TIMEOUT", "URL", "TOKEN"):
        monkeypatch.delenv(f"BONDING_API_{name}", raising=False)
    for name in ("AWS_REGION", "AWS_PROFILE", "AWS_ACCESS_KEY_ID"):
        monkeypatch.delenv(name, raising=False)
    yield found


def make_plugin() -> Any:
    """Return the plugin as Ansible's loader makes it, which finds no collection among a test's imports."""
    fragments = (one.ModuleDocFragment.DOCUMENTATION for one in (constructed, inventory_cache))
    options: dict[str, Any] = {}
    for text in (*fragments, plugin_file.DOCUMENTATION):
        options |= yaml.safe_load(text)["options"]
    constants.config.initialize_plugin_configuration_definitions("inventory", NAME, options)
    plugin = plugin_file.InventoryModule()
    plugin._load_name = plugin.ansible_name = NAME
    plugin._redirected_names = []
    return plugin


def variables(inventory: InventoryData, host: str) -> dict[str, Any]:
    found = inventory.get_host(host)
    assert found is not None
    values: dict[str, Any] = found.get_vars()
    return values


def test_only_files_of_its_name_are_its_own(tmp_path: Path) -> None:
    plugin = make_plugin()
    for name, own in {"a.bonding.yml": True, "a.bonding.yaml": True, "hosts.yml": False, "bonding.yml": False}.items():
        (tmp_path / name).write_text("---\n", encoding="utf-8")
        assert plugin.verify_file(str(tmp_path / name)) is own
    assert plugin.verify_file(str(tmp_path / "missing.bonding.yml")) is False


def test_hosts_groups_and_members(sides: Sides) -> None:
    inventory = sides.parse()
    assert sorted(inventory.hosts) == ["agg1", "agg2"]
    groups = inventory.get_groups_dict()
    assert groups["aggregators"] == groups["space_acme"] == groups["region_eu_central_1"] == ["agg1", "agg2"]
    assert groups["not_on_aws"] == []
    assert variables(inventory, "agg1")["aws_instance_id"] == "i-1"
    assert [one["name"] for one in inventory.groups["aggregators"].get_vars()["bonding_members"]] == ["agg1", "agg2"]


def test_constructed_features(sides: Sides) -> None:
    inventory = sides.parse(
        keyed_groups=[{"key": "aws_availability_zone", "prefix": "zone"}],
        groups={"first": "bonding_aggregator == '7'"},
        compose={"ansible_host": "aws_instance_id"},
        strict=True,
    )
    groups = inventory.get_groups_dict()
    assert groups["zone_eu_central_1a"] == groups["first"] == ["agg1"]
    assert variables(inventory, "agg2")["ansible_host"] == "i-2"
    assert "zone" in sides.refused(keyed_groups=[{"key": "no_such_zone"}], strict=True)


def test_text_of_the_server_is_no_template(sides: Sides) -> None:
    sides.aggregators[0] = Aggregator(7, "agg1", ip="203.0.113.7", version="{{ 6 * 7 }}")
    inventory = sides.parse(compose={"seen": "aggregator_version"})
    assert variables(inventory, "agg1")["aggregator_version"] == "{{ 6 * 7 }}"
    assert variables(inventory, "agg1")["seen"] == "{{ 6 * 7 }}"


def test_everything_comes_from_the_environment(sides: Sides, monkeypatch: pytest.MonkeyPatch) -> None:
    given = {
        "BONDING_API_URL": "https://bonding.example.com",
        "BONDING_API_USERNAME": "ops@example.com",
        "BONDING_API_PASSWORD": "secret",
        "BONDING_API_TOKEN": "token",
        "BONDING_API_VALIDATE_CERTS": "false",
        "BONDING_API_CA_PATH": "~/ca.pem",
        "BONDING_API_TIMEOUT": "9",
        "BONDING_API_MAP": "map.yml",
        "AWS_REGION": "eu-central-1,eu-west-1",
        "AWS_PROFILE": "prod",
        "AWS_ACCESS_KEY_ID": "AKIA",
        "AWS_SECRET_ACCESS_KEY": "hidden",
        "AWS_SESSION_TOKEN": "session",
        "AWS_URL": "http://127.0.0.1:5601",
        "AWS_CA_BUNDLE": "/ca.pem",
    }
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    sides.parse()
    assert sides.asked == [
        {
            "api_url": "https://bonding.example.com",
            "api_username": "ops@example.com",
            "api_password": "secret",
            "api_token": "token",
            "validate_certs": False,
            "ca_path": str(Path("~/ca.pem").expanduser()),
            "api_timeout": 9,
            "api_map": "map.yml",
            "regions": ["eu-central-1", "eu-west-1"],
            "profiles": ["prod"],
            "access_key": "AKIA",
            "secret_key": "hidden",
            "session_token": "session",
            "endpoint_url": "http://127.0.0.1:5601",
            "aws_ca_bundle": "/ca.pem",
            "filters": {},
            "join": ["public_ip"],
            "instances": {},
            "hostnames": {},
            "group_by": ["space", "region", "vpc", "routing_group"],
            "allow_empty": False,
            "groups": True,
        }
    ]


def test_empty_variables_count_as_not_set(sides: Sides, monkeypatch: pytest.MonkeyPatch) -> None:
    names = ("BONDING_API_VALIDATE_CERTS", "BONDING_API_CA_PATH", "BONDING_API_TIMEOUT", "AWS_PROFILE", "AWS_REGION")
    for name in names:
        monkeypatch.setenv(name, "")
    sides.parse()
    (asked,) = sides.asked
    assert asked["validate_certs"] is True
    assert asked["ca_path"] is None
    assert asked["api_timeout"] == 30
    assert asked["profiles"] == asked["regions"] == []
    # what other programs read stays as it was
    assert [os.environ[name] for name in names] == [""] * len(names)


@pytest.mark.parametrize("word, verified", [("true", True), ("1", True), ("false", False), ("no", False), ("0", False)])
def test_words_of_the_environment_that_decide_on_verification(
    sides: Sides, monkeypatch: pytest.MonkeyPatch, word: str, verified: bool
) -> None:
    monkeypatch.setenv("BONDING_API_VALIDATE_CERTS", word)
    sides.parse()
    assert sides.asked[0]["validate_certs"] is verified
    sides.parse(validate_certs=not verified)
    assert sides.asked[1]["validate_certs"] is not verified


@pytest.mark.parametrize("word", ["False", "ture", "None"])
def test_verification_is_not_turned_off_by_accident(sides: Sides, monkeypatch: pytest.MonkeyPatch, word: str) -> None:
    monkeypatch.setenv("BONDING_API_VALIDATE_CERTS", word)
    assert "validate_certs (BONDING_API_VALIDATE_CERTS): " in sides.refused()
    assert f"got {word!r}" in sides.refused()
    assert sides.asked == []
    monkeypatch.delenv("BONDING_API_VALIDATE_CERTS")
    assert "got 'ture'" in sides.refused(validate_certs="ture")


@pytest.mark.parametrize("name", ["allow_empty", "strict", "cache", "use_extra_vars", "leading_separator"])
def test_a_misspelt_word_for_true_does_not_count_as_false(sides: Sides, name: str) -> None:
    assert f"{name}: got 'yess', expected true or false." in sides.refused(**{name: "yess"})
    assert sides.asked == []


def test_options_are_refused_all_at_once(sides: Sides) -> None:
    text = sides.refused(api_token="{{ token }}", join=["ip", "tag:"], group_by=["space"], validate_certs="maybe")
    assert "4 problems" in text
    assert "api_token: a template is not evaluated here." in text
    assert "join: got 'ip', expected public_ip or tag:NAME." in text
    assert "{{ token }}" not in text
    assert sides.asked == []


def test_nothing_is_asked_of_aws_where_nothing_is_joined(sides: Sides) -> None:
    sides.aws_fails = "AWS was asked."
    inventory = sides.parse(join=[])
    assert inventory.get_groups_dict()["not_on_aws"] == ["agg1", "agg2"]
    assert "AWS was asked." in sides.refused(join=[], instances={"agg1": "i-1"})


def test_failing_source_ends_the_program_with_the_problems_of_both_sides(sides: Sides) -> None:
    sides.server_fails, sides.aws_fails = "The server is away.", "AWS, region eu-west-1: no.\nRecap"
    text = sides.refused()
    assert "  1. The server is away.\n  2. AWS, region eu-west-1: no." in text
    assert getattr(constants, SETTING) is True


def test_source_that_does_not_fail_leaves_ansibles_own_setting(sides: Sides) -> None:
    sides.parse()
    assert getattr(constants, SETTING) is False


def test_empty_answer_ends_the_program_and_is_not_kept(sides: Sides, tmp_path: Path) -> None:
    cached: dict[str, Any] = {**CACHE, "cache_connection": str(tmp_path / "cache")}
    full, sides.aggregators = sides.aggregators, []
    assert "the management server lists no aggregator" in sides.refused(**cached)
    sides.aggregators = full
    assert sorted(sides.parse(**cached).hosts) == ["agg1", "agg2"]


def test_cache_answers_until_its_age_and_never_after(sides: Sides, tmp_path: Path) -> None:
    options: dict[str, Any] = {
        **CACHE,
        "cache_connection": str(tmp_path / "cache"),
        "cache_timeout": 0,  # never, for the cache plugin
        "cache_max_age": 60,
        "api_password": "S3cr3t",
        "secret_key": "S3cr3t",
    }
    first = sides.parse(**options)
    sides.now += 60
    again = sides.parse(**options)
    assert len(sides.asked) == 1
    assert {host: variables(again, host) for host in again.hosts} == {
        host: variables(first, host) for host in first.hosts
    }
    kept = "".join(path.read_text(encoding="utf-8") for path in (tmp_path / "cache").iterdir())
    assert "i-1" in kept
    assert "S3cr3t" not in kept
    # an instance was replaced: it is seen at once where the cache is flushed, and else when the cache is old
    sides.instances[0] = Instance("i-9", "eu-central-1", public_ips=("203.0.113.7",))
    assert variables(sides.parse(**options), "agg1")["aws_instance_id"] == "i-1"
    assert variables(sides.parse(flush=True, **options), "agg1")["aws_instance_id"] == "i-9"
    assert variables(sides.parse(**options), "agg1")["aws_instance_id"] == "i-9"
    sides.now += 61
    sides.server_fails = "The server is away."
    assert "The server is away." in sides.refused(**options)


@pytest.mark.parametrize("changed", [{"regions": ["eu-west-1"]}, {"api_url": "https://other.example.com"}])
def test_cache_is_not_used_for_other_options(sides: Sides, tmp_path: Path, changed: dict[str, Any]) -> None:
    options: dict[str, Any] = {**CACHE, "cache_connection": str(tmp_path / "cache")}
    sides.parse(**options)
    sides.parse(**options, **changed)
    assert len(sides.asked) == 2


def test_cache_of_another_time_or_form_is_read_anew(
    sides: Sides, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    options: dict[str, Any] = {**CACHE, "cache_connection": str(tmp_path / "cache")}
    sides.parse(**options)
    sides.now -= 10  # the clock was set back
    sides.parse(**options)
    assert len(sides.asked) == 2
    monkeypatch.setattr(plugin_file, "CACHE_FORMAT", 2)
    sides.parse(**options)
    assert len(sides.asked) == 3
