# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""ansible-builder on the execution environment. No image is built: that needs podman and a registry.

`ansible-builder create` ends with 0 also where the image could not be built, so that its context is looked into.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from lab.process import ROOT
from tests.awx_programs.programs import documented, program
from tools.fresh_copy import fresh_copy

EXAMPLE = ROOT / "examples" / "site-repository" / "execution-environment.yml"
TARBALLS = ("bonded-internet-1.0.0.tar.gz", "amazon-aws-10.1.2.tar.gz")


def create(definition: str, folder: Path) -> Path:
    """Return the context that ansible-builder makes of a definition in a folder."""
    (folder / "execution-environment.yml").write_text(definition, encoding="utf-8")
    program("ansible-builder", "create", "--output-filename", "Containerfile", cwd=folder)
    return folder / "context"


def missing(context: Path) -> list[str]:
    """Return the files that the container file or the list of collections names, and the context does not have."""
    steps = (context / "Containerfile").read_text(encoding="utf-8")
    named = re.findall(r"^(?:COPY|ADD) (?!--from)(\S+)", steps, re.MULTILINE)
    required = yaml.safe_load((context / "_build" / "requirements.yml").read_text(encoding="utf-8"))
    files = [f"_build/{one['name']}" for one in required["collections"] if one.get("type") == "file"]
    assert named
    return sorted(name for name in (*named, *files) if not (context / name).exists())


def test_introspect_finds_what_the_collection_needs() -> None:
    with fresh_copy() as copy:
        found = yaml.safe_load(program("ansible-builder", "introspect", str(copy.parents[2]), cwd=copy.parents[2]))

    def ours(kind: str) -> set[str]:
        entries = (entry.split("  # from collection ") for entry in found[kind])
        return {name for name, collection in entries if "bonded.internet" in collection}

    assert ours("system") == {"openssh-client [platform:dpkg]", "openssh-clients [platform:rpm]"}
    wanted = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    assert ours("python") >= {line for line in wanted if not line.startswith("#")}


def test_the_context_has_every_file_that_it_names(tmp_path: Path) -> None:
    context = create(EXAMPLE.read_text(encoding="utf-8"), tmp_path)
    assert missing(context) == []
    required = yaml.safe_load((context / "_build" / "requirements.yml").read_text(encoding="utf-8"))
    assert required["collections"] == yaml.safe_load(EXAMPLE.read_text())["dependencies"]["galaxy"]["collections"]
    steps = (context / "Containerfile").read_text(encoding="utf-8")
    for pin in ("ansible-core==2.19.14", "ansible-runner==2.4.3"):
        assert pin in steps


@pytest.mark.parametrize("files", [True, False], ids=["with files", "without files"])
def test_the_air_gapped_definition_has_its_tarballs(tmp_path: Path, files: bool) -> None:
    definition: dict[str, Any] = yaml.safe_load(EXAMPLE.read_text(encoding="utf-8"))
    more = yaml.safe_load(documented("air-gapped.yml"))
    definition["dependencies"] |= more.pop("dependencies")
    definition |= more if files else {}
    for name in TARBALLS:
        (tmp_path / name).touch()
    context = create(yaml.safe_dump(definition), tmp_path)
    assert missing(context) == ([] if files else sorted(f"_build/collections/{name}" for name in TARBALLS))
    shutil.rmtree(context)
