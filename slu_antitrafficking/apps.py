"""Puts the desk's own site in the place of Django's admin site."""

from django.contrib.admin.apps import AdminConfig


class DeskAdminConfig(AdminConfig):
    """Every `admin.site` is the desk."""

    default_site = "tips.admin.site.DeskSite"
