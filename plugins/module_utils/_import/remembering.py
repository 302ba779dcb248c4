# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Both sides asked once: answers are kept, so that a plan that is made again costs no request."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from functools import cache
from typing import Any

from .._client import Client
from .._plan.aws_reader import ClientOf
from .._reconcile import Api
from .._resources import Table

READING = ("describe_", "get_")
"""Beginnings of the names of boto3's methods that only read."""


class RememberingApi(Api):
    """Management server whose answers to GET are kept."""

    def __init__(self, client: Client, table: Table) -> None:
        super().__init__(client, table)
        self._listed: dict[tuple[str, str], list[dict[str, Any]]] = {}

    def list(self, kind: str, parent: str = "") -> list[dict[str, Any]]:
        """Return all objects of a collection."""
        if (kind, parent) not in self._listed:
            self._listed[kind, parent] = super().list(kind, parent)
        return deepcopy(self._listed[kind, parent])


class RememberingEc2:
    """EC2 client that sends reading calls only, each once."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._answers: dict[str, Any] = {}
        self.meta = client.meta

    def __getattr__(self, method: str) -> Callable[..., Any]:
        """Return the method of the client that `method` names.

        :raises AttributeError: of a method that may write
        """
        if not method.startswith(READING):
            raise AttributeError(f"{method} is not a reading call of EC2")

        def asked(**params: Any) -> Any:
            key = f"{method} {json.dumps(params, sort_keys=True)}"
            if key not in self._answers:
                self._answers[key] = getattr(self._client, method)(**params)
            return deepcopy(self._answers[key])

        return asked


def remembering(client_of: ClientOf) -> ClientOf:
    """Return a function that gives remembering clients of EC2."""

    @cache
    def kept(region: str | None, service: str) -> Any:
        client = client_of(region, service)
        return RememberingEc2(client) if service == "ec2" else client

    return kept
