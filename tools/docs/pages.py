# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pages of the site: each Markdown file of the checkout, and the place that it has on the site.

The Markdown files are written for a reader of the checkout. On the site a link to another page leads to that page, a
link to another file of docs/ to a copy of it, and a link to any other file to the forge.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Mapping
from pathlib import Path

import yaml

from tools.docs.markdown import replace_links
from tools.docs.messages.site import add_messages
from tools.fresh_copy import ROOT

INDEX = "docs/README.md"
_OTHERS = {
    "CONTRIBUTING.md": "development/contributing.md",
    "README.md": "overview.md",
    "SECURITY.md": "development/security.md",
    "examples/site-repository/README.md": "site-repository.md",
}
"""Places of the pages outside docs/ and of the roles' pages."""
_CHART = re.compile(r"^```mermaid\n.*?^```\n+", re.MULTILINE | re.DOTALL)
"""Charts that a forge draws by a program of its own. Each has its figures in a table above it."""


def places(root: Path = ROOT) -> dict[str, str]:
    """Return the place on the site of each page of the checkout."""
    found = {name: place for name, place in _OTHERS.items() if (root / name).is_file()}
    for path in sorted(root.glob("docs/**/*.md")):
        found[str(path.relative_to(root))] = str(path.relative_to(root / "docs"))
    if INDEX in found:
        found[INDEX] = "index.md"
    for path in sorted(root.glob("roles/*/README.md")):
        found[str(path.relative_to(root))] = f"roles/{path.parent.name}.md"
    return found


def forge_url(root: Path = ROOT) -> str:
    """Return the address of the repository on its forge."""
    galaxy: Mapping[str, str] = yaml.safe_load((root / "galaxy.yml").read_text(encoding="utf-8"))
    return galaxy["repository"]


def page_for_site(name: str, places: Mapping[str, str], root: Path = ROOT) -> str:
    """Return the text of a page with the links that it has on the site."""
    text = (root / name).read_text(encoding="utf-8")
    folder, here = os.path.dirname(name), os.path.dirname(places[name])
    forge = forge_url(root)

    def target(path: str, anchor: str) -> str:
        suffix = f"#{anchor}" if anchor else ""
        if not path or ":" in path:
            return path + suffix
        found = os.path.normpath(os.path.join(folder, path))
        if found == "docs":
            found = INDEX
        if found in places:
            return os.path.relpath(places[found], here or ".") + suffix
        if found.startswith("docs/") and (root / found).is_file():
            return os.path.relpath(found.removeprefix("docs/"), here or ".")
        kind = "tree" if (root / found).is_dir() else "blob"
        return f"{forge}/{kind}/main/{found}{suffix}"

    return replace_links(_CHART.sub("", text), target)


def write_pages(folder: Path, root: Path = ROOT) -> None:
    """Write all pages, and the files of docs/ that they link to, into the folder from which Sphinx builds."""
    for path in (*root.glob("docs/*.json"), *root.glob("docs/images/*")):
        copy = folder / path.relative_to(root / "docs")
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, copy)
    found = places(root)
    for name, place in found.items():
        (folder / place).parent.mkdir(parents=True, exist_ok=True)
        (folder / place).write_text(page_for_site(name, found, root), encoding="utf-8")
    add_messages(folder, root)
