# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ansible callback: each task result as a JSON line in the file that LAB_EVENTS names. Private to lab.demo.playbook."""

from __future__ import annotations

import json
import os
import time
from typing import Any

from ansible.plugins.callback import CallbackBase

PLAN = "bonded.internet.network_plan"


class CallbackModule(CallbackBase):
    """One line: {t, play, task, role, action, host, outcome, changed, msg} and, of network_plan, the whole `result`.

    Of a loop that fails also a line for each item that failed: its outcome is "item failed".
    """

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "lab_events"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._path = os.environ.get("LAB_EVENTS")
        self._play = ""

    def v2_playbook_on_play_start(self, play: Any) -> None:
        self._play = play.get_name()

    def v2_runner_on_ok(self, result: Any) -> None:
        self._write(result, "ok")

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:
        self._write(result, "failed")

    def v2_runner_item_on_failed(self, result: Any) -> None:
        self._write(result, "item failed")

    def v2_runner_on_unreachable(self, result: Any) -> None:
        self._write(result, "unreachable")

    def v2_runner_on_skipped(self, result: Any) -> None:
        self._write(result, "skipped")

    def _write(self, result: Any, outcome: str) -> None:
        if not self._path:
            return
        task, data = result._task, result._result
        event = {
            "t": time.time(),
            "play": self._play,
            "task": task.name,
            "role": task._role.get_name() if task._role else None,
            "action": task.action,
            "host": result._host.get_name(),
            "outcome": outcome,
            "changed": bool(data.get("changed")),
            "msg": data.get("msg"),
        }
        if task.action == PLAN:
            event["result"] = data
        with open(self._path, "a", encoding="utf-8") as file:
            file.write(json.dumps(event, default=str) + "\n")
