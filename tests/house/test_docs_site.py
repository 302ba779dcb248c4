# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sources of the documentation site: links, places of the pages, the menu, and references to other servers."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest
from pygments.lexers import find_lexer_class_by_name

from tools.docs import markdown
from tools.docs.ansible_references import address_of
from tools.docs.external import external_links, loaded_from_elsewhere
from tools.docs.index import UNLISTED, groups, index_for_site, listed, menu, unlisted
from tools.docs.links import link_problems
from tools.docs.pages import page_for_site, places
from tools.fresh_copy import ROOT

PAGE = """# A page

See [a heading](#the-end), [another page](b.md#a-heading) and [its
file](data.json). `[no](link.md)`

```console
# no heading, and [no](link.md)
```

## The `end`
"""


def write(root: Path, **texts: str) -> Path:
    """Make the pages docs/<name>.md below root, return root."""
    (root / "docs").mkdir(exist_ok=True)
    for name, text in texts.items():
        (root / "docs" / f"{name}.md").write_text(text, encoding="utf-8")
    return root


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout with two pages, their index and a file."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "data.json").write_text("{}", encoding="utf-8")
    (tmp_path / "LICENSE").write_text("GPL", encoding="utf-8")
    (tmp_path / "galaxy.yml").write_text("repository: https://forge.example/x\n", encoding="utf-8")
    return write(
        tmp_path,
        a=PAGE,
        b="## A heading\n\n[up](../LICENSE), [index](README.md), [folder](../docs/)\n",
        README="# Index\n\n## Begin\n\n- [A](a.md): a page.\n",
    )


def test_links_that_lead_somewhere_are_no_problem(checkout: Path) -> None:
    assert link_problems(checkout) == []


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("b.md#a-heading", "c.md", "docs/a.md:3: the link leads to no file (got docs/c.md, "),
        ("b.md#a-heading", "b.md#other", "docs/a.md:3: the link leads to no heading (got docs/b.md#other, "),
        ("#the-end", "#end", "docs/a.md:3: the link leads to no heading (got docs/a.md#end, "),
        ("data.json", "../../data.json", "docs/a.md:3: the link leads to no file (got ../data.json, "),
    ],
)
def test_a_link_that_leads_nowhere_is_a_problem(checkout: Path, old: str, new: str, problem: str) -> None:
    write(checkout, a=PAGE.replace(old, new))
    (found,) = link_problems(checkout)
    assert found.startswith(problem)


@pytest.mark.parametrize(
    ("heading", "anchor"),
    [
        ("What happens when you change ...", "what-happens-when-you-change-"),
        ("The direct mesh of a space (`vxlan`)", "the-direct-mesh-of-a-space-vxlan"),
        ("The `bonding_spaces[].vxlan` key", "the-bonding_spacesvxlan-key"),
        ("A [link](b.md), **bold**", "a-link-bold"),
        ("Give an aggregator another instance", "give-an-aggregator-another-instance"),
    ],
)
def test_anchors_are_those_of_a_forge(heading: str, anchor: str) -> None:
    assert markdown.slug(heading) == anchor


def test_the_second_of_two_equal_headings_has_a_number() -> None:
    assert markdown.anchors("# Use\n\n## Use\n\n### Use\n") == {"use", "use-1", "use-2"}


def test_links_of_the_site_lead_to_its_pages_or_to_the_forge(checkout: Path) -> None:
    found = places(checkout)
    assert found == {"docs/README.md": "index.md", "docs/a.md": "a.md", "docs/b.md": "b.md"}
    shown = page_for_site("docs/b.md", found, checkout)
    assert "[up](https://forge.example/x/blob/main/LICENSE), [index](index.md), [folder](index.md)" in shown
    assert page_for_site("docs/a.md", found, checkout) == PAGE


def test_a_page_that_the_index_does_not_list_is_in_the_menu_all_the_same(checkout: Path) -> None:
    found = places(checkout)
    first, last = groups(found, {}, checkout)
    assert (first.title, first.pages) == ("Begin", {"a.md": "A"})
    assert (last.title, last.pages) == (UNLISTED, {"b.md": "A heading"})
    assert menu([last]) == "```{toctree}\n:hidden:\n:caption: More\n\nA heading <b>\n```\n"
    assert unlisted(found, checkout) == ["docs/b.md"]


