# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The description of the network among what network_plan returns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .._model.description import DriftOfAnyKind, Unread
from .._model.desired_network import DesiredNetwork
from .._model.role_inputs import as_json
from .._model.state import Cloud, Server
from .._printable import printable_all


def describe_if_wanted(
    params: Mapping[str, Any],
    desired: DesiredNetwork,
    server: Server,
    cloud: Cloud,
    drift: Iterable[DriftOfAnyKind],
    unread: Unread | None = None,
) -> dict[str, Any]:
    """Return {"description": ...} if the task asks for it, else an empty dictionary.

    :param unread: the sides that could not be read, if any
    """
    if not params.get("describe"):
        return {}
    # Few runs ask for it, and Ansible compiles what is imported in every run.
    from .._design.description.network import describe_network

    return {"description": printable_all(as_json(describe_network(desired, server, cloud, drift, unread)))}
