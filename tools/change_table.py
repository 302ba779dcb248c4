# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of changes (tests/changes/table) and the page that is made of it: `python -m tools.change_table`.

The command writes docs/changes.md; a rule of the house compares it. `tests/changes` judges each row by the plan.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import yaml

from tools.fresh_copy import ROOT

FOLDER, PAGE = "tests/changes/table", "docs/changes.md"
COMMAND = "python -m tools.change_table"
ALLOW = "bonding_allow_disruption"
CHANGES = (
    "set",
    "changed",
    "emptied",
    "taken out",
    "renamed",
    "moved to another aggregator",
    "moved to another subnet",
    "moved to another zone",
    "moved to another VPC",
    "two swapped",
)
OUTCOMES = ("live", "interrupts", "refused", "kept", "how")
ORDER = (
    "hosts",
    "spaces",
    "vxlan",
    "vpc",
    "gateways",
    "port_forwards",
    "cpe_nat",
    "bgp",
    "security",
    "relocation",
    "careful",
    "connections",
)
"""The files of the table, as the page has them."""
Patch = Mapping[str, Any]


@dataclass(frozen=True)
class Row:
    """One change of one key, with what ought to follow."""

    key: str
    """The inventory variable, and the way to the option in it: `bonding_spaces[].vpc.cidr`."""
    change: str
    """One of CHANGES; of what decides only the run, several."""
    expect: str
    """One of OUTCOMES."""
    says: str
    """The sentence that an operator has to know."""
    network: str
    """The network before the change, of networks.yml."""
    case: str = ""
    """Name of this row among several of the same key and change."""
    at: str = ""
    """The beginning of the paths of `from` and `to`, unless they begin with a slash."""
    before: Patch = field(default_factory=dict)
    """`from`: what is different in the network before; a path -> the value, null to take out."""
    after: Patch = field(default_factory=dict)
    """`to`: the change itself."""
    marks: Mapping[str, Any] = field(default_factory=dict)
    """The lines that interrupt: "verb kind" -> the plan's words, or a list of them."""
    switches: Patch = field(default_factory=dict)
    """The switches that the plan asks for."""
    renames: Mapping[str, str] = field(default_factory=dict)
    """Spaces that are renamed on the server meanwhile: the old key -> the new one."""
    goes: tuple[str, ...] = ()
    """ "kind key" of what loses something without a mark: its successor carries by then, or nobody misses it."""
    refused: tuple[str, ...] = ()
    """Words of the problems that refuse it."""
    also: tuple[str, ...] = ()
    """The same of further problems, which may follow from it."""
    do: str = ""
    """The way to do it instead of a refused change."""
    way: tuple[Patch, ...] = ()
    """The same in runs: each a change beside the last one's, and at the end the wanted one."""
    kept: str = ""
    """Words of the warning about what is kept; empty where nothing is left over that could be pruned."""
    again: bool = False
    """True if each run does it again, so that no plan after it is empty."""

    @property
    def name(self) -> str:
        """Return the row's name in tests."""
        return f"{self.key}: {self.change}{f' ({self.case})' if self.case else ''}"


@dataclass(frozen=True)
class Section:
    """The rows of one object."""

    title: str
    words: str
    rows: tuple[Row, ...]


def read_table(root: Path = ROOT) -> list[Section]:
    """Return the table as the page has it."""
    return [_section(root / FOLDER / f"{name}.yml") for name in ORDER]


def read_networks(root: Path = ROOT) -> dict[str, Any]:
    """Return the networks before a change, by name."""
    found: dict[str, Any] = yaml.safe_load((root / FOLDER / "networks.yml").read_text(encoding="utf-8"))
    return found


def _section(path: Path) -> Section:
    given = yaml.safe_load(path.read_text(encoding="utf-8"))
    return Section(given["title"], given["words"], tuple(_row(one, given) for one in given["rows"]))


