# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Build the documentation site: `python -m tools.docs`, in the environment of tools/docs_env.py.

Four steps: the Markdown pages of the checkout get the links of the site, tools/docs/reference writes the reference of
inventory and playbooks, antsibull-docs that of modules and roles, and Sphinx makes HTML of it. A warning of Sphinx is a
failure. The build asks no server, and no page loads anything from one. It prints the links to other servers.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import time
from pathlib import Path

import yaml

from tools.docs.external import external_links, loaded_from_elsewhere
from tools.docs.index import groups, index_for_site
from tools.docs.pages import places, write_pages
from tools.docs.reference import write_reference
from tools.fresh_copy import ROOT
from tools.sanity import clean_environment

SITE = ROOT / "build" / "docs"
WORK = ROOT / ".cache" / "docs"
BIN = Path(sys.executable).parent
COLLECTION = "bonded.internet"
CONFIGURATION = Path(__file__).parent
MODULES = {"collection/index.rst": "Modules, plugins and roles"}
CONTENTS = re.compile(r"^\.\. contents::\n(?:  .*\n)+", re.MULTILINE)


class BuildError(Exception):
    """A step failed; the text is what it printed."""


def run(*words: str | os.PathLike[str]) -> None:
    """Run a program of the environment; raises BuildError with its output."""
    environment = clean_environment() | {
        # The checkout is linked there, beside the amazon.aws whose fragments of documentation the modules share.
        "ANSIBLE_COLLECTIONS_PATH": sysconfig.get_path("purelib"),
        "ANSIBLE_COLLECTIONS_SCAN_SYS_PATH": "false",
        "NO_COLOR": "1",
        "PATH": os.pathsep.join([str(BIN), os.environ.get("PATH", "")]),
        "PYTHONPATH": str(ROOT),
    }
    answer = subprocess.run(
        [str(BIN / words[0]), *words[1:]],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if answer.returncode:
        raise BuildError(f"{words[0]} failed with {answer.returncode}:\n{answer.stdout.strip()}")


def write_sources(folder: Path) -> None:
    """Write everything from which Sphinx builds."""
    found = places()
    write_pages(folder)
    (folder / "collection").mkdir()
    options = ("--use-current", "--squash-hierarchy", "--no-add-antsibull-docs-version", "--fail-on-error")
    configuration = ("--config-file", CONFIGURATION / "antsibull-docs.cfg")
    run("antsibull-docs", *configuration, "collection", *options, "--dest-dir", folder / "collection", COLLECTION)
    for path in (folder / "collection").glob("*.rst"):
        # The theme has a table of contents at the side of each page, and refuses another one.
        path.write_text(CONTENTS.sub("", path.read_text(encoding="utf-8")), encoding="utf-8")
    generated = write_reference(folder) | MODULES
    index = folder / "index.md"
    text = index_for_site(index.read_text(encoding="utf-8"), groups(found, generated), generated)
    index.write_text(text, encoding="utf-8")


def build() -> list[str]:
    """Build the site anew; returns the addresses of other servers that it links to."""
    for folder in (WORK, SITE):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
    source = WORK / "source"
    source.mkdir()
    write_sources(source)
    version = yaml.safe_load((ROOT / "galaxy.yml").read_text(encoding="utf-8"))["version"]
    # All warnings, and not the first one alone.
    strict = ("--fail-on-warning", "--keep-going", "--quiet", "--jobs", "2")
    names = ("-D", f"project={COLLECTION}", "-D", f"release={version}", "-D", f"html_title={COLLECTION} {version}")
    in_and_out = ("-c", CONFIGURATION, "-d", WORK / "doctrees", source, SITE)
    run("sphinx-build", "-b", "html", *strict, *names, *in_and_out)
    if loaded := loaded_from_elsewhere(SITE):
        raise BuildError(f"The site loads from other servers (expected none): {', '.join(loaded)}.")
    return external_links(SITE)


def main() -> int:
    argparse.ArgumentParser(description="Build the documentation site.").parse_args()
    start = time.monotonic()
    try:
        external = build()
    except BuildError as error:
        print(f"{error}\n\ndocs: FAILED")
        return 1
    print("Links to other servers, none of which the build asks:")
    for address in external:
        print(f"  {address}")
    print(f"docs: OK, {SITE / 'index.html'} ({time.monotonic() - start:.0f} s)")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
