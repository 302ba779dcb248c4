# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Running a module of the AWS side in this process: real options, real AnsibleAWSModule, another EC2 client."""

from __future__ import annotations

import json
from types import ModuleType
from typing import Any

import pytest
import yaml
from ansible.module_utils import basic
from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule

from tests.unit.plugins.scripted import outside_of_ansible


class AwsModuleRunner:
    """Runs `main` of a module file. `client` takes the place of the EC2 client."""

    def __init__(
        self, module: ModuleType, client: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        self.module, self.monkeypatch, self.capsys = module, monkeypatch, capsys
        monkeypatch.setattr(AnsibleAWSModule, "client", lambda *_args, **_options: client)

    def __call__(self, check: bool = False, **options: Any) -> dict[str, Any]:
        """The result as Ansible gets it, with `failed` always there."""
        given = {"ANSIBLE_MODULE_ARGS": {**options, "_ansible_check_mode": check, "region": "us-east-1"}}
        self.monkeypatch.setattr(basic, "_ANSIBLE_ARGS", json.dumps(given).encode())
        # from ansible-core 2.19 on
        self.monkeypatch.setattr(basic, "_ANSIBLE_PROFILE", "legacy", raising=False)
        outside_of_ansible(self.monkeypatch)
        with pytest.raises(SystemExit) as ended:
            self.module.main()
        result: dict[str, Any] = json.loads(self.capsys.readouterr().out)
        assert bool(ended.value.code) == result.get("failed", False)
        return {"failed": False, **result}

    def judged(self, **options: Any) -> dict[str, Any]:
        """Run the module as called, compare its argument spec with its documentation, and return the result."""
        seen: dict[str, Any] = {}
        real = AnsibleAWSModule.__init__

        def record(this: Any, **settings: Any) -> None:
            seen.update(settings)
            real(this, **settings)

        self.monkeypatch.setattr(AnsibleAWSModule, "__init__", record)
        result = self(**options)
        assert specified(seen["argument_spec"]) == documented(self.module)
        assert seen["supports_check_mode"] is True
        return result


def documented(module: ModuleType) -> dict[str, Any]:
    """The module's own options as documented, without descriptions: comparable with its argument spec."""
    return {name: _plain(option) for name, option in yaml.safe_load(module.DOCUMENTATION)["options"].items()}


def specified(spec: dict[str, Any]) -> dict[str, Any]:
    """An argument spec in the same form."""
    return {name: _plain(option) for name, option in spec.items()}


def returned(module: ModuleType, name: str) -> set[str]:
    """The documented fields of a returned object."""
    return set(yaml.safe_load(module.RETURN)[name]["contains"])


def _plain(option: dict[str, Any]) -> dict[str, Any]:
    below = option.get("suboptions") or option.get("options")
    kept = {
        key: value for key, value in option.items() if key in ("type", "elements", "required", "default", "choices")
    }
    return {**kept, "options": specified(below)} if below else kept
