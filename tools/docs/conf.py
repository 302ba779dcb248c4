# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Configuration of Sphinx for the documentation site. `tools/docs/__main__.py` gives project and version."""

from __future__ import annotations

extensions = ["myst_parser", "sphinx_antsibull_ext", "tools.docs.ansible_references"]
root_doc = "index"
nitpicky = True
copyright = "the bonded.internet contributors"
highlight_language = "text"
language = "en"

myst_enable_extensions = ["attrs_inline"]
# Anchors of headings as a forge makes them, so that a link works on both.
myst_heading_anchors = 6

html_theme = "furo"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sourcelink = False
html_show_sphinx = False
html_use_index = False
html_permalinks = True
