# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""network_report: it runs in Ansible's worker on the controller, and has no module of its own."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase
from ansible.utils.display import Display

from ansible_collections.bonded.internet.plugins.module_utils._client import ClientError, Connection
from ansible_collections.bonded.internet.plugins.module_utils._printable import printable
from ansible_collections.bonded.internet.plugins.module_utils._resources import ApiMapError, Table, load_map
from ansible_collections.bonded.internet.plugins.plugin_utils._inventory import plain
from ansible_collections.bonded.internet.plugins.plugin_utils._report.files import Report, report_of
from ansible_collections.bonded.internet.plugins.plugin_utils._report.links import Links
from ansible_collections.bonded.internet.plugins.plugin_utils._report.network import Network
from ansible_collections.bonded.internet.plugins.plugin_utils._report.page import lead_of
from ansible_collections.bonded.internet.plugins.plugin_utils._report.page_path import page_path, page_problem
from ansible_collections.bonded.internet.plugins.plugin_utils._report.reading import (
    ReportDataError,
    description_of,
    findings_of,
)

NOTHING = "Nothing was written."
# Ansible repeats the text of a cause behind that of the error: so these have none.


class ActionModule(ActionBase):
    """The action of network_report."""

    _VALID_ARGS = frozenset({"path", "description", "findings", "api_url", "api_map"})
    _requires_connection = False

    def run(self, tmp: Any = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Write the report, except in check mode."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        given = plain(self._task.args)
        missing = [name for name in ("path", "description") if not given.get(name)]
        if missing:
            raise AnsibleActionFail(f"network_report: {', '.join(missing)} is missing. {NOTHING}")
        path = page_path(str(given["path"]))
        network = _network(given, path)
        report = report_of(network, path, f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC")
        changed = report.changed()
        if not self._task.check_mode:
            _write(report)
        files = [str(one) for one in report.texts]
        said = "would be written to" if self._task.check_mode else "is in"
        Display().display(
            f"The report {said} {printable(path)}, and as text in {len(files) - 1} files beside it. "
            f"{printable(lead_of(network))}"
        )
        return {**result, "changed": bool(changed), "path": str(path), "files": files}


def _network(given: Mapping[str, Any], path: Path) -> Network:
    if problem := page_problem(path):
        raise AnsibleActionFail(printable(problem))
    try:
        return Network(description_of(given["description"]), findings_of(given.get("findings")), _links(given))
    except ReportDataError as error:
        raise AnsibleActionFail(f"network_report: {printable(error)} {NOTHING}") from None


def _links(given: Mapping[str, Any]) -> Links:
    """Return the links; those to the management server only where its URL is one."""
    url = str(given.get("api_url") or os.environ.get("BONDING_API_URL") or "")
    try:
        api_map = load_map(given.get("api_map"))
        return Links(Connection(url).root() if url else "", Table(api_map) if api_map else Table())
    except (ApiMapError, ClientError) as error:
        raise AnsibleActionFail(f"network_report: {printable(error)} {NOTHING}") from None


def _write(report: Report) -> None:
    try:
        report.write()
    except OSError as error:
        raise AnsibleActionFail(
            f"network_report: {printable(error.filename2 or error.filename or report.path)} cannot be written "
            f"({error.strerror}). The network was not changed. Make room or correct the rights of the folder, and run "
            "the playbook again."
        ) from None
