# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of the event source: where they come from, and what is refused at once."""

from __future__ import annotations

import ast
import asyncio
import base64
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.bonded.internet.plugins.module_utils._resources import LISTINGS, RESOURCES
from extensions.eda.plugins.event_source import bonds
from extensions.eda.plugins.event_source.bonds import OptionError, Settings, harmless, main, read_options
from lab.process import ROOT

URL = "https://bonding.example.com"
LOGIN = {"api_url": URL, "api_username": "watch@example.com", "api_password": "s3cret"}


def test_defaults_are_those_of_the_documentation() -> None:
    documented = yaml.safe_load(bonds.DOCUMENTATION)["options"]
    connection, settings = read_options(LOGIN, {})
    assert settings == Settings()
    assert {*documented} == {*bonds.CONNECTION, *bonds.WATCH}
    defaults = {name: option["default"] for name, option in documented.items() if "default" in option}
    assert {name: getattr(settings, name) for name in defaults if name in bonds.WATCH} == {
        name: value for name, value in defaults.items() if name in bonds.WATCH
    }
    assert connection.timeout == defaults["api_timeout"]
    assert connection.ssl is not False
    assert defaults["validate_certs"] is True
    assert all(option["description"] for option in documented.values())


def test_examples_are_accepted(tmp_path: Path) -> None:
    examples = yaml.safe_load(bonds.EXAMPLES)
    given = [options or {} for example in examples for options in example.values()]
    environment = {"BONDING_API_URL": URL, "BONDING_API_TOKEN": "t0ken"}
    assert len(given) == 2
    for options in given:
        read_options({name: value for name, value in options.items() if name != "ca_path"}, environment)


def test_the_environment_has_the_names_of_the_modules() -> None:
    fragment = (ROOT / "plugins" / "doc_fragments" / "bonding.py").read_text(encoding="utf-8")
    assert [name for name in bonds.CONNECTION if f"E({bonds._variable(name)})" not in fragment] == []
    environment = {
        "BONDING_API_URL": f" {URL}/api/v4/\n",
        "BONDING_API_USERNAME": "watch@example.com",
        "BONDING_API_PASSWORD": "sécret\n",
        "BONDING_API_TOKEN": "",
        "BONDING_API_CA_PATH": "",
        "BONDING_API_VALIDATE_CERTS": "false",
        "BONDING_API_TIMEOUT": "7",
    }
    connection, _settings = read_options({}, environment)
    assert connection.root == f"{URL}/api/v4/"
    assert connection.authorization == f"Basic {base64.b64encode('watch@example.com:sécret'.encode()).decode()}"
    assert (connection.ssl, connection.timeout) == (False, 7)
    assert "s" + "écret" not in repr(connection)
    connection, _settings = read_options({"validate_certs": True}, environment | {"BONDING_API_TOKEN": "t0ken"})
    assert connection.authorization == "Token t0ken"
    assert connection.ssl is not False


@pytest.mark.parametrize(
    ("url", "root"),
    [
        ("https://bonding.example.com", "https://bonding.example.com/api/v4/"),
        ("https://bonding.example.com/api/v4", "https://bonding.example.com/api/v4/"),
        ("https://[2001:db8::1]:8443/proxy/", "https://[2001:db8::1]:8443/proxy/api/v4/"),
    ],
)
def test_the_url_has_the_root_of_the_api_and_a_slash(url: str, root: str) -> None:
    assert read_options(LOGIN | {"api_url": url}, {})[0].root == root


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"api_url": ""}, "api_url: no URL of a server (got '', expected https://bonding.example.com). Set api_url, "
         "or the environment variable BONDING_API_URL."),
        ({"api_url": "bonding.example.com"}, "api_url: no URL of a server (got 'bonding.example.com', "),
        ({"api_url": "https://u:s3cret@bonding.example.com"}, "api_url: no URL of a server (got a URL with a login, "),
        ({"api_url": 7}, "api_url: not usable (got a value of another kind, expected one line of text)."),
        ({"api_password": ""}, "api_password: not given (expected a login). Set api_password (BONDING_API_PASSWORD), "
         "or api_token (BONDING_API_TOKEN)."),
        ({"api_username": "a:b"}, "api_username: has a colon, which Basic authentication cannot send."),
        ({"api_token": "t0 ken"}, "api_token: not usable (expected ASCII characters without white space)."),
        ({"api_password": "s3\ncret"}, "api_password: not usable (got a value of another kind, "),
        ({"ca_path": "/nowhere.pem"}, "ca_path: not readable (got '/nowhere.pem': No such file or directory, "
         "expected certificates in PEM format)."),
        ({"ca_path": __file__}, "no certificate, expected certificates in PEM format)."),
        ({"validate_certs": "maybe"}, "validate_certs: no switch (got 'maybe', expected true or false)."),
        ({"api_timeout": 0}, "api_timeout: not an allowed number (got 0, expected a number, 0.01 or more)."),
        ({"interval": "often"}, "interval: not an allowed number (got 'often', expected a number, 0.01 or more)."),
        ({"interval": 60, "bonds_interval": 30}, "bonds_interval: not an allowed number (got 30, expected a number, "),
        ({"after": -1}, "after: not an allowed number (got -1, expected a number, 0 or more)."),
        ({"quiet": True}, "quiet: not an allowed number (got True, expected a number, 0 or more)."),
        ({"after": float("nan")}, "after: not an allowed number (got nan, "),
        ({"max_moves": 2.5}, "max_moves: not an allowed number (got 2.5, expected a whole number, 1 or more)."),
        ({"bonds": "acme"}, "bonds: not a list (got 'acme', expected ids and names). Write [17, acme-berlin]."),
        ({"bonds": [{"bond": 17}]}, "bonds: not a list (got [{'bond': 17}], expected ids and names)."),
        ({"aggregators": [True]}, "aggregators: not a list (got [True], expected ids and names)."),
        ({"intervall": 5}, "intervall: no such option (expected one of api_url, "),
    ],
)  # fmt: skip
def test_a_wrong_option_is_refused_before_anything_is_sent(options: dict[str, Any], message: str) -> None:
    with pytest.raises(OptionError) as refused:
        asyncio.run(asyncio.wait_for(main(asyncio.Queue(), LOGIN | options), 5))
    assert message in str(refused.value)
    assert "s3" not in str(refused.value)
    assert "\n" not in str(refused.value)


