# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Golden files: plan, summary, requests and state of the demo from nothing, of ten changes and of a teardown.

A reviewer sees each change of behaviour as a diff of texts/. `python -m tests.golden` rewrites them.
"""
