# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page of a report in Chromium: a small network, a hostile one, and one of 200 aggregators and 200 spaces."""

from __future__ import annotations

import pathlib
from collections.abc import Iterator
from dataclasses import replace

import pytest

from ansible_collections.bonded.internet.plugins.plugin_utils._report.files import report_of
from ansible_collections.bonded.internet.plugins.plugin_utils._report.links import Links
from ansible_collections.bonded.internet.plugins.plugin_utils._report.network import Network
from lab.bench.described import described
from tests.unit.plugins.plugin_utils.report.small import FINDING, network
from tests.unit.plugins.plugin_utils.report.test_page import hostile

from .chromium import Page, opened, program

MADE = "2026-11-29 12:00 UTC"
NAMES = ("small", "hostile", "large")
CONTRAST = """
(() => {
  const light = (color) => {
    const [r, g, b] = color.match(/[\\d.]+/g).map(Number).map((v) => v / 255)
      .map((v) => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (one) => {
    for (let at = one; at; at = at.parentElement) {
      const color = getComputedStyle(at).backgroundColor;
      if (!color.startsWith("rgba(0, 0, 0, 0")) return color;
    }
    return "rgb(255, 255, 255)";
  };
  const found = [];
  for (const one of document.querySelectorAll("h1, h2, p, a, td, th, small, summary, .note, .status")) {
    if (one.closest("svg") || !one.textContent.trim()) continue;
    const pair = [light(getComputedStyle(one).color), light(behind(one))].sort((a, b) => b - a);
    if ((pair[0] + 0.05) / (pair[1] + 0.05) < 4.5) found.push(one.className + " " + one.textContent.slice(0, 40));
  }
  return found;
})()
"""
"""Texts whose contrast is below 4.5 to 1 (WCAG 2.2, success criterion 1.4.3)."""
SHOWN = "[...document.querySelectorAll('tbody tr')].filter((row) => row.offsetParent !== null).length"


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, pathlib.Path]:
    """The pages by name."""
    folder = tmp_path_factory.mktemp("pages")
    findings = tuple(replace(FINDING, id=one, severity=one) for one in ("error", "warning", "info"))
    networks = {
        "small": network(findings),
        "hostile": hostile(),
        "large": Network(described(200, 200), (), Links("https://bonding.example.com/api/v4/")),
    }
    for name, shown in networks.items():
        report_of(shown, folder / f"{name}.html", MADE).write()
    return {name: folder / f"{name}.html" for name in networks}


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    found = program()
    if found is None:
        pytest.skip("there is no Chromium: apt-get install chromium")
    with opened(found, tmp_path_factory.mktemp("profile")) as page:
        yield page


@pytest.mark.parametrize("name", NAMES)
def test_the_browser_complains_of_nothing_and_asks_for_the_file_alone(
    browser: Page, pages: dict[str, pathlib.Path], name: str
) -> None:
    browser.look(1440, 1000)
    browser.open(pages[name])
    assert browser.evaluate("document.getElementById('search').hidden") is False  # so the script has run
    assert browser.complaints == []
    assert browser.requests == [pages[name].as_uri()]


def test_a_complaint_would_be_heard(browser: Page, pages: dict[str, pathlib.Path], tmp_path: pathlib.Path) -> None:
    spoilt = tmp_path / "spoilt.html"
    text = pages["small"].read_text(encoding="utf-8")
    spoilt.write_text(text.replace("</main>", "<script>alert(1)</script><img src='x.png'></main>"), encoding="utf-8")
    browser.open(spoilt)
    assert len(browser.complaints) == 2
    assert all("Content Security Policy" in text for text in browser.complaints)
    browser.complaints.clear()


@pytest.mark.parametrize("name", NAMES)
def test_each_anchor_leads_somewhere(browser: Page, pages: dict[str, pathlib.Path], name: str) -> None:
    browser.open(pages[name])
    lost = """[...document.querySelectorAll("a[href^='#']")].map((one) => one.getAttribute("href").slice(1))
        .filter((anchor) => document.getElementById(anchor) === null)"""
    assert browser.evaluate(lost) == []
    assert browser.evaluate("""document.querySelectorAll("a[href^='#']").length""") > 10


def test_a_link_opens_what_its_target_is_folded_in(browser: Page, pages: dict[str, pathlib.Path]) -> None:
    browser.look(1440, 1000)
    browser.open(pages["large"])
    for anchor in ("aggregator-150", "space-77"):
        browser.evaluate(f"location.hash = '#{anchor}'")
        # The event comes after the script that changes the place.
        seen = f"""new Promise((done) => {{
            const end = Date.now() + 20000;
            const look = () => {{
                const place = document.getElementById("{anchor}").getBoundingClientRect();
                const is_seen = place.height > 0 && place.top >= 0 && place.top < innerHeight;
                is_seen || Date.now() > end ? done(is_seen) : setTimeout(look, 50);
            }};
            look();
        }})"""
        assert browser.evaluate(seen), anchor


