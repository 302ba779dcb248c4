# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Extension of Sphinx: references to documentation of others lead to docs.ansible.com, with no inventory to fetch."""

from __future__ import annotations

import re
from typing import Any

from docutils import nodes

ANSIBLE = "https://docs.ansible.com/ansible/latest"
LABELS = {
    "action_plugins": "plugins/action.html",
    "ansible_configuration_settings": "reference_appendices/config.html",
    "common_return_values": "reference_appendices/common_return_values.html",
}
"""Pages of Ansible's documentation that antsibull-docs refers to."""
_PLUGIN = re.compile(
    r"ansible_collections\.(?P<namespace>amazon|ansible)\.(?P<name>aws|builtin)\.(?P<page>\w+_(?:module|filter|inventory))"
)


def address_of(kind: str, target: str) -> str:
    """Return the address of a reference; empty for one that the site itself has to have."""
    if kind == "envvar" and target.startswith("ANSIBLE_"):
        return f"{ANSIBLE}/reference_appendices/config.html#envvar-{target}"
    if kind != "ref":
        return ""
    if target in LABELS:
        return f"{ANSIBLE}/{LABELS[target]}"
    plugin = _PLUGIN.fullmatch(target)
    return f"{ANSIBLE}/collections/{plugin['namespace']}/{plugin['name']}/{plugin['page']}.html" if plugin else ""


def resolve(_app: Any, _environment: Any, node: Any, content: Any) -> nodes.reference | None:
    """Return the link for a reference that Sphinx does not find; None where that is an error."""
    address = address_of(node.get("reftype", ""), node.get("reftarget", ""))
    if not address:
        return None
    link = nodes.reference("", "", internal=False, refuri=address)
    link += content
    return link


def setup(app: Any) -> dict[str, Any]:
    """Connect the extension to Sphinx."""
    app.connect("missing-reference", resolve)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
