# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module aggregator_security: its options, and an error of EC2. tests/emulator has all that it changes."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.bonded.internet.plugins.modules import aggregator_security
from tests.unit.plugins.module_utils.aws.fake_ec2 import client_error
from tests.unit.plugins.modules.aws_module import AwsModuleRunner


class Refusing:
    """An EC2 that may not be looked at."""

    def describe_security_groups(self, **_params: Any) -> Any:
        raise client_error("UnauthorizedOperation", "You are not authorized to perform: ec2:DescribeSecurityGroups")


def test_an_error_of_aws_names_the_right(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    result = AwsModuleRunner(aggregator_security, Refusing(), monkeypatch, capsys)(network="prod")
    assert result["error_code"] == "UnauthorizedOperation"
    assert "lack the IAM right ec2:DescribeSecurityGroups" in result["msg"]


def test_the_documentation_is_the_argument_spec(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    AwsModuleRunner(aggregator_security, Refusing(), monkeypatch, capsys).judged(network="prod")
