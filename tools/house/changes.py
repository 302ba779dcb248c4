# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Changelog fragments: known sections, lists of sentences, and a place where a reader can look further."""

from __future__ import annotations

from pathlib import Path

import yaml

ISSUES = "https://github.com/bonded-internet/bonded.internet/"


def fragment_problems(root: Path) -> list[str]:
    """Fragments that antsibull-changelog would refuse at release time, and entries that name no issue."""
    config = yaml.safe_load((root / "changelogs" / "config.yaml").read_text(encoding="utf-8"))
    sections = {name for name, _title in config["sections"]}
    texts = {config["prelude_section_name"], config["trivial_section_name"]}
    problems = []
    for path in sorted((root / "changelogs" / "fragments").glob("*")):
        if path.suffix not in {".yml", ".yaml"}:
            continue
        problems += [f"{path.relative_to(root)}: {text}" for text in _fragment(path, sections, texts)]
    return problems


def _fragment(path: Path, sections: set[str], texts: set[str]) -> list[str]:
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        return [f"is not YAML: {error}"]
    if not isinstance(content, dict) or not content:
        return ["holds no section"]
    problems = []
    for section, entries in content.items():
        if section in texts:
            continue
        if section not in sections:
            problems.append(f"section '{section}' is none of {', '.join(sorted(sections | texts))}")
        elif not isinstance(entries, list) or not all(isinstance(entry, str) for entry in entries):
            problems.append(f"section '{section}' must be a list of sentences")
        else:
            problems += [f"'{entry[:40]}...' names no issue below {ISSUES}" for entry in entries if ISSUES not in entry]
    return problems
