# Copyright (c) 2026, the bonded.internet contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Django's settings: everything in one call, because there is no project folder."""

from __future__ import annotations

import secrets

import django
from django.conf import settings

APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "rest_framework",
    "rest_framework.authtoken",
    "lab.bondingadmin",
]


def configure(database: str) -> None:
    """Set Django up on this SQLite file. To be called once, before anything that imports the models."""
    settings.configure(
        SECRET_KEY=secrets.token_hex(16),
        ALLOWED_HOSTS=["*"],
        DEBUG=False,
        USE_TZ=True,
        TIME_ZONE="UTC",
        INSTALLED_APPS=APPS,
        AUTH_USER_MODEL="bondingadmin.User",
        # The real ones take a tenth of a second for each request with Basic authentication.
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        DEFAULT_AUTO_FIELD="django.db.models.AutoField",
        # Tables come straight from the models.
        MIGRATION_MODULES={name.rpartition(".")[2]: None for name in APPS},
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": database,
                "ATOMIC_REQUESTS": True,
                "CONN_MAX_AGE": None,
                # One connection in one thread (see server), and nothing worth keeping after a power cut.
                "OPTIONS": {"init_command": "PRAGMA journal_mode=MEMORY; PRAGMA synchronous=OFF;"},
            }
        },
        ROOT_URLCONF="lab.bondingadmin.urls",
        MIDDLEWARE=["lab.bondingadmin.middleware.Slash"],
        REST_FRAMEWORK={
            "DEFAULT_AUTHENTICATION_CLASSES": [
                "lab.bondingadmin.permissions.RememberingAuthentication",
                "rest_framework.authentication.TokenAuthentication",
            ],
            "DEFAULT_PERMISSION_CLASSES": ["lab.bondingadmin.permissions.ObjectTypePermission"],
            "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
            "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
            "DEFAULT_FILTER_BACKENDS": [
                "rest_framework.filters.SearchFilter",
                "rest_framework.filters.OrderingFilter",
            ],
            "DEFAULT_PAGINATION_CLASS": "lab.bondingadmin.pagination.Pages",
            "URL_FORMAT_OVERRIDE": None,
        },
        LOGGING={
            "version": 1,
            "disable_existing_loggers": False,
            "handlers": {"stderr": {"class": "logging.StreamHandler"}},
            # 4xx are answers like others; only what broke in here is worth a line.
            "loggers": {"django.request": {"handlers": ["stderr"], "level": "ERROR", "propagate": False}},
        },
    )
    django.setup()
