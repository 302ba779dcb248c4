# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A path's traffic: its losses and silences, and the ports that it is sent from."""

from __future__ import annotations

import contextlib
import socket
import threading
from dataclasses import replace

import pytest

from lab.packets import probes
from lab.packets.probes import Path, Probes, Traffic

PATH = Path("any", "inet", "192.0.2.1")


def test_losses_and_the_longest_silence() -> None:
    traffic = Traffic(PATH, sent=[0.0, 1.0, 2.0, 3.0, 4.0, 5.0], back={0, 1, 4, 5})
    assert traffic.lost() == [2, 3]
    assert traffic.gap() == 3.0


def test_silence_until_the_end_counts() -> None:
    assert Traffic(PATH, sent=[0.0, 1.0, 2.0, 5.0], back={0, 1}).gap() == 4.0


def test_nothing_came_back() -> None:
    traffic = Traffic(PATH, sent=[1.0, 2.0, 4.0])
    assert (traffic.lost(), traffic.gap()) == ([0, 1, 2], 3.0)


def test_a_path_anew_has_a_port_for_each_datagram_and_hears_each_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probes, "entered", lambda _namespace: contextlib.nullcontext())
    ports: dict[str, list[int]] = {"127.0.0.2": [], "127.0.0.3": []}
    ended = threading.Event()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as echo:
        echo.bind(("127.0.0.1", 0))
        echo.settimeout(0.1)
        monkeypatch.setattr(probes, "ECHO_PORT", echo.getsockname()[1])

        def serve() -> None:
            while not ended.is_set():
                with contextlib.suppress(TimeoutError):
                    data, client = echo.recvfrom(100)
                    ports[client[0]].append(client[1])
                    echo.sendto(data, client)

        serving = threading.Thread(target=serve)
        serving.start()
        steady = Path("steady", "here", "127.0.0.1", "127.0.0.2")
        with Probes([steady, replace(steady, source="127.0.0.3", anew=True)], 0.01) as running:
            running.go_on(0.3)
        ended.set()
        serving.join()
    assert [one.lost() for one in running.traffic] == [[], []]
    assert len(set(ports["127.0.0.2"])) == 1
    assert len(set(ports["127.0.0.3"])) == len(ports["127.0.0.3"]) > 5