def search(browser: Page, words: str) -> None:
    browser.evaluate(
        f"words.value = {words!r}; words.dispatchEvent(new Event('input')); new Promise(requestAnimationFrame)"
    )


def test_the_search_shows_what_has_the_words_and_gives_the_rest_back(
    browser: Page, pages: dict[str, pathlib.Path]
) -> None:
    browser.open(pages["large"])
    before = browser.evaluate(SHOWN)
    search(browser, "site-00201")
    shown = browser.evaluate(
        "[...document.querySelectorAll('tbody tr')].filter((row) => row.offsetParent !== null)"
        ".map((row) => row.textContent)"
    )
    assert len(shown) >= 2
    assert all("site-00201" in text for text in shown)
    assert browser.evaluate("hits.textContent") == f"{len(shown)} rows"
    search(browser, "no such thing")
    assert (browser.evaluate(SHOWN), browser.evaluate("hits.textContent")) == (0, "0 rows")
    search(browser, "")
    assert (browser.evaluate(SHOWN), browser.evaluate("hits.textContent")) == (before, "")


def test_the_search_takes_no_count_for_a_name_and_of_a_fold_shows_the_rows_that_have_the_words(
    browser: Page, pages: dict[str, pathlib.Path]
) -> None:
    browser.open(pages["large"])
    shown = "[...document.querySelectorAll('#%s tbody tr')].filter((row) => row.offsetParent !== null).length"
    search(browser, "50 rows")
    assert (browser.evaluate(SHOWN), browser.evaluate("hits.textContent")) == (0, "0 rows")
    search(browser, "customer-009")  # the end of a fold's title, which has ten customers
    assert browser.evaluate(shown % "addresses") == 5
    assert browser.evaluate("hits.textContent") == f"{browser.evaluate(SHOWN)} rows"
    search(browser, "")


def test_a_link_to_a_row_that_a_search_has_hidden_ends_the_search(
    browser: Page, pages: dict[str, pathlib.Path]
) -> None:
    browser.look(1440, 1000)
    browser.open(pages["large"])
    search(browser, "198.51.111.65")
    browser.evaluate("location.hash = '#aggregator-9'; new Promise((done) => setTimeout(done, 1000))")
    assert browser.evaluate("document.getElementById('aggregator-9').offsetParent !== null")
    assert browser.evaluate("words.value") == ""


@pytest.mark.parametrize("width", [390, 1440])
def test_the_field_of_the_search_shows_its_hint_whole(
    browser: Page, pages: dict[str, pathlib.Path], width: int
) -> None:
    browser.look(width, 900)
    browser.open(pages["small"])
    hint = """(() => {
        const pen = document.createElement("canvas").getContext("2d"), style = getComputedStyle(words);
        pen.font = `${style.fontSize} ${style.fontFamily}`;
        const inside = words.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
        return inside - pen.measureText(words.placeholder).width;
    })()"""
    assert browser.evaluate(hint) > 20  # the place of the button that empties the field


@pytest.mark.parametrize("section", ["bonds", "failure"])
def test_tables_of_short_cells_fit_a_narrow_window(browser: Page, pages: dict[str, pathlib.Path], section: str) -> None:
    browser.look(390, 844)
    browser.open(pages["small"])
    hidden = f"""[...document.querySelectorAll("#{section} .scroll")]
        .map((one) => one.scrollWidth - one.clientWidth).filter((more) => more > 0)"""
    assert browser.evaluate(hidden) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["small", "large"])
def test_texts_have_contrast_in_both_schemes(
    browser: Page, pages: dict[str, pathlib.Path], name: str, scheme: str
) -> None:
    browser.look(1440, 1000, scheme)
    browser.open(pages[name])
    assert browser.evaluate(CONTRAST) == []


@pytest.mark.parametrize("name", NAMES)
def test_a_narrow_window_scrolls_its_tables_and_not_the_page(
    browser: Page, pages: dict[str, pathlib.Path], name: str
) -> None:
    browser.look(390, 844)
    browser.open(pages[name])
    assert browser.evaluate("document.documentElement.scrollWidth") <= 390
    assert len(browser.screenshot()) > 10_000


def test_what_is_folded_is_printed(browser: Page, pages: dict[str, pathlib.Path]) -> None:
    browser.look(1440, 1000, media="print")
    browser.open(pages["large"])
    height = "document.querySelector('details:not([open]) table').getBoundingClientRect().height"
    assert browser.evaluate(height) > 100
    browser.open(pages["small"])
    assert browser.pdf().startswith(b"%PDF-")