def test_all_wrong_options_are_in_one_error() -> None:
    with pytest.raises(OptionError) as refused:
        read_options({"interval": 0, "bonds": "acme", "verbose": 1}, {})
    names = ("interval:", "bonds:", "verbose:", "api_url:", "api_username:", "api_password:")
    assert [name for name in names if str(refused.value).count(name) != 1] == []


def test_numbers_and_lists_may_come_from_templates_and_the_engine_adds_its_queue() -> None:
    given = {"after": "120", "max_moves": "7", "bonds": [], "aggregators": [7, "agg8"], "eda_feedback_queue": None}
    _connection, settings = read_options(LOGIN | given, {})
    assert settings == Settings(after=120, max_moves=7, aggregators=frozenset({"7", "agg8"}))


@pytest.mark.parametrize(
    ("url", "options", "warned"),
    [
        ("http://bonding.example.com", {}, ["api_url"]),
        ("http://127.0.0.1:8601", {}, []),
        (URL, {"validate_certs": False}, ["validate_certs"]),
        (URL, {}, []),
    ],
)
def test_what_is_a_risk_is_said(
    caplog: pytest.LogCaptureFixture, url: str, options: dict[str, Any], warned: list[str]
) -> None:
    read_options(LOGIN | {"api_url": url} | options, {})
    assert [one.getMessage().split(":")[0] for one in caplog.records] == warned


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("acme-berlin", "acme-berlin"),
        ("Zürich {1}", "Zürich {1}"),
        ("{{ 7 * 7 }}{% if x %}{# y #}", "{ { 7 * 7 }}{ % if x %}{ # y #}"),
        ("{{{{ 1 }}}}", "{ { { { 1 }}}}"),
        ("a\nb\x1b[2J\u202e", "a b\\x1b[2J\\u202e"),
        ("x" * 300, "x" * 200),
    ],
)
def test_a_name_is_one_line_and_no_template(name: str, shown: str) -> None:
    assert harmless(name) == shown


def test_the_paths_are_those_of_the_table_of_resources() -> None:
    text = Path(bonds.__file__).read_text(encoding="utf-8")
    paths = {RESOURCES["aggregator"].path, LISTINGS["current_bond"].path.replace("X", "{number}")}
    assert {path for path in re.findall(r'"(aggregators/[^"]*)"', text)} == paths


def test_the_file_imports_aiohttp_and_the_standard_library_alone() -> None:
    tree = ast.parse(Path(bonds.__file__).read_text(encoding="utf-8"))
    names = {one.name for node in ast.walk(tree) if isinstance(node, ast.Import) for one in node.names}
    names |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.split(".")[0] for name in names} - sys.stdlib_module_names == {"aiohttp"}


def test_the_file_runs_without_ansible_rulebook() -> None:
    done = subprocess.run([sys.executable, "-I", bonds.__file__], capture_output=True, text=True, check=False, env={})
    assert done.returncode == 1
    assert "OptionError: api_username: not given (expected a login)." in done.stderr
