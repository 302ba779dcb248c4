# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Make the environment of `make awx`: `python3 -m tools.awx_env`.

In it are the programs that AWX users run (ansible-navigator, ansible-builder, ansible-runner, galaxy-importer) and the
collection awx.awx beside amazon.aws. It is by itself, since galaxy-importer pins versions that the lint's programs
do not take. The last line on stdout is the environment's Python. Standard library only.
"""

from __future__ import annotations

import sys

from tools.lines import CARRIER, ROOT, Line, LineError, environment_folder, read_lines
from tools.setup_env import Environment, only_one


class AwxEnvironment(Environment):
    """Environment with the collections of AWX's users."""

    collections = ("amazon/aws", "awx/awx")


def own_line(name: str) -> Line:
    """Return requirements/<name>.txt as a line. No other command takes it for a supported one: its name is none."""
    carrier = CARRIER.search((ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8"))
    if not carrier:
        raise LineError(f"requirements/{name}.txt: no line '# ansible==VERSION carries amazon.aws==VERSION'.")
    return Line((3, 11), (2, 19), name, carrier["wheel"], carrier["version"], ROOT)


def print_python(name: str, kind: type[Environment]) -> int:
    """Make the environment of requirements/<name>.txt if it is not there, and print its Python."""
    try:
        line = own_line(name)
        environment = kind(line, environment_folder(line, read_lines()), line.python_version)
        with only_one(ROOT, name):
            if not environment.is_ready(lint=False):
                environment.set_up(lint=False)
    except LineError as error:
        print(f"set-up: {error}", file=sys.stderr)
        return 1
    print(environment.python)
    return 0


if __name__ == "__main__":
    raise SystemExit(print_python("awx", AwxEnvironment))
