# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The account: EC2 in all its regions, its seed, and named copies of it; private to the stand-in."""

from __future__ import annotations

import pathlib
import pickle

from moto.core.model_instances import reset_model_data
from moto.ec2.models import ec2_backends
from moto.moto_api._internal import mock_random

from lab.kit.messages import NotFound

from .ec2.backend import Ec2Backend
from .ec2.public_addresses import PUBLIC
from .seed import Seed, plant

ACCOUNT_ID = "123456789012"
DEFAULT_REGION = "us-east-1"


class Account:
    """Everything that the stand-in knows about AWS.

    :param folder: where copies are kept as files, too. They are Python's own (pickle): nobody else may write there.
    """

    def __init__(self, seed: Seed | None = None, folder: pathlib.Path | None = None) -> None:
        self._seed, self._folder = seed, folder
        self._copies: dict[str, bytes] = {}
        self.region = DEFAULT_REGION if seed is None else seed.region
        self._plant()
        self._pristine = self._copy()

    def backend(self, region: str) -> Ec2Backend:
        """EC2 in a region. Raises KeyError if there is no such region."""
        found: Ec2Backend = ec2_backends[ACCOUNT_ID][region]
        return found

    def has_region(self, region: str) -> bool:
        return region in ec2_backends[ACCOUNT_ID]

    def reset(self) -> None:
        """Back to the seed."""
        self._restore(self._pristine)

    def _plant(self) -> None:
        ec2_backends[ACCOUNT_ID].clear()
        PUBLIC.taken, PUBLIC.ipv6_blocks = set(), 0
        # The same requests get the same ids in each run.
        mock_random.seed(0)
        if self._seed is not None:
            plant(self._seed, self.backend(self.region))

    def _copy(self) -> bytes:
        kept = (dict(ec2_backends[ACCOUNT_ID].items()), PUBLIC.taken, PUBLIC.ipv6_blocks, mock_random.getstate())
        return pickle.dumps(kept)

    def _restore(self, copy: bytes) -> None:
        # moto keeps a list of all objects that there ever were.
        reset_model_data()
        # The copy is this process's own.
        regions, PUBLIC.taken, PUBLIC.ipv6_blocks, random_state = pickle.loads(copy)
        ec2_backends[ACCOUNT_ID].clear()
        ec2_backends[ACCOUNT_ID].update(regions)
        mock_random.setstate(random_state)

    def save(self, name: str) -> None:
        """Keep a copy of everything under this name, over an older one."""
        self.keep(name)
        if self._folder is not None:
            (self._folder / name).write_bytes(self._copies[name])

    def forget(self, name: str) -> None:
        """Drop a copy, if there is one of this name."""
        self._copies.pop(name, None)

    def keep(self, name: str) -> None:
        """Keep a copy under this name for this run alone, also where there is a folder."""
        self._copies[name] = self._copy()

    def load(self, name: str) -> None:
        """Restore a copy of the state. Raises NotFound."""
        if name not in self._copies and self._folder is not None and (self._folder / name).is_file():
            self._copies[name] = (self._folder / name).read_bytes()
        if name not in self._copies:
            raise NotFound(f"there is no copy '{name}'; there are: {', '.join(sorted(self._copies)) or 'none'}")
        self._restore(self._copies[name])
