# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The process that forks for each module, and for Ansible: `python server.py SOCKET`.

A request is one message: JSON with `arguments` (a program's file and its arguments; without a file the program is what
standard input holds), `folder` and `environment`, and the three standard files as descriptors beside it. The answer
is the exit code as text; none, if the program was killed.
"""

from __future__ import annotations

import atexit
import contextlib
import hashlib
import importlib
import json
import marshal
import os
import runpy
import signal
import socket
import sys
import tempfile
import threading
import time
import traceback
import zipimport
from typing import Any

import boto3
import botocore.loaders

for imported in (
    "cryptography.hazmat.primitives.asymmetric.padding",
    "cryptography.hazmat.primitives.ciphers.algorithms",
    "cryptography.hazmat.primitives.kdf.pbkdf2",
    "jinja2.nativetypes",
    "jinja2.sandbox",
    "packaging.utils",
    "requests",
    "yaml",
):
    # For the programs that are forked. Of Ansible nothing: it reads its configuration when it is imported.
    importlib.import_module(imported)

SLEEP = 0.02
"""Part that remains of each second that a module wants to sleep."""
MESSAGE = 1 << 20
ANSIBLE = "ansible-playbook"
"""Program whose own waits are not cut short: the play's pauses, and the polls of its workers."""


def keep_models() -> None:
    """Let botocore read each file of its data once, here; a fork has a copy of its own of what was read."""
    read = botocore.loaders.JSONFileLoader.load_file
    kept: dict[str, Any] = {}

    def load_file(self: botocore.loaders.JSONFileLoader, file_path: str) -> Any:
        if file_path not in kept:
            kept[file_path] = read(self, file_path)
        return kept[file_path]

    setattr(botocore.loaders.JSONFileLoader, "load_file", load_file)  # noqa: B010  (mypy forbids the other way)
    session = boto3.session.Session(aws_access_key_id="none", aws_secret_access_key="none", region_name="eu-central-1")
    for service in ("ec2", "sts"):
        session.client(service, endpoint_url="http://127.0.0.1:9")


def keep_bytecode(folder: str) -> None:
    """Compile each source of a packed module once: the next fork that has the same source reads what came of it."""
    # Modules are imported out of a zip file, and zipimport keeps nothing; what compiles for it is private, and so
    # unknown to types.
    compile_source = zipimport._compile_source  # type: ignore[attr-defined]

    def compiled(path: str, source: bytes) -> Any:
        kept = os.path.join(folder, hashlib.sha256(source).hexdigest())
        with contextlib.suppress(FileNotFoundError), open(kept, "rb") as file:
            return marshal.load(file)
        code = compile_source(path, source)
        with tempfile.NamedTemporaryFile(dir=folder, delete=False) as made:
            marshal.dump(code, made)
        os.replace(made.name, kept)
        return code

    zipimport._compile_source = compiled  # type: ignore[attr-defined]


def run(file: str) -> None:
    """As `python FILE` does, or `python` with the program in its standard input."""
    if file:
        runpy.run_path(file, run_name="__main__")
    else:
        exec(compile(sys.stdin.buffer.read(), "<stdin>", "exec"), {"__name__": "__main__"})


def open_standard_files() -> None:
    """Open the standard files anew: those of this process know of its own files whether they can be sought."""
    sys.stdin = os.fdopen(0, encoding="utf-8", errors="surrogateescape", closefd=False)
    sys.stdout = os.fdopen(1, "w", encoding="utf-8", errors="surrogateescape", closefd=False)
    sys.stderr = os.fdopen(2, "w", encoding="utf-8", errors="backslashreplace", buffering=1, closefd=False)


def be_program(request: dict[str, Any], files: list[int], answer: socket.socket) -> None:
    """In the fork: run the program as its own Python would, tell its exit code, and end."""
    code = 1
    try:
        for standard, file in enumerate(files):
            os.dup2(file, standard)
            os.close(file)
        open_standard_files()
        os.chdir(request["folder"])
        os.environ.clear()
        os.environ.update(request["environment"])
        sys.argv = list(request["arguments"]) or [""]
        more = os.environ.get("PYTHONPATH", "").split(os.pathsep)
        sys.path[:0] = [os.path.dirname(sys.argv[0]), *filter(None, more)]
        if os.path.basename(sys.argv[0]) != ANSIBLE:
            sleep = time.sleep
            time.sleep = lambda seconds: sleep(float(seconds) * SLEEP)
        try:
            run(sys.argv[0])
            code = 0
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else int(end.code is not None)
        except BaseException:
            traceback.print_exc()
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
        answer.sendall(str(code).encode())
    finally:
        os._exit(code)


def watch_parent() -> None:
    """End with the process that has started this one. In a fork there is no such thread: it ends by itself."""
    parent = os.environ.get("LAB_PARENT")
    while parent is not None and os.getppid() == int(parent):
        time.sleep(0.5)
    os.kill(os.getpid(), signal.SIGTERM)


def reap(*_signal: object) -> None:
    """Take the exit codes of all forks that have ended, so that their processor time counts as that of this process."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def main(where: str) -> None:
    """Listen there until told to end."""
    keep_models()
    keep_bytecode(os.path.dirname(where))
    signal.signal(signal.SIGCHLD, reap)
    threading.Thread(target=watch_parent, daemon=True).start()
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listener:
        listener.bind(where)
        listener.listen(64)
        print("listening", flush=True)
        while True:
            connection, _address = listener.accept()
            with connection:
                message, files, _flags, _from = socket.recv_fds(connection, MESSAGE, 3)
                if len(files) == 3 and os.fork() == 0:
                    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                    listener.close()
                    be_program(json.loads(message), files, connection)
                for file in files:
                    os.close(file)


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        main(sys.argv[1])
