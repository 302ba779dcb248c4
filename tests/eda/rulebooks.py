# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""ansible-rulebook with a rulebook of the collection, and a stand-in for the AWX that it launches a job template of."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import sysconfig
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from lab.process import ROOT, Running

from .running import TOKEN

BIN = Path(sys.executable).parent
STUBS = tuple(Path(__file__).parent / f"{name}.yml" for name in ("follow_bonds", "evacuate"))
JAVA = (17, "openjdk-17-jre-headless of Debian and Ubuntu, or another JDK of 17 or later in PATH or JAVA_HOME")
PATIENCE = 90.0


def missing_java() -> str:
    """Return why ansible-rulebook cannot run here; empty if it can."""
    home = os.environ.get("JAVA_HOME")
    java = shutil.which("java", path=str(Path(home) / "bin") if home else None)
    if not java:
        return f"ansible-rulebook needs Java, which is not there: install {JAVA[1]}"
    said = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr
    version = said.split('"')[1].split(".")[0] if said.count('"') >= 2 else "0"
    return (
        "" if int(version) >= JAVA[0] else f"ansible-rulebook needs Java {JAVA[0]} (got {version}): install {JAVA[1]}"
    )


def collection(folder: Path) -> Path:
    """Make a folder of collections: bonded.internet with the event source, the rulebooks and the stub playbooks."""
    target = folder / "ansible_collections" / "bonded" / "internet"
    shutil.copytree(ROOT / "extensions", target / "extensions")
    (target / "playbooks").mkdir()
    for stub in STUBS:
        shutil.copy(stub, target / "playbooks")
    shutil.copy(ROOT / "galaxy.yml", target)
    return folder


@dataclass
class Rulebook:
    """A running ansible-rulebook."""

    process: subprocess.Popen[bytes]
    log: Path
    records: Path

    def output(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")

    def recorded(self) -> list[Any]:
        """Return what the stub playbooks were given, run by run."""
        files = sorted(self.records.iterdir(), key=lambda path: path.stat().st_mtime)
        return [json.loads(path.read_text(encoding="utf-8")) for path in files]

    def wait(self, condition: Callable[[], object]) -> None:
        """Wait for something that the rulebook does."""
        deadline = time.monotonic() + PATIENCE
        while not condition():
            assert self.process.poll() is None, self.output()
            assert time.monotonic() < deadline, self.output()
            time.sleep(0.1)

    def says(self, text: str) -> None:
        self.wait(lambda: text in self.output())

    def runs(self) -> int:
        """Return the number of playbooks that have ended."""
        return self.output().count("PLAY RECAP")


@contextlib.contextmanager
def rulebook(
    name: str,
    folder: Path,
    url: str,
    variables: Mapping[str, Any],
    environment: Mapping[str, str] | None = None,
    inventory: Path | None = None,
) -> Iterator[Rulebook]:
    """Run a rulebook of the collection on a management server; with an inventory, it runs the playbook itself."""
    records, log = folder / "records", folder / "output"
    records.mkdir()
    (folder / "variables.yml").write_text(json.dumps(variables), encoding="utf-8")
    if inventory is None:
        local = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
        (folder / "inventory.yml").write_text(json.dumps({"all": {"hosts": {"localhost": local}}}), encoding="utf-8")
        found = collection(folder / "collections")
    else:
        found = Path(sysconfig.get_path("purelib"))
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("ANSIBLE_", "BONDING_", "EDA_"))}
    own = {
        "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(folder),
        "LC_ALL": "C.UTF-8",
        "ANSIBLE_COLLECTIONS_PATH": str(found),
        # Empty, or that of the user would be read.
        "ANSIBLE_CONFIG": str(folder / "ansible.cfg"),
        "ANSIBLE_COLLECTIONS_SCAN_SYS_PATH": "false",
        "BONDING_API_URL": url,
        "BONDING_API_TOKEN": TOKEN,
        "EDA_RECORDS": str(records),
    }
    command = [str(BIN / "ansible-rulebook"), "--rulebook", f"bonded.internet.{name}", "--shutdown-delay", "1"]
    (folder / "ansible.cfg").touch()
    with open(log, "wb") as output:
        process = subprocess.Popen(
            [*command, "-i", str(inventory or "inventory.yml"), "-e", "variables.yml"],
            cwd=folder,
            env={**kept, **own, **(environment or {})},
            stdout=output,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
        )
        try:
            yield Rulebook(process, log, records)
        finally:
            process.terminate()
            process.wait(20)


def wait_for_baseline(server: Running, running: Rulebook) -> None:
    """Wait until the source of a rulebook has read the bonds of each aggregator."""
    numbers = [one["id"] for one in server.state()["aggregators"]]
    paths = {f"/api/v4/aggregators/{number}/bonds_current/" for number in numbers}
    running.wait(lambda: paths <= {one["path"] for one in server.log()})


@dataclass
class Awx:
    """Stand-in for AWX: one job template, and the launches of it."""

    template: str
    launches: list[Any] = field(default_factory=list)
    tokens: set[str] = field(default_factory=set)
    url: str = ""

    def answer(self, method: str, path: str, body: Any) -> Any:
        """Return the answer to a request; None if there is nothing at the path."""
        if (method, path) == ("POST", "/api/v2/job_templates/5/launch/"):
            self.launches.append(body)
            return {"id": len(self.launches), "url": f"/api/v2/jobs/{len(self.launches)}/"}
        template = {
            "id": 5,
            "type": "job_template",
            "name": self.template,
            "summary_fields": {"organization": {"name": "Default"}},
            "related": {"launch": "/api/v2/job_templates/5/launch/"},
            **{f"ask_{what}_on_launch": what in ("limit", "variables") for what in PROMPTS},
        }
        job = {"id": len(self.launches), "status": "successful", "created": "2026-11-29T10:00:00Z", "artifacts": {}}
        found = {"config/": {"version": "24.6.1"}, "unified_job_templates/": [template], "jobs/": [job]}
        one = found.get(path.removeprefix("/api/v2/"))
        return {"results": one, "next": None} if isinstance(one, list) else one


PROMPTS = ("limit", "labels", "inventory", "variables")


@contextlib.contextmanager
def awx(template: str) -> Iterator[Awx]:
    """Serve the stand-in on the loopback address."""
    stand_in = Awx(template)

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, format: str, *args: Any) -> None:
            """Print nothing: the test looks at the launches."""

        def _serve(self) -> None:
            text = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            stand_in.tokens.add(self.headers.get("Authorization", ""))
            found = stand_in.answer(self.command, self.path.split("?")[0], json.loads(text or b"null"))
            content = json.dumps(found).encode()
            self.send_response(404 if found is None else 200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = _serve

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1})
    thread.start()
    stand_in.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield stand_in
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
