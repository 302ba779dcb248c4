# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`python -m tests.browser report.html picture.png`: a picture of a page, such as that of docs/images."""

from __future__ import annotations

import argparse
import pathlib
import tempfile

from .chromium import opened, program


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.browser", description=__doc__)
    parser.add_argument("page", type=pathlib.Path)
    parser.add_argument("picture", type=pathlib.Path)
    parser.add_argument("--width", type=int, default=1440)
    parser.add_argument("--height", type=int, default=1000, help="0: the whole page")
    parser.add_argument("--scheme", choices=["light", "dark"], default="light")
    parser.add_argument("--media", choices=["screen", "print"], default="screen")
    parser.add_argument("--at", default="", help="the anchor that the window begins at")
    options = parser.parse_args()
    browser = program()
    if browser is None:
        print("there is no chromium: apt-get install chromium")
        return 1
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
        opened(browser, pathlib.Path(folder)) as page,
    ):
        page.look(options.width, options.height or 1000, options.scheme, options.media)
        page.open(options.page.resolve())
        height = options.height or page.evaluate("document.documentElement.scrollHeight")
        page.look(options.width, height, options.scheme, options.media)
        if options.at:
            page.evaluate(f"document.getElementById({options.at!r}).scrollIntoView()")
        options.picture.write_bytes(page.screenshot())
        for text in page.complaints:
            print(text)
    return 1 if page.complaints else 0


if __name__ == "__main__":
    raise SystemExit(main())
