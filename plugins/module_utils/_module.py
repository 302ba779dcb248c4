# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Base of every module on the management server: options, log-in, errors."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ansible.module_utils.basic import AnsibleModule, missing_required_lib

from ._client import REQUESTS_IMPORT_ERROR, Client, ClientError, Connection
from ._options import CONNECTION_SPEC, Spec
from ._printable import printable, printable_all
from ._private_wan_rules import MODES as WAN_MODES
from ._private_wan_rules import mode_problem
from ._reconcile import (
    ON_CREATE,
    Api,
    ReconcileError,
    Refs,
    Result,
    Run,
    manage_object,
    report_outcomes,
)
from ._resources import PROTOCOL_KINDS, RESOURCES, TABLE, ApiMapError, Table, load_map
from ._resources.fields import Choice, Flag, Kind, ListOf, Number, Part, Record, Secret

STATE = {"type": "str", "choices": ["present", "absent"], "default": "present"}
PRIVATE_WAN_SPEC: Spec = {
    "space": {"type": "str", "required": True},
    "enabled": {"type": "bool"},
    "mode": {"type": "str", "choices": list(WAN_MODES)},
    "include_interfaces": {"type": "bool"},
}
_PRIVATE_WAN_FIELDS = {
    "space": "key",
    "enabled": "private_wan_enabled",
    "mode": "private_wan_mode",
    "include_interfaces": "private_wan_include_interfaces",
}
UPDATE_PASSWORD = {"type": "str", "choices": ["on_create", "always"], "default": "on_create", "no_log": False}
PARALLEL = {"type": "int", "default": 8}

Survey = Callable[[Refs, Any, list[str], int], list[dict[str, Any]]]
"""Function that reads one object or all, with the parts that are asked for, by several requests at the same time."""


def option_of(kind: Kind) -> dict[str, Any]:
    """Return a kind of value as an option of a module."""
    if isinstance(kind, ListOf):
        element = option_of(kind.item)
        return {"type": "list", "elements": element.pop("type"), **element}
    if isinstance(kind, Record):
        return {"type": "dict", "options": {name: _part(part) for name, part in kind.parts.items()}}
    if isinstance(kind, Choice):
        return {"type": "str", "choices": list(kind.choices)}
    if isinstance(kind, Secret):
        return {"type": "str", "no_log": True}
    return {"type": "bool" if isinstance(kind, Flag) else "int" if isinstance(kind, Number) else "str"}


def _part(part: Part) -> dict[str, Any]:
    return {**option_of(part.kind), **({"required": True} if part.default is ... else {})}


def options_of(*kinds: str) -> Spec:
    """Return the options of a module for objects of these kinds, which are the fields of the table of resources."""
    spec: Spec = {}
    for resource in map(RESOURCES.__getitem__, kinds):
        spec |= {field.name: option_of(field.kind) for field in resource.fields}
        spec[resource.key]["required"] = True
    if "endpoints" in spec:  # with_endpoint_vnis gives an endpoint the interface's own
        del spec["endpoints"]["options"]["vni"]["required"]
    return spec


def protocol_options() -> Spec:
    """Return the options of a routing protocol of any kind."""
    return {
        "protocol": {"type": "str", "choices": list(PROTOCOL_KINDS)},
        **options_of(*(f"{kind}_protocol" for kind in PROTOCOL_KINDS)),
    }


def connection_of(params: Mapping[str, Any]) -> Connection:
    """Return the connection that the options of ``CONNECTION_SPEC`` describe."""
    return Connection(
        url=params["api_url"] or "",
        username=params["api_username"],
        password=params["api_password"],
        token=params["api_token"],
        validate_certs=params["validate_certs"],
        ca_path=params["ca_path"],
        timeout=params["api_timeout"],
    )


def table_of(params: Mapping[str, Any]) -> Table:
    """Return the table of resources with the map of the options laid over it.

    :raises ApiMapError: if that map cannot be used
    """
    api_map = load_map(params["api_map"])
    return Table(api_map) if api_map else TABLE


