# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files of a report: which there are, and how they are written."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from .html import render
from .markdown import markdown_of
from .mermaid import mermaid_of
from .network import Network
from .page import page_of
from .sheets import csv_of, sheets_of

_DIGEST = re.compile(r'<meta name="bonding-report-digest" content="([0-9a-f]{64})">')
_NO_DIGEST = "0" * 64
"""In the place of the digest of a page until it is known."""
_HEAD = 4000
"""Letters of an older page in which its digest is."""


@dataclass(frozen=True)
class Report:
    """The texts of a report by the paths of their files; the page is the first."""

    path: Path
    texts: Mapping[Path, str]

    def changed(self) -> list[Path]:
        """Return the files that would say something else than before. The time of the page is nothing else."""
        return [path for path, text in self.texts.items() if _content(path) != _compared(text)]

    def write(self) -> None:
        """Write each file in one step, in place of an older one.

        :raises OSError: if one cannot be written; an older one of this name is then as it was
        """
        for path, text in self.texts.items():
            _write(path, text)


def report_of(network: Network, path: Path, made: str) -> Report:
    """Return the report: the page at `path`, and the other files beside it."""
    stem = path.stem
    beside = {
        **{f"{stem}-{name}.csv": csv_of(sheet) for name, sheet in sheets_of(network).items()},
        f"{stem}.md": markdown_of(network, stem),
        f"{stem}.mmd": mermaid_of(network),
    }
    page = render(page_of(network, made), _NO_DIGEST)
    digest = hashlib.sha256(page.replace(made, "").encode()).hexdigest()
    page = page.replace(_NO_DIGEST, digest, 1)
    return Report(path, {path: page, **{path.with_name(name): text for name, text in sorted(beside.items())}})


def _content(path: Path) -> str | None:
    """Return the content of a file as `changed` compares it; None where there is none to be read."""
    try:
        return _compared(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):  # `write` says what of it is in the way
        return None


def _compared(text: str) -> str:
    """Return the digest of a page, and any other text as it is."""
    found = _DIGEST.search(text[:_HEAD])
    return found.group(1) if found else text


def _write(path: Path, text: str) -> None:
    mask = os.umask(0)
    os.umask(mask)
    descriptor, scratch = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        os.chmod(scratch, 0o666 & ~mask)  # mkstemp gives 0600, and a report is for others too
        os.replace(scratch, path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(scratch)
        raise