def test_generated_pages_are_in_the_menu_and_on_the_index(checkout: Path) -> None:
    write(checkout, README="# Index\n\n## Reference\n\n- [A](a.md): a page.\n")
    generated = {"reference/tags.md": "Tags"}
    found = groups(places(checkout), generated, checkout)
    assert found[0].pages == {"reference/tags.md": "Tags", "a.md": "A"}
    text = index_for_site("# Index\n\n## Reference\n\n- [A](a.md): a page.\n", found, generated)
    assert "## Reference\n\n- [Tags](reference/tags.md)\n- [A](a.md)" in text
    assert "Tags <reference/tags>\nA <a>\n" in text


def test_the_index_lists_every_page_once() -> None:
    names = [name for names in listed().values() for name in names]
    assert len(names) == len(set(names))
    assert set(names) <= set(places())
    assert len(names) > 30


@pytest.mark.parametrize(
    ("kind", "target", "address"),
    [
        ("ref", "ansible_collections.amazon.aws.ec2_eip_module", "/collections/amazon/aws/ec2_eip_module.html"),
        (
            "ref",
            "ansible_collections.ansible.builtin.set_stats_module",
            "/collections/ansible/builtin/set_stats_module.html",
        ),
        ("ref", "common_return_values", "/reference_appendices/common_return_values.html"),
        ("envvar", "ANSIBLE_CACHE_PLUGIN", "/reference_appendices/config.html#envvar-ANSIBLE_CACHE_PLUGIN"),
    ],
)
def test_references_to_ansible_need_no_inventory(kind: str, target: str, address: str) -> None:
    assert address_of(kind, target) == f"https://docs.ansible.com/ansible/latest{address}"


@pytest.mark.parametrize(
    ("kind", "target"),
    [
        ("ref", "ansible_collections.bonded.internet.network_plan_module"),
        ("ref", "no_such_label"),
        ("envvar", "BONDING_API_URL"),
    ],
)
def test_a_reference_to_the_collection_itself_has_to_be_on_the_site(kind: str, target: str) -> None:
    assert address_of(kind, target) == ""


def test_what_a_page_loads_and_what_it_links_to_are_told_apart(tmp_path: Path) -> None:
    page = (
        '<link rel="stylesheet" href="https://cdn.example/a.css"><link rel="license" href="https://gnu.example/gpl">'
        '<script src="_static/own.js"></script><img src="//images.example/a.png"><a href="https://aws.example/x#y">'
        '<a href="own.html">'
    )
    (tmp_path / "index.html").write_text(page, encoding="utf-8")
    assert external_links(tmp_path) == ["https://aws.example/x"]
    assert loaded_from_elsewhere(tmp_path) == ["//images.example/a.png", "https://cdn.example/a.css"]


@pytest.mark.parametrize("name", sorted(places()))
def test_headings_skip_no_level_and_code_has_a_known_language(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    levels = [level for level, _words in markdown.headings(text)]
    assert levels[0] == 1
    assert [pair for pair in pairwise(levels) if pair[1] > pair[0] + 1] == []
    languages = set(re.findall(r"^ *```(\w+)$", text, re.MULTILINE)) - {"mermaid"}
    assert [language for language in languages if find_lexer_class_by_name(language) is None] == []


@pytest.mark.parametrize("path", sorted((ROOT / "docs").rglob("*.md")), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_page_begins_with_its_reader(path: Path) -> None:
    first = next(line for line in path.read_text(encoding="utf-8").splitlines()[1:] if line)
    assert first.startswith("For "), first


def test_places_of_the_checkout() -> None:
    found = places()
    assert found["docs/README.md"] == "index.md"
    assert found["roles/pwan_mesh/README.md"] == "roles/pwan_mesh.md"
    assert len(set(found.values())) == len(found)
    assert all((ROOT / name).is_file() for name in found)
