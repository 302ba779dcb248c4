# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""IAM: the decision on requests of the access keys that were given policies, and IAM's own API; private to the lab.

moto ignores conditions, and knows no resource of an EC2 request. docs/lab-aws.md says what is modelled.
"""
