# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""IAM's judgement of EC2 requests, for the access keys that were given policies; private to the stand-in.

moto ignores conditions, and knows no resource of an EC2 request. Here ``policy`` reads policy documents, ``conditions``
their conditions, ``resources`` says what a request acts on, ``rights`` which rights it wants for that, ``decision``
what policies say of a right, and ``judge`` refuses. docs/lab-aws.md says what is modelled.
"""
