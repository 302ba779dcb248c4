# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Commands and files of a page of docs/, run in order in one shell, and what they print compared with the page.

A block `console` has commands after "$ ", each followed by what it prints. A block after a paragraph that ends with
"write `path`:" is the content of that file. What a page prints is compared by these rules, and no others:

- a line "..." stands for any number of lines, none too;
- ports of the stand-ins are those of the page;
- white space at the end of a line does not count, nor do empty lines, nor the number of stars in a title of Ansible;
- ids that EC2 makes up differ: the page has "eni-..." for one;
- of Ansible's recap only changed, unreachable and failed count.

A command that sets up the environment (`make env`, and the activation) is not run: the test is in one.
"""

from __future__ import annotations

import re
import subprocess
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

REST = "..."
SET_UP = ("make env", ". .venv/bin/activate")
_BLOCK = re.compile(
    r"(?:[Ww]rite `(?P<path>[^`]+)`:\n\n)?^```(?P<kind>\w+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL
)
_STARS = re.compile(r" \*{3,}")
_RECAP = re.compile(r"^(\S+) +: ok=\d+ +(changed=\d+) +(unreachable=\d+) +(failed=\d+) .*")
_MADE_ID = re.compile(r"\b(eni|eipalloc|eipassoc|vpc|subnet|rtb|igw|sg|eigw|nat)-[0-9a-f]{17}\b")


@dataclass(frozen=True)
class File:
    """File that the reader writes."""

    path: str
    text: str


@dataclass(frozen=True)
class Command:
    """Command that the reader types, and what the page says that it prints."""

    words: str
    prints: tuple[str, ...]


def steps(page: str) -> Iterator[File | Command]:
    """Yield the files and commands of a page in their order."""
    for block in _BLOCK.finditer(page):
        if block["path"]:
            yield File(block["path"], block["text"])
        elif block["kind"] == "console":
            for part in re.split(r"^\$ ", block["text"], flags=re.MULTILINE)[1:]:
                words, *prints = part.splitlines()
                yield Command(words, tuple(prints))


def comparable(text: str) -> list[str]:
    """Return the lines that count."""
    lines = []
    for line in text.splitlines():
        line = _MADE_ID.sub(r"\1-...", _STARS.sub(" ***", line.rstrip()))
        if line:
            lines.append(_RECAP.sub(r"\1 \2 \3 \4", line))
    return lines


def missing(wanted: Sequence[str], found: Sequence[str]) -> str:
    """Return the first lines of the page that were not printed where they should be; empty if all were."""
    parts: list[list[str]] = [[]]
    for line in wanted:
        if line == REST:
            parts.append([])
        else:
            parts[-1].append(line)
    place = 0
    for number, part in enumerate(parts):
        is_first, is_last = number == 0, number == len(parts) - 1
        if not part:
            continue
        if is_first:
            starts = [0]
        elif is_last:
            starts = [max(place, len(found) - len(part))]
        else:
            starts = list(range(place, len(found) - len(part) + 1))
        start = next((one for one in starts if list(found[one : one + len(part)]) == part), None)
        if start is None:
            return "\n".join(part)
        place = start + len(part)
    return "" if wanted and wanted[-1] == REST or place == len(found) else "\n".join(found[place:])


class Shell:
    """One shell for all commands of a page, in which variables and background programs stay."""

    def __init__(self, folder: Path, environment: Mapping[str, str], ports: Mapping[int, int]) -> None:
        self._folder, self._ports = folder, dict(ports)
        self._process = subprocess.Popen(
            ["bash", "--norc", "--noprofile"],
            cwd=folder,
            env=dict(environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def run(self, words: str) -> str:
        """Return what a command prints, with the ports of the page. Of one in the background the first line."""
        mark = uuid.uuid4().hex
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{self.with_ports(words)}\n")
        printed = []
        if words.endswith("&"):
            self._process.stdin.flush()
            printed.append(self._process.stdout.readline())
        self._process.stdin.write(f"echo {mark}\n")
        self._process.stdin.flush()
        for line in self._process.stdout:
            if mark in line:
                break
            printed.append(line)
        text = "".join(printed)
        for port, real in self._ports.items():
            text = text.replace(f":{real}", f":{port}")
        return text

    def write(self, file: File) -> None:
        """Write a file as the reader does."""
        (self._folder / file.path).write_text(self.with_ports(file.text), encoding="utf-8")

    def with_ports(self, text: str) -> str:
        """Return a text of the page with the ports of this run."""
        for port, real in self._ports.items():
            text = re.sub(rf"\b{port}\b", str(real), text)
        return text

    def end(self) -> None:
        """End the shell, after its commands."""
        assert self._process.stdin is not None
        self._process.stdin.write("kill $(jobs -p) 2>/dev/null; exit\n")
        self._process.stdin.close()
        self._process.wait(30)
        if self._process.stdout is not None:
            self._process.stdout.close()
