# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The habits of the second server: each is a switch, and says what of the contract permits it.

The quoted words are the contract's; [D], [C] and [A] are its marks for documented, seen in a client, and assumed.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Habit:
    """One thing that this server does and another one need not."""

    name: str
    does: str
    permitted: str


_TABLE = (
    # Lists
    (
        "small_pages",
        "no page is longer than 3 objects, whatever `page_size` asks",
        "`{count, next, previous, results}` for `page_size=N`; nothing says that N is obeyed without bound",
    ),
    ("always_pages", "lists come as an envelope, `page_size` or not", "a client accepts both shapes"),
    ("bare_lists", "some lists come as a bare array although `page_size` is given", "a client accepts both shapes"),
    ("relative_next", "`next` is `?page=2...` or a path, not a whole URL", "`next`, `previous` [A]: no form is given"),
    (
        "no_next",
        "the envelopes of what hangs on a bond have no `next` and `previous`",
        "only `count`, `results` are [C]",
    ),
    (
        "other_order",
        "lists come in an order of their own",
        "`ordering=FIELD` is there [C]; no order is promised without",
    ),
    ("loose_search", "`search` is overlooked: everything is listed", "`search=TEXT` is not exact: filter on our side"),
    # Objects
    ("unknown_fields", "objects, nested ones and envelopes have more fields", "new fields may appear at any time [D]"),
    (
        "unknown_kinds",
        "the mixed lists show an interface and a protocol of kinds that the contract does not name",
        "new resources may appear at any time [D]; `interfaces/` and `protocols/` list all kinds",
    ),
    (
        "nested_objects",
        "relations that other servers show as URLs come as objects with `url`",
        "read as a URL or as a nested object with `url`, field by field [C]",
    ),
    (
        "urls_for_objects",
        "`space` of aggregators and bonds comes as a URL, not as an object",
        "read as a URL or as a nested object with `url`, field by field [C]",
    ),
    ("bare_ids", "some relations come as the number alone", "a client reads URL, id and object alike"),
    ("other_name", "URLs in objects name the server otherwise than the client does", "`url` is absolute [C], no more"),
    ("escaped_urls", "URLs write characters of a space's key as %XX", "a space is addressed by its key; URLs [C]"),
    ("large_ids", "ids of new objects are beyond 2^53, and not in the order of creation", "`id` (integer), no more"),
    (
        "thin_bonds",
        "an aggregator's lists of bonds show id, `url` and `name` alone",
        "GET: bonds whose present aggregator is X; only the mixed lists are said to show whole objects",
    ),
    # Values
    (
        "numbers_as_text",
        'numbers but ids come as text: `"vni": "1011"`, the `count` of a list too',
        "ranges are given, JSON types are not",
    ),
    (
        "decimals",
        "intervals and costs come as decimals: `4.0`, and others' may have a fraction",
        "`hello_interval`, `cost`: no type is given, and BIRD knows fractions of a second",
    ),
    ("area_numbers", "OSPF areas come as numbers: `0` for `0.0.0.0`", "`area_id`, no form; RFC 2328 has both"),
    ("long_versions", "versions have more than numbers: `v6.6-1~deb12`", "`version`, no form"),
    ("ipv6_written_out", "IPv6 comes in full and in capitals", "an address, no spelling (RFC 4291 has several)"),
    ("lists_reversed", "addresses, endpoints and static routes come in reverse order", "lists of an object: no order"),
    ("text_trimmed", "texts lose white space at both ends when they are written", "DRF does so [C: DRF]"),
    ("text_lines", "a filter's body comes back with CRLF and an end of line", "`body` (BIRD filter text): blind to it"),
    (
        "other_defaults",
        "what a body leaves out gets other values: disabled, MTU 1500, closed or open slots, `never`, a mode, an order",
        "of two fields alone the default is given (false)",
    ),
    # Writes
    ("no_put", "PUT is answered 405", "`PATCH` sends only what changes [D]: no request needs PUT"),
    ("other_statuses", "POST 200, PATCH 202, DELETE 200 with a body", "POST 201, PATCH/PUT 200, DELETE 204 are [A]"),
    (
        "thin_answers",
        "POST is answered with `id` and `url`, PATCH with what changed",
        "compare what comes back: nothing says that it is the whole object",
    ),
    ("empty_answers", "PATCH of protocols and filters is answered 204 without a body", "200 for PATCH is [A]"),
    # Errors
    (
        "indexed_errors",
        'errors in lists: `{"addresses": {"0": {...}}}`, not `{"addresses": [{...}]}`',
        "nested objects for nested fields [A]",
    ),
    ("listed_errors", 'errors of an object: `[{"name": [...]}]`, and `["..."]` without a field', "texts are DRF's [C]"),
    ("html_errors", "404 and 405 are HTML", "5xx and wrong paths may be HTML [A]"),
    ("busy_proxy", "a proxy answers each 23rd request itself: 503 or 429 with Retry-After", "a proxy may do so [A]"),
    # OPTIONS
    (
        "bare_options",
        "OPTIONS has no `actions`, so that only objects show the fields",
        "every URI answers OPTIONS [D]; rest [A]",
    ),
)
HABITS = {name: Habit(name, does, permitted) for name, does, permitted in _TABLE}
"""All of them; a server has all unless told otherwise."""
