# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stand-in for the script by which ansible-test puts pip into its environments (see tools/sanity.py).

Called with the packages wanted ("pip==24.2") and pip's options. It installs the pip that Python carries, and by that
the wanted ones.
"""

from __future__ import annotations

import ensurepip
import os
import subprocess
import sys


def main() -> None:
    """Install what the arguments name into the Python that runs this."""
    # ensurepip drops the settings that lead to the package index from os.environ: keep them for the second step.
    environment = dict(os.environ)
    wanted = [argument for argument in sys.argv[1:] if not argument.startswith("-")]
    ensurepip.bootstrap()
    if wanted:
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, *wanted], check=True, env=environment)


if __name__ == "__main__":
    main()
