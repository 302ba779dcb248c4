# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Requests to a stand-in, its responses, and the errors of its control API."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from email.message import Message


@dataclass(frozen=True)
class Request:
    """HTTP request; ``target`` is the path with the query."""

    method: str
    target: str
    headers: Message
    body: bytes


@dataclass
class Response:
    """HTTP response; without a status nothing is sent.

    :ivar most: the number of bytes of the body that are sent; None: all.
    :ivar cut: whether the connection is reset afterwards.
    :ivar pace: the number of bytes a second, head included; 0: as fast as possible.
    """

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    most: int | None = None
    cut: bool = False
    pace: float = 0


class ControlError(ValueError):
    """A control request that cannot be carried out; the text says why."""

    status = 400


class NotFound(ControlError):
    """A control request that names something unknown."""

    status = 404
