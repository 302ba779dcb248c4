# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page as HTML: one file without anything from elsewhere.

Names are other people's text. The templates escape all of it, and the page's own policy forbids the browser any script
but the one of this file, whose digest it names, and any request.
"""

from __future__ import annotations

import hashlib
from base64 import b64encode
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from .view import Page

FOLDER = Path(__file__).resolve().parents[3] / "playbooks" / "templates" / "report"


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def render(page: Page, digest: str) -> str:
    """Return the page as HTML.

    :param digest: that of the page without its time
    """
    style, script = _text("style.css"), _text("search.js")
    policy = (
        f"default-src 'none'; style-src '{_source(style)}'; script-src '{_source(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    template = _environment().get_template("page.html.j2")
    # Both are files of the collection, without a word of others.
    return template.render(page=page, digest=digest, policy=policy, style=Markup(style), script=Markup(script))


def _text(name: str) -> str:
    """Return a file as it stands between its tags: the digest counts every character."""
    return "\n" + (FOLDER / name).read_text(encoding="utf-8")


def _source(text: str) -> str:
    """Return the source expression of an inline element (Content Security Policy Level 3)."""
    return f"sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