class BondingModule(AnsibleModule):
    """A module on the management server: its own options plus those of the connection; check mode always."""

    def __init__(self, options: Spec, **more: Any) -> None:
        self._given: dict[str, Any] = {}
        self._options = options
        super().__init__(argument_spec={**CONNECTION_SPEC, **options}, supports_check_mode=True, **more)

    def _load_params(self) -> None:
        super()._load_params()
        # Kept as the task wrote them: afterwards an option that was left out looks like one that is null.
        self._given = copy.deepcopy(self.params)

    def given(self, *without: str) -> dict[str, Any]:
        """Return the options that the task names, null ones too, without the connection's and those in ``without``."""
        spec = {name: option for name, option in self._options.items() if name not in without}
        return _only_given(self.params, self._given, spec)

    def connection(self) -> Connection:
        """Return the connection that the options describe."""
        return connection_of(self.params)

    def run(self, work: Callable[[Refs], dict[str, Any]], parallel: int = 8) -> None:
        """Log in, do the work, and end the module with what it returns, or with a failure that says everything."""
        if REQUESTS_IMPORT_ERROR is not None:
            self.fail_json(msg=missing_required_lib("requests"), exception=REQUESTS_IMPORT_ERROR)
        connection = self.connection()
        try:
            table = table_of(self.params)
            with Client(connection, parallel) as client:
                for text in connection.warnings():
                    self.warn(text)
                result = work(Refs(Api(client, table)))
        except ApiMapError as error:
            self.fail_json(msg=printable(f"{error} Nothing was sent."), changed=False)
        except ClientError as error:
            self.fail_json(msg=printable(error), changed=False, failure=printable_all(error.failure()))
        except ReconcileError as error:
            done = report_outcomes(error.outcomes)
            more: dict[str, Any] = {"failure": printable_all(error.cause.failure())} if error.cause else {}
            if done:
                more["objects"] = done
            self.fail_json(msg=printable(error.sentence()), changed=error.changed, **more)
        else:
            self.exit_json(**result)

    def one(self, result: Result, name: str) -> dict[str, Any]:
        """Return the result of a module for one object: the object under its own name, its action and its diff."""
        report = result.objects[0]
        answer = {"changed": result.changed, "action": report["action"], name: report["object"]}
        if self._diff:
            empty: dict[str, Any] = {"before": {}, "after": {}}
            answer["diff"] = result.diff[0] if result.diff else empty
        return answer

    def many(self, result: Result) -> dict[str, Any]:
        """Return the result of a bulk module: all objects with their actions, and the diffs as a list."""
        answer: dict[str, Any] = {"changed": result.changed, "objects": result.objects}
        if self._diff:
            answer["diff"] = result.diff
        return answer


def run_object_module(name: str, parent: str, kind: str, options: Spec | None = None) -> None:
    """Run the module of one object of an aggregator or bond, which creates, updates or deletes it.

    :param name: the name of the return value with the object
    :param parent: the option that names the aggregator or bond
    :param kind: the object's kind; an option in braces stands for its value
    :param options: the object's options; by default those of its kind
    """
    options = options_of(kind) if options is None else options
    module = BondingModule({parent: {"type": "str", "required": True}, **options, "state": STATE})

    def work(refs: Refs) -> dict[str, Any]:
        params = module.params
        run = Run(refs, module.check_mode, update_password=params.get("update_password", ON_CREATE))
        data = with_endpoint_vnis(module.given(parent, "update_password", "state"))
        present = params["state"] == "present"
        return module.one(manage_object(run, params[parent], kind.format(**params), data, present=present), name)

    module.run(work)


def run_survey_module(name: str, parts: Sequence[str], asked: Sequence[str], survey: Survey) -> None:
    """Run the module that returns all aggregators, or all bonds, or one of them, with the parts of `gather`.

    :param name: "aggregator" or "bond"
    :param parts: the parts that are read by default; `asked` those that are read where the task names them
    """
    gather = {"type": "list", "elements": "str", "choices": [*parts, *asked], "default": list(parts)}
    module = BondingModule({name: {"type": "str"}, "gather": gather, "parallel": PARALLEL})
    one, gathered, parallel = (module.params[option] for option in (name, "gather", "parallel"))
    module.run(lambda refs: {"changed": False, f"{name}s": survey(refs, one, gathered, parallel)}, parallel=parallel)


def with_endpoint_vnis(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return a VXLAN interface whose endpoints without a VNI have the interface's own."""
    endpoints = data.get("endpoints")
    if not endpoints or data.get("vni") is None:
        return dict(data)
    return {**data, "endpoints": [{"vni": data["vni"], **endpoint} for endpoint in endpoints]}


def private_wan_setting(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options of a space's private WAN as the engine names them; only what is given."""
    return {_PRIVATE_WAN_FIELDS[name]: value for name, value in given.items()}


def private_wan_refusal(options: Mapping[str, Any]) -> str | None:
    """Return the reason why these options of a space's private WAN do not work on AWS, or None if they do."""
    problem = mode_problem(options["mode"]) if options.get("mode") is not None else None
    return f"space {options['space']!r}: mode: {problem}" if problem else None


def _only_given(values: Mapping[str, Any], raw: Any, spec: Mapping[str, Any]) -> dict[str, Any]:
    """``values`` without what the task did not name, at every depth.

    :param raw: the same part of the task as it was written; where it is a text, which Ansible has parsed, what is not
        null counts as given
    """
    result = {}
    for name, option in spec.items():
        if not isinstance(raw, Mapping):
            named = values.get(name) is not None
        else:
            named = any(key in raw for key in (name, *option.get("aliases", ())))
        if not named:
            continue
        value, inner = values.get(name), raw.get(name) if isinstance(raw, Mapping) else None
        options = option.get("options")
        if options and isinstance(value, Mapping):
            value = _only_given(value, inner, options)
        elif options and isinstance(value, list):
            parts = inner if isinstance(inner, list) and len(inner) == len(value) else [None] * len(value)
            value = [_only_given(item, part, options) for item, part in zip(value, parts, strict=True)]
        result[name] = value
    return result
