# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Start a stand-in as a process of its own, talk to its control API, stop it.

    with Running("lab.bondingadmin", "--seed", "seed.yml", log=tmp_path / "log.jsonl") as server:
        requests.get(server.url + "/api/v4/spaces/", ...)
        server.log()            # what was asked so far
        server.state()          # what is there now

Both stand-ins have the same control API below ``/__lab__/`` (see their own documentation for the shape of a
state, a log entry and a fault). Only the standard library is used here.
"""

from __future__ import annotations

import atexit
import collections
import contextlib
import json
import os
import pathlib
import ssl
import subprocess
import sys
import threading
import time
import types
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from lab.kit.parent_watch import VARIABLE

ROOT = pathlib.Path(__file__).resolve().parent.parent
MARK = "listening on "


class LabError(Exception):
    """A stand-in did not start, died, or refused a request to its control API; the text says which and why."""


class Running:
    """One running stand-in.

    :param program: the module to run, such as ``lab.bondingadmin``.
    :param args: its further arguments; ``--port`` is added unless given.
    :param log: if given, passed as ``--log``: each request is appended there as a JSON line.
    :param env: variables that are added to the environment.
    :param timeout: seconds until it must listen, and for each control request.

    A context manager; ``start()`` and ``stop()`` may be called instead. Whatever still runs is stopped at exit.
    """

    def __init__(
        self,
        program: str,
        *args: str | os.PathLike[str],
        log: str | os.PathLike[str] | None = None,
        env: Mapping[str, str] | None = None,
        timeout: float = 60,
    ) -> None:
        self.program = program
        self.args = [os.fspath(arg) for arg in args]
        if "--port" not in self.args:
            self.args += ["--port", "0"]
        if log is not None:
            self.args += ["--log", os.fspath(log)]
        self.env = dict(env or {})
        self.timeout = timeout
        #: ``http://127.0.0.1:PORT`` (``https://`` with a certificate), known once it runs
        self.url = ""
        #: the last lines of what it printed
        self.output: collections.deque[str] = collections.deque(maxlen=200)
        self._process: subprocess.Popen[str] | None = None
        self._listening = threading.Event()
        self._reader: threading.Thread | None = None

    def __enter__(self) -> Running:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: types.TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def pid(self) -> int:
        if self._process is None:
            raise LabError(f"{self.program} is not running")
        return self._process.pid

    def start(self) -> Running:
        """Start it and wait until it listens. Raises LabError with its output if it does not."""
        if self._process is not None:
            raise LabError(f"{self.program} runs already, as process {self._process.pid}")
        paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
        self._listening.clear()
        self._process = subprocess.Popen(
            [sys.executable, "-u", "-m", self.program, *self.args],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(paths), VARIABLE: str(os.getpid()), **self.env},
        )
        atexit.register(self.stop)
        self._reader = threading.Thread(target=self._read, args=(self._process,), daemon=True)
        self._reader.start()
        deadline = time.monotonic() + self.timeout
        while not self._listening.wait(0.05):
            code = self._process.poll()
            if code is None and time.monotonic() < deadline:
                continue
            self.stop()
            what = f"did not listen within {self.timeout:g} s" if code is None else f"ended with exit code {code}"
            raise LabError(f"{self.program} {what}; it printed:\n" + "\n".join(self.output))
        return self

    def _read(self, process: subprocess.Popen[str]) -> None:
        # Read to the end, or the program would block once the pipe is full.
        assert process.stdout is not None
        for line in process.stdout:
            line = line.rstrip("\n")
            self.output.append(line)
            if not self._listening.is_set() and line.startswith(MARK):
                self.url = line.removeprefix(MARK).strip().rstrip("/")
                self._listening.set()

    def stop(self) -> int:
        """Ask it to end, wait, and return its exit code; killed if it does not end within 10 s. Harmless twice."""
        process, self._process = self._process, None
        if process is None:
            return 0
        atexit.unregister(self.stop)
        if process.poll() is None:
            process.terminate()
        try:
            code = process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            code = process.wait()
        if self._reader is not None:
            self._reader.join(5)
        if process.stdout is not None:
            process.stdout.close()
        return code

    # The control API

    def control(self, method: str, path: str, body: object = None) -> Any:
        """One request to ``/__lab__/PATH``; returns the parsed answer. Raises LabError with the program's own words."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            f"{self.url}/__lab__/{path}", data, {"Content-Type": "application/json"}, method=method
        )
        # Our own process on the loopback address: by no proxy, and with whatever certificate a test made for it.
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context)
        )
        try:
            with opener.open(request, timeout=self.timeout) as answer:
                text = answer.read()
        except urllib.error.HTTPError as error:
            words = error.read().decode("utf-8", "replace")
            raise LabError(f"{self.program}: {method} {path} was answered {error.code}: {words}") from error
        except OSError as error:
            printed = "\n".join(self.output)
            what = f"{method} {path} got no answer ({error})"
            raise LabError(f"{self.program}: {what}; it printed:\n{printed}") from error
        return json.loads(text) if text.strip() else None

    def state(self) -> dict[str, Any]:
        """Everything that the stand-in holds, as JSON."""
        found: dict[str, Any] = self.control("GET", "state")
        return found

    def log(self) -> list[dict[str, Any]]:
        """The requests so far (or since ``clear_log``), oldest first; requests to the control API are not in it."""
        entries: list[dict[str, Any]] = self.control("GET", "log")
        return entries

    def clear_log(self) -> None:
        """Forget the requests so far. A log file keeps its lines."""
        self.control("DELETE", "log")

    def reset(self) -> None:
        """Back to the seed; faults are forgotten."""
        self.control("POST", "reset")

    def faults(self, faults: Sequence[Mapping[str, Any]]) -> None:
        """From now on these faults, and no other; an empty list ends them all."""
        self.control("DELETE", "faults")
        if faults:
            self.control("POST", "faults", [dict(fault) for fault in faults])

    def pending_faults(self) -> list[dict[str, Any]]:
        """The faults that have not been used up."""
        pending: list[dict[str, Any]] = self.control("GET", "faults")
        return pending

    def rename(self, renaming: Mapping[str, Any]) -> None:
        """From now on these other paths, fields and values, and no others (lab.bondingadmin alone)."""
        self.control("POST", "renaming", dict(renaming))

    def begin_history(self) -> None:
        """Keep a copy after each write from now on, to be loaded as ``write-1``, ...; ``write-0`` is the state now."""
        self.control("POST", "history")

    def history(self) -> list[dict[str, Any]]:
        """The writes since ``begin_history``, in their order: ``{n, t, what}``."""
        writes: list[dict[str, Any]] = self.control("GET", "history")
        return writes

    def end_history(self) -> None:
        """Keep no further copies, and drop those of the history."""
        self.control("DELETE", "history")

    def save(self, name: str) -> None:
        """Keep a copy of the whole state under this name."""
        self.control("POST", "save?" + urllib.parse.urlencode({"name": name}))

    def load(self, name: str) -> None:
        """Go back to the copy of this name. Raises LabError if there is none."""
        self.control("POST", "load?" + urllib.parse.urlencode({"name": name}))


@contextlib.contextmanager
def stand_ins(
    folder: pathlib.Path, *, server: Sequence[str] = (), aws: Sequence[str] = (), timeout: float = 60
) -> Iterator[tuple[Running, Running]]:
    """Both stand-ins with the seeds of a folder, ``bondingadmin.yml`` and ``aws.yml``, each with further arguments."""
    with (
        Running("lab.bondingadmin", "--seed", folder / "bondingadmin.yml", *server, timeout=timeout) as one,
        Running("lab.aws", "--seed", folder / "aws.yml", *aws, timeout=timeout) as other,
    ):
        yield one, other
