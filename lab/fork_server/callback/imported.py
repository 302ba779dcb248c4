# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ansible callback: import the collection and boto3 before the first task, so that workers inherit both.

Ansible forks a worker for each task of each host. What a worker imports ends with the worker: it compiles the sources
of the collection's filters and actions, and reads botocore's model of EC2, for each task anew. Private to
lab.fork_server; not part of the collection.
"""

from __future__ import annotations

import contextlib
import gc
import hashlib
import importlib
import importlib.util
import marshal
import os
import pathlib
import pkgutil
import tempfile
from typing import Any

from ansible.plugins.callback import CallbackBase
from ansible.plugins.loader import filter_loader, test_loader
from ansible.utils.collection_loader import _collection_finder

COLLECTION = "ansible_collections.bonded.internet.plugins"
_FOLDER = pathlib.Path(os.environ["LAB_WARM_SOCKET"]).parent


def keep_bytecode() -> None:
    """Compile each source of a collection once for all runs: Ansible's own loader keeps nothing."""

    def compiled(source: Any, filename: str, **options: Any) -> Any:
        text = source.encode() if isinstance(source, str) else bytes(source)
        kept = _FOLDER / hashlib.sha256(os.fsencode(filename) + b"\0" + text).hexdigest()
        with contextlib.suppress(FileNotFoundError):
            return marshal.loads(kept.read_bytes())
        code = compile(source, filename, **options)
        with tempfile.NamedTemporaryFile(dir=_FOLDER, delete=False) as made:
            marshal.dump(code, made)
        os.replace(made.name, kept)
        return code

    # In the place of the built-in function, for this module of Ansible alone.
    setattr(_collection_finder, "compile", compiled)  # noqa: B010  (mypy forbids the other way)


def keep_models() -> None:
    """Read botocore's models once, as the process does that forks for modules."""
    spec = importlib.util.spec_from_file_location("lab_fork_server", pathlib.Path(__file__).parent.parent / "server.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.keep_models()


def import_collection() -> None:
    """Import all filters and actions, and so what they share with the modules that run in Ansible's workers."""
    # To find one, Ansible loads all of them.
    filter_loader.get("bonded.internet.with_password")
    test_loader.get("ansible.builtin.defined")
    package = importlib.import_module(f"{COLLECTION}.action")
    for module in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"{COLLECTION}.action.{module.name}")


class CallbackModule(CallbackBase):
    """Imports; what happens in the run does not matter."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "imported"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        keep_bytecode()
        import_collection()
        keep_models()
        # A worker that collected garbage would copy every page that it shares with its parent.
        gc.freeze()
