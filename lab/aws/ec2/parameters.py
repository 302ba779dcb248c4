# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Parameters of requests: unknown, missing and unmodelled ones are refused by name; private to the stand-in.

EC2's API has more parameters than moto and this stand-in implement. A parameter counts as implemented if the code that
answers the action names it: the method of the action, and what that calls of the response classes. So there is no list
to keep, and a parameter that the code ignores is never dropped in silence.
"""

from __future__ import annotations

import ast
import functools
import inspect
import pathlib
import sys
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from types import FunctionType
from typing import Any

from moto.core.utils import camelcase_to_underscores

from .describe import DescribeSpec
from .errors import refuse
from .pages import members_of, required_members

COMMON = frozenset({"ClientToken", "DryRun", "Filter", "Filters", "MaxResults", "NextToken"})
"""Parameters that are implemented for all actions alike. Listings that moto answers have one page."""
WITHOUT_EFFECT: Mapping[str, frozenset[str]] = {
    # Here an interface is detached, and an instance stopped, at once and always.
    "DetachNetworkInterface": frozenset({"Force"}),
    "StopInstances": frozenset({"Force", "SkipOsShutdown"}),
    "TerminateInstances": frozenset({"Force", "SkipOsShutdown"}),
}
"""Parameters that may be given, by action: EC2 does with them what the stand-in does anyway."""
_OWN = ("lab.aws.ec2.", "moto.ec2.responses.")


def wire_name(name: str, shape: Any) -> str:
    """Return the name that a parameter has in a request, without the number of a list's item."""
    given = shape.serialization.get("queryName") or shape.serialization.get("name")
    return f"{given[0].upper()}{given[1:]}" if given else name


def check_parameters(kind: type, action: str, given: Iterable[str]) -> None:
    """Refuse a request with a parameter that EC2 does not know or the stand-in does not implement, or without one.

    :param kind: the class of moto's responses that answers.
    :param given: the names of the request's parameters as they are sent, such as ``Placement.Tenancy``.
    """
    if not hasattr(kind, camelcase_to_underscores(action)):
        return
    members, implemented = members_of(action), implemented_by(kind, action)
    names = {wire_name(name, shape): name for name, shape in members.items()}
    parts = {key: key.split(".") for key in sorted(given)}
    for first, *_rest in parts.values():
        if first not in names:
            refuse("UnknownParameter", f"The parameter {first} is not recognized")
    for key, (first, *rest) in parts.items():
        if not implemented & {names[first], ".".join([names[first], *rest[:1]])}:
            refuse("UnsupportedOperation", f"{key} of {action} is not modelled by this stand-in")
    there = {first for first, *_rest in parts.values()}
    for name in required_members(action):
        wanted = wire_name(name, members[name])
        if wanted not in there:
            refuse("MissingParameter", f"The request must contain the parameter {wanted}")


def keep_sources() -> None:
    """Read the code that answers requests. A file that is edited later does not match the code that runs any more."""
    for name, module in sorted(sys.modules.items()):
        if name.startswith(_OWN):
            _lines(str(module.__file__))


@functools.cache
def _lines(file: str) -> list[str]:
    return pathlib.Path(file).read_text(encoding="utf-8").splitlines(keepends=True)


@functools.cache
def implemented_by(kind: type, action: str) -> frozenset[str]:
    """Return the names in the code that answers an action: among them all parameters that it implements.

    A parameter of which only members are read is there by those, such as ``Placement.AvailabilityZone``.
    """
    found = {*COMMON, *WITHOUT_EFFECT.get(action, ())}
    todo, seen = list(_methods(camelcase_to_underscores(action), kind.__mro__)), set[FunctionType]()
    while todo:
        function, following = todo.pop()
        if function in seen or not function.__module__.startswith(_OWN) or "present" in function.__name__:
            continue
        seen.add(function)
        lines = _lines(function.__code__.co_filename)[function.__code__.co_firstlineno - 1 :]
        tree = ast.parse(textwrap.dedent("".join(inspect.getblock(lines))))
        found.update(_texts(tree))
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "self":
                todo += _methods(node.attr, kind.__mro__)
            elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Call):
                is_super = isinstance(node.value.func, ast.Name) and node.value.func.id == "super"
                todo += _methods(node.attr, following) if is_super else ()
            elif isinstance(node, ast.Name):
                value = function.__globals__.get(node.id)
                if isinstance(value, FunctionType):
                    todo.append((value, ()))
                elif isinstance(value, DescribeSpec):
                    found.add(value.ids or "")
                elif isinstance(value, tuple):
                    found.update(text for text in value if isinstance(text, str))
    return frozenset(found)


Classes = tuple[type, ...]


def _methods(name: str, classes: Classes) -> Iterator[tuple[FunctionType, Classes]]:
    """Yield the method of this name and the classes behind the one that has it; nothing for an attribute."""
    for place, one in enumerate(classes):
        if name in vars(one):
            function = inspect.unwrap(getattr(vars(one)[name], "__func__", vars(one)[name]))
            if isinstance(function, FunctionType):
                yield function, classes[place + 1 :]
            return


def _texts(tree: ast.AST) -> Iterator[str]:
    """Yield the texts of a function but for keys of dictionaries: these are of the response."""
    keys = {id(key) for node in ast.walk(tree) if isinstance(node, ast.Dict) for key in node.keys}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in keys:
            yield node.value
