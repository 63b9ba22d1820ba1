"""Puts the desk's own site in the place of Django's admin site."""

import gc
from collections.abc import Sequence
from importlib import import_module
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.contrib.admin.apps import SimpleAdminConfig
from django.contrib.admin.checks import check_admin_app, check_dependencies
from django.core import checks


def check_desk(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> Sequence[checks.CheckMessage]:
    """Django's check of the admin, once the addresses have brought in all that it shows."""
    import_module(settings.ROOT_URLCONF)
    return check_admin_app(app_configs, **kwargs)


class DeskAdminConfig(SimpleAdminConfig):
    """Every `admin.site` is the desk. Its pages come with its addresses: the public door, the mail
    process and the housekeeping load none of them."""

    default_site = "tips.admin.site.DeskSite"

    def ready(self) -> None:
        """Registers the checks. The garbage collector leaves alone what is loaded by now."""
        checks.register(check_dependencies, checks.Tags.admin)
        checks.register(check_desk, checks.Tags.admin)
        gc.freeze()
        gc.enable()
