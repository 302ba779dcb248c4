# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The grammar of names: devices, patterns, BIRD symbols, tunnel devices, slugs, passwords.

Each function returns the problem of a name as one sentence, to be put after "<object>: ", or None. The sentence shows
the name by its `repr`, so that no control character of it gets into a message.

The kernel, the server and AWS accept more. The rules are narrow on purpose: the names are written into BIRD's, nft's
and systemd's files, where a quote or a semicolon is syntax.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterable
from typing import Any

MOST_OF_INTERFACE = 15
"""Linux keeps 16 bytes for the name of a device, one of them for the end."""
MOST_OF_SYMBOL = 64
MOST_OF_SLUG = 64
MOST_OF_PASSWORD = 80
"""TCP takes a key of up to 80 bytes (RFC 2385 in Linux)."""

_DEVICE = r"[A-Za-z0-9_][A-Za-z0-9_.-]"
INTERFACE_NAME = re.compile(rf"{_DEVICE}{{0,{MOST_OF_INTERFACE - 1}}}")
INTERFACE_PATTERN = re.compile(rf"[A-Za-z0-9_*?][A-Za-z0-9_.*?-]{{0,{MOST_OF_INTERFACE - 1}}}")
BIRD_SYMBOL = re.compile(rf"[A-Za-z_][A-Za-z0-9_]{{0,{MOST_OF_SYMBOL - 1}}}")
PASSWORD = re.compile(r"[!#-\[\]-~]+")
SLUG = re.compile(rf"[A-Za-z0-9_-]{{1,{MOST_OF_SLUG}}}")
RESERVED_INTERFACES = frozenset((".", "..", "lo", "all", "default"))
"""Names that Linux takes for a folder, the loopback device, or the settings of all devices in /proc/sys/net."""
BOND = "{bond}"
_LONGEST_BOND_ID = "9" * 6
_SHOWN = 60


def interface_name_problem(name: Any, primary: Collection[str] = ()) -> str | None:
    """Return the problem of a device's name.

    :param primary: the names of the hosts' main devices (eth0), refused where a second device is meant
    """
    if not isinstance(name, str) or not INTERFACE_NAME.fullmatch(name):
        return (
            f"not the name of a network interface (got {_shown(name)}, expected 1 to {MOST_OF_INTERFACE} ASCII "
            "letters, digits, '_', '.' and '-', the first neither '.' nor '-')."
        )
    if name in RESERVED_INTERFACES:
        return f"the interface name {name!r} is reserved by Linux; use another one."
    if name in primary:
        return f"{name!r} is the main device of a host, by which the host itself is reached; use another one."
    return None


def interface_pattern_problem(pattern: Any) -> str | None:
    """Return the problem of a pattern of device names, as Babel and OSPF in BIRD match them."""
    if isinstance(pattern, str) and INTERFACE_PATTERN.fullmatch(pattern):
        return None
    return (
        f"not a pattern of interface names (got {_shown(pattern)}, expected 1 to {MOST_OF_INTERFACE} ASCII letters, "
        "digits, '_', '.', '-', '*' and '?', the first neither '.' nor '-')."
    )


def bird_symbol_problem(name: Any) -> str | None:
    """Return the problem of a filter's or protocol's name, which is a symbol in BIRD's configuration."""
    if isinstance(name, str) and BIRD_SYMBOL.fullmatch(name):
        return None
    return (
        f"not a name that BIRD accepts (got {_shown(name)}, expected 1 to {MOST_OF_SYMBOL} ASCII letters, digits and "
        "'_', the first no digit)."
    )


def tunnel_template_problem(template: Any) -> str | None:
    """Return the problem of a template of the bonds' tunnel devices, such as `tun{bond}`."""
    if not isinstance(template, str) or template.count(BOND) != 1:
        return f"not a template of tunnel devices (got {_shown(template)}, expected one {BOND}, as in tun{BOND})."
    device = template.replace(BOND, _LONGEST_BOND_ID)
    if interface_name_problem(device) is None:
        return None
    return (
        f"not a template of tunnel devices (got {_shown(template)}, which makes {_shown(device)}; expected a result of "
        f"1 to {MOST_OF_INTERFACE} ASCII letters, digits, '_', '.' and '-', the first neither '.' nor '-')."
    )


def slug_problem(text: Any, what: str = "a key of a space") -> str | None:
    """Return the problem of a slug: the key of a space, which is a part of paths and of AWS tags."""
    if isinstance(text, str) and SLUG.fullmatch(text):
        return None
    return f"not {what} (got {_shown(text)}, expected 1 to {MOST_OF_SLUG} ASCII letters, digits, '_' and '-')."


def password_problem(password: Any) -> str | None:
    """Return the problem of a BGP session's password as one sentence, without the password."""
    if not isinstance(password, str) or not PASSWORD.fullmatch(password):
        return (
            "not a password that BIRD accepts (expected ASCII letters, digits and signs, without a quote, a backslash, "
            "white space or a line break, as a YAML block adds at its end)."
        )
    if len(password) > MOST_OF_PASSWORD:
        return f"too long a password (got {len(password)} characters, expected {MOST_OF_PASSWORD} at most)."
    return None


def version_numbers(text: str | None) -> tuple[int, ...]:
    """Return the numbers of a version, (6, 6) of "v6.6-1~deb12"; none of a text without any."""
    found = re.search(r"[0-9]{1,9}(?:\.[0-9]{1,9})*", text or "")
    return tuple(map(int, found.group().split("."))) if found else ()


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."


def nearest(name: str, known: Iterable[str], prefix: str = "") -> str:
    """Return the words "; did you mean 'x'?" for the known name next to `name`, or an empty text.

    :param prefix: the beginning that all such names have, which makes no two of them alike
    """
    rest = {one.removeprefix(prefix): one for one in known}
    found = difflib.get_close_matches(name.removeprefix(prefix), sorted(rest), n=1, cutoff=0.7)
    return f"; did you mean {rest[found[0]]!r}?" if found else ""
