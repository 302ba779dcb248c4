# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Make the environment of `make docs`: `python3 -m tools.docs_env`.

In it are Sphinx, antsibull-docs, a reader of Markdown, a theme that carries its own scripts, and amazon.aws, whose
fragments of documentation the modules share. The last line on stdout is the environment's Python. Standard library
only.
"""

from __future__ import annotations

from tools.awx_env import print_python
from tools.setup_env import Environment

if __name__ == "__main__":
    raise SystemExit(print_python("docs", Environment))
