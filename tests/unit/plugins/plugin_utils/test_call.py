# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A module's main() as a function: what it is given and what comes of it."""

from __future__ import annotations

import os
from typing import Any

import pytest
from ansible.module_utils.basic import AnsibleModule, env_fallback

from ansible_collections.bonded.internet.plugins.plugin_utils._call import call, without_invocation

from ..scripted import outside_of_ansible

SPEC = {
    "number": {"type": "int"},
    "token": {"type": "str", "no_log": True, "fallback": (env_fallback, ["BONDED_TEST_TOKEN"])},
}


def main() -> None:
    module = AnsibleModule(argument_spec=SPEC, supports_check_mode=True)
    if module.params["number"] == 13:
        module.fail_json(msg="no luck", number=13)
    module.warn(f"number {module.params['number']}")
    module.exit_json(changed=module.check_mode, number=module.params["number"], said=f"with {module.params['token']}")


def test_a_result_is_what_the_module_returns() -> None:
    result = call(main, {"number": "7", "_ansible_check_mode": True})
    assert (result["changed"], result["number"]) == (True, 7)


def test_options_are_validated_as_ever() -> None:
    result = call(main, {"nmber": 7, "_ansible_module_name": "bonded.internet.some"})
    assert result["failed"] is True
    assert "Unsupported parameters for (bonded.internet.some) module: nmber" in result["msg"]
    assert "unable to convert" in call(main, {"number": "seven"})["msg"]


def test_a_failure_is_a_result() -> None:
    result = call(main, {"number": 13})
    assert (result["failed"], result["msg"], result["number"]) == (True, "no luck", 13)


def test_secrets_are_masked_and_found_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(os.environ, "BONDED_TEST_TOKEN", "s3cret")
    assert call(main, {"number": 1})["said"] == "with ********"
    assert call(main, {"number": 1, "token": "other"})["said"] == "with ********"


def test_a_call_knows_nothing_of_the_one_before(monkeypatch: pytest.MonkeyPatch) -> None:
    outside_of_ansible(monkeypatch)
    results: list[dict[str, Any]] = [call(main, {"number": number}) for number in (1, 2)]
    assert [result["number"] for result in results] == [1, 2]
    (warning,) = results[1]["warnings"]
    assert "number 2" in str(warning)


def test_what_a_module_does_not_catch_is_raised() -> None:
    def broken() -> None:
        raise LookupError("a defect")

    with pytest.raises(LookupError, match="a defect"):
        call(broken, {})


def test_arguments_come_back_only_where_they_would_be_shown() -> None:
    # As if told to show them, by an ansible-core that asks (2.21).
    result = call(main, {"number": 7, "_ansible_inject_invocation": True})
    assert result["invocation"]["module_args"]["number"] == 7
    assert without_invocation(result, 3) == result
    assert without_invocation(result, 2) == {key: value for key, value in result.items() if key != "invocation"}
