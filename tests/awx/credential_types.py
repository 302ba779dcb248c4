# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Credential types as AWX validates and renders them (awx/main/fields.py and awx/main/models/credential)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import yaml
from jinja2 import StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from lab.process import ROOT

PATTERN = ROOT / "extensions" / "patterns" / "bonding_network"
Json = dict[str, Any]


class PatternLoader(yaml.SafeLoader):
    """Loader that reads Ansible's !unsafe as the text that Ansible would hand on."""


PatternLoader.add_constructor("!unsafe", lambda loader, node: loader.construct_scalar(node))  # type: ignore[arg-type]


def load(name: str) -> Any:
    """Return a YAML file of the pattern's folder."""
    return yaml.load((PATTERN / name).read_text(encoding="utf-8"), Loader=PatternLoader)


def credential_type(name: str) -> Json:
    """Return a credential type by its name."""
    (found,) = (one for one in load("credential_types.yml")["controller_credential_types"] if one["name"] == name)
    return dict(found)


def validate(kind: Json) -> None:
    """Render each injector with all fields of the type, as AWX does when a type is saved; other names are errors."""
    strict = ImmutableSandboxedEnvironment(undefined=StrictUndefined)
    names = {field["id"]: "EXAMPLE" for field in kind["inputs"]["fields"]}
    injectors = kind["injectors"]
    files = {name.removeprefix("template."): "EXAMPLE_FILENAME" for name in injectors["file"]}
    tower = SimpleNamespace(filename=SimpleNamespace(**files))
    for template in [*injectors["file"].values(), *injectors["env"].values()]:
        strict.from_string(template).render(tower=tower, **names)


def render(kind: Json, inputs: Mapping[str, str | bool], folder: Path) -> dict[str, str]:
    """Return the environment of a job with a credential of this type; files are written below `folder`.

    AWX knows no undefined field: a text that is empty or unset renders as nothing, and an unset switch is False.
    """
    sandbox = ImmutableSandboxedEnvironment()
    switches = {field["id"]: False for field in kind["inputs"]["fields"] if field["type"] == "boolean"}
    values: Json = switches | {name: value for name, value in inputs.items() if value != ""}
    files = {}
    for name, template in kind["injectors"]["file"].items():
        path = folder / name
        path.write_text(sandbox.from_string(template).render(**values), encoding="utf-8")
        files[name.removeprefix("template.")] = str(path)
    values["tower"] = SimpleNamespace(filename=SimpleNamespace(**files))
    return {name: sandbox.from_string(text).render(**values) for name, text in kind["injectors"]["env"].items()}
