# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names of documentation fragments."""

from __future__ import annotations

import importlib
import pathlib

from ansible_collections.bonded.internet.plugins import doc_fragments

PAGES = sorted(path.stem for path in pathlib.Path(list(doc_fragments.__path__)[0]).glob("[a-z]*.py"))


def test_no_variant_has_the_name_of_a_page() -> None:
    """Ansible takes `attributes.bonding` for the page `bonding`, and leaves the variant out without a word."""
    found = set()
    for page in PAGES:
        fragment = importlib.import_module(f"{doc_fragments.__name__}.{page}").ModuleDocFragment
        found |= {name.lower() for name in vars(fragment) if name.isupper()}
    assert {"documentation", "server", "parallel"} <= found
    assert not found & set(PAGES)
