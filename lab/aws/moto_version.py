# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The one version of moto that the rules are written for; private to the stand-in."""

from __future__ import annotations

from importlib import metadata

WANTED = "5.2.5"


class WrongMoto(Exception):
    """moto is missing or of another version; the text says which and what to install."""


def require_moto() -> None:
    """Raise WrongMoto unless exactly the pinned moto is installed: the rules reach into its internals."""
    try:
        found = metadata.version("moto")
    except metadata.PackageNotFoundError:
        found = None
    if found != WANTED:
        what = "moto is not installed" if found is None else f"moto {found} is installed"
        raise WrongMoto(f"lab.aws works with moto {WANTED} only, but {what}: pip install 'moto[ec2]=={WANTED}'")
