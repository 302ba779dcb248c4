# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report of a network: a page, and the same as text, of what a plan has described.

Everything that a reader sees is worked out here: numbers, order, words, and the place of each shape in a picture. The
templates only print.
"""
