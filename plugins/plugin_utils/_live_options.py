# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of the inventory plugin, judged before anything is asked."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ansible.module_utils.parsing.convert_bool import boolean

from ansible_collections.bonded.internet.plugins.module_utils._live_inventory import (
    GROUPINGS,
    LiveInventoryError,
    Wanted,
    join_problems,
)
from ansible_collections.bonded.internet.plugins.module_utils._options import CONNECTION_SPEC

VALIDATE = "BONDING_API_VALIDATE_CERTS"
KEYS = ("access_key", "secret_key", "session_token")
AWS = (*KEYS, "endpoint_url", "aws_ca_bundle", "profiles", "regions", "filters")
JOIN = ("join", "instances", "hostnames", "group_by", "allow_empty")
SWITCHES = ("allow_empty", "strict", "cache", "use_extra_vars", "leading_separator")
"""Options of the file that Ansible would take for false whatever the word is: those of its fragments too."""
SECRETS = ("api_password", "api_token", "secret_key", "session_token")


@contextlib.contextmanager
def empty_variables_unset() -> Iterator[None]:
    """Take away the environment variables of both sides that are empty: AWX gives fields so that nobody has filled.

    Ansible would take an empty text for false, or for the current folder, and boto3 for a profile without a name.
    """
    empty = [name for name, value in os.environ.items() if not value and name.startswith(("BONDING_API_", "AWS_"))]
    for name in empty:
        del os.environ[name]
    try:
        yield
    finally:
        os.environ.update(dict.fromkeys(empty, ""))


def validates_certs(given: Mapping[str, Any]) -> bool:
    """Return True if the server's certificate is verified.

    :param given: the options of the file
    :raises LiveInventoryError: for a word that is none, or that AWX gives for a field that nobody has filled
    """
    value = given.get("validate_certs")
    if value is None:
        value = os.environ.get(VALIDATE, True)
        if value == "False":
            raise LiveInventoryError(
                f"validate_certs ({VALIDATE}): this is what AWX gives for a field that nobody has filled (got 'False', "
                "expected 'true', or 'false' to turn the verification off). Ask the other way round in the credential "
                "type: a field insecure, and {{ 'false' if insecure else 'true' }}."
            )
    try:
        return bool(boolean(value))
    except TypeError as error:
        raise LiveInventoryError(f"validate_certs ({VALIDATE}): got {value!r}, expected true or false.") from error


def _is_switch(value: Any) -> bool:
    try:
        boolean(value)
    except TypeError:
        return False
    return True


def read_options(given: Mapping[str, Any], option: Callable[[str], Any]) -> dict[str, Any]:
    """Return the options that decide what is read.

    :param given: the options of the file
    :param option: returns the value of an option, wherever it is given
    :raises LiveInventoryError: with all problems
    """
    options = {name: option(name) for name in (*CONNECTION_SPEC, *AWS, *JOIN)}
    problems = []
    try:
        options["validate_certs"] = validates_certs(given)
    except LiveInventoryError as error:
        problems += error.problems
    problems += [
        f"{name}: got {given[name]!r}, expected true or false."
        for name in SWITCHES
        if given.get(name) is not None and not _is_switch(given[name])
    ]
    for name in (*CONNECTION_SPEC, *AWS):
        if "{{" in str(given.get(name, "")):
            problems.append(f"{name}: a template is not evaluated here. Set its environment variable, or use a vault.")
    problems += join_problems(options["join"])
    for grouping in options["group_by"]:
        if grouping not in GROUPINGS:
            problems.append(f"group_by: got {grouping!r}, expected one of {', '.join(GROUPINGS)}.")
    if problems:
        raise LiveInventoryError(*problems)
    if options["ca_path"]:
        options["ca_path"] = os.path.expanduser(options["ca_path"])
    return options


def wanted_of(options: Mapping[str, Any]) -> Wanted:
    """Return the options of the join and of the groups."""
    return Wanted(
        public_ip="public_ip" in options["join"],
        tags=tuple(entry.removeprefix("tag:") for entry in options["join"] if entry != "public_ip"),
        instances={str(key): value for key, value in options["instances"].items()},
        hostnames={str(key): str(value) for key, value in options["hostnames"].items()},
        group_by=tuple(options["group_by"]),
        allow_empty=options["allow_empty"],
    )