def _row(given: Mapping[str, Any], section: Mapping[str, Any]) -> Row:
    values = {**{name: section[name] for name in ("network", "at") if name in section}, **given}
    values["before"], values["after"] = values.pop("from", {}), values.pop("to", {})
    of, key = section.get("of", ""), str(values["key"])
    values["key"] = of.removesuffix("[]") if key == "/" else f"{of}.{key}" if of else key
    if values["expect"] == "interrupts":
        values.setdefault("switches", {ALLOW: True})
    for name in ("refused", "also", "goes", "way"):
        listed = values.get(name, ())
        values[name] = tuple([listed] if isinstance(listed, str) else listed)
    unknown = set(values) - {one.name for one in fields(Row)}
    changes = values["change"].split(", ")
    several = len(changes) > 1 and values["expect"] != "how"
    if unknown or several or set(changes) - set(CHANGES) or values["expect"] not in OUTCOMES:
        raise ValueError(f"{values['key']}: {values['change']}: {values['expect']}: {sorted(unknown)}")
    return Row(**values)


NAMES = re.compile(r"agg\d|\d[\d./]*")
"""Names and numbers, in which alike words of the plan differ: the page has the first of such words."""
INTRO = """# What happens when you change ...

For operators: what one run of `site.yml` does to a network that carries traffic when you change a key of the inventory,
key by key. Look here before you type; then let `--check --diff` say it for your own network.

| it says | it means |
|---|---|
| **live** | The run changes it; nothing that carries traffic goes before its successor carries. |
| **interrupts** | The plan marks what is interrupted (`INTERRUPTS ...`) and is refused until you give the switch. |
| **refused** | The plan refuses it by name, and nothing is changed. The line says what to do instead. |
| **kept** | What is not named any more stays as it is; the switch, where the line names one, removes it. |
| **only the run** | It decides how a run goes, and changes nothing in the network. |

*Set* is a key that was absent, *taken out* one that is absent now. *Moved* and *swapped* are changes of a value that
says where something lies. A change of several keys at once is the sum of its lines; the plan judges it as a whole. A
required key that is taken out is refused, and so is a misspelt one, with the nearest known name.

Each line was judged by the plan itself: `tests/changes` builds a network, changes the key, compares items, marks,
switches and refusals with the table, carries the plan out phase by phase on both sides in memory, and plans again:
the second plan is empty. Names and addresses in the plan's words are examples, of that network. What packets lose in
the time that a change takes is measured in the [packet lab](packets.md).

This page is written by `{command}` from `tests/changes/table`, and compared by `make lint`.
"""
SAID = {"live": "live", "interrupts": "**interrupts**", "refused": "refused", "kept": "kept", "how": "only the run"}


def page(sections: list[Section]) -> str:
    """Return the whole page."""
    lines = [INTRO.format(command=COMMAND)]
    for section in sections:
        lines += [f"## {section.title}", "", section.words.strip(), ""]
        lines += ["| key | change | what happens | what to know |", "|---|---|---|---|"]
        lines += [_line(row) for row in section.rows]
        lines.append("")
    return "\n".join(lines)


def _line(row: Row) -> str:
    switches = " and ".join(f"`{name}`" for name in row.switches)
    said = SAID[row.expect]
    if row.expect in ("interrupts", "kept") and switches:
        said += f"; wants {switches}" if row.expect == "interrupts" else f"; {switches} removes it"
    cells = [f"`{row.key}`", f"{row.change}{f': {row.case}' if row.case else ''}", said, " ".join(_words(row))]
    return "| " + " | ".join(" ".join(cell.split()).replace("|", "\\|") for cell in cells) + " |"


def _words(row: Row) -> Iterator[str]:
    yield row.says
    if row.do:
        yield f"Do instead: {row.do}"
    alike: dict[str, str] = {}
    for word in (word for _line, words in marks_of(row) for word in words):
        alike.setdefault(NAMES.sub("", word), word)
    if alike:
        lead = "With the switch the plan says" if row.expect == "kept" else "The plan says"
        yield f"{lead}: {'; '.join(f'*{word}*' for word in alike.values())}."


def marks_of(row: Row) -> Iterator[tuple[str, list[str]]]:
    """Yield "verb kind" and the words of each marked line."""
    for line, words in row.marks.items():
        yield line, [words] if isinstance(words, str) else list(words)


def page_problems(root: Path) -> list[str]:
    """A page that is not the one that the table makes."""
    if not (root / FOLDER).is_dir():
        return []
    path = root / PAGE
    found = path.read_text(encoding="utf-8") if path.is_file() else ""
    if found == page(read_table(root)):
        return []
    return [f"{PAGE}: is not what {FOLDER} makes; write it: {COMMAND}"]


def main() -> int:
    (ROOT / PAGE).write_text(page(read_table()), encoding="utf-8")
    print(f"wrote {PAGE}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
