# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rules of EC2 that moto does not keep; private to the stand-in.

Each module holds one resource, named as in moto: what an object is (a subclass of moto's), the rules (a mixin of moto's
backend) and the API's actions (a mixin of moto's responses). ``backend`` puts them together and makes moto use them.
"""
