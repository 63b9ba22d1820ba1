"""Puts the desk's own site in the place of Django's admin site."""

from django.contrib import admin
from django.contrib.admin.apps import AdminConfig


class DeskAdminConfig(AdminConfig):
    """Every `admin.site` is the desk."""

    default_site = "tips.admin.site.DeskSite"

    def ready(self) -> None:
        """Finds what every app registers; Django's groups are not used, and have no page."""
        from django.contrib.auth.models import Group

        super().ready()
        admin.site.unregister(Group)
