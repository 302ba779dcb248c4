# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One emulator of EC2 for all engines: a small account, a boto3 client, and time that does not pass."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from ansible_collections.bonded.internet.plugins.module_utils._aws.client import ec2_client
from lab.process import Running
from tests.unit.plugins.module_utils.aws.conftest import clock

__all__ = ["clock"]

A1, A2, B = "eni-000000a1", "eni-000000a2", "eni-000000b1"
READS = ("Describe", "Get", "List")


def boto3_client(url: str, **more: Any) -> Any:
    return boto3.client(
        "ec2",
        region_name="us-east-1",
        endpoint_url=url,
        aws_access_key_id="any",
        aws_secret_access_key="any",
        **more,
    )


class Module:
    """Part of AnsibleAWSModule that ec2_client uses."""

    def __init__(self, url: str) -> None:
        self.params: dict[str, Any] = {"aws_config": {"connect_timeout": 5}}
        self.url = url

    def client(self, service: str, retry_decorator: Any = None, **extra_params: Any) -> Any:
        assert service == "ec2"
        return boto3_client(self.url, config=extra_params["aws_config"])


@pytest.fixture(scope="session")
def running() -> Iterator[Running]:
    with Running("lab.aws", "--seed", Path(__file__).with_name("seed.yml")) as emulator:
        yield emulator


@pytest.fixture
def aws(running: Running) -> Running:
    running.reset()
    running.clear_log()
    return running


@pytest.fixture
def client(aws: Running) -> Any:
    return ec2_client(Module(aws.url))


def actions(aws: Running, writing: bool = True) -> list[str]:
    """The actions since the last look, only writing ones by default."""
    found = [line["action"] for line in aws.log()]
    aws.clear_log()
    return [name for name in found if not (writing and name.startswith(READS))]
