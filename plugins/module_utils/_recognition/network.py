# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Recognition of the whole live network."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .bgp import recognise_bgp
from .entries import recognise_entries
from .gateways import recognise_gateways
from .meshes import recognise_private_wans
from .model import Findings, Live

TEMPLATES = ("{{", "{%", "{#")
"""Beginnings of what Ansible evaluates in a file of variables."""


def recognise(live: Live, findings: Findings) -> None:
    """Add all pieces of the inventory that the live network shows, and the reasons of what cannot be placed."""
    recognise_private_wans(live, findings)
    recognise_bgp(live, findings)
    recognise_gateways(live, findings)
    recognise_entries(live, findings)
    _leave_templates(findings)


def _leave_templates(findings: Findings) -> None:
    """Leave out each piece with a name that Ansible would evaluate where it reads the inventory."""
    for piece in list(findings.pieces):
        names = sorted({text for text in _texts([piece.options, piece.names]) if any(one in text for one in TEMPLATES)})
        if names:
            findings.pieces.remove(piece)
            findings.leave(piece.title, f"Ansible would take its names for templates (got {names})", *piece.claims)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for name, one in value.items():
            yield from (*_texts(name), *_texts(one))
    elif isinstance(value, (list, tuple)):
        for one in value:
            yield from _texts(one)
    elif isinstance(value, str):
        yield value
