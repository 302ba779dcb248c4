# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ownership of protocols and filters on the server by their names."""

from __future__ import annotations

from .._objects import Object
from .names import parse_object_name

_KIND = {
    "babel": "babel_protocol",
    "ospf": "ospf_protocol",
    "bgp": "bgp_protocol",
    "gateway": "static_protocol",
    "gateway_import": "filter",
    "export": "filter",
    "import": "filter",
}


def kind_of_name(network: str, name: str) -> str | None:
    """Return the kind of the protocol or filter to which the network gives this name, None of another name."""
    own = parse_object_name(network, name)
    return _KIND[own[0]] if own is not None else None


def is_own_object(network: str, obj: Object) -> tuple[str, int] | None:
    """Return (kind, number) of a protocol's or filter's name if the network gives it to such a thing, else None.

    A filter named demo_babel_8 is not ours: the network gives that name to a Babel protocol.
    """
    own = parse_object_name(network, obj.key)
    return own if own is not None and _KIND[own[0]] == obj.kind else None
