"""What every change list of the desk has in common."""

from django.contrib import admin
from django.http import HttpRequest


class OwnFiltersAlone(admin.ModelAdmin):
    """Its list looks up what its own filters offer: any other address somebody made up.

    Django would look up every column of the model itself, and so answer whether a tip has this
    digest or that sealed byte.
    """

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """By name: the parameter of a filter, or a column with or without `__exact`."""
        filters = [getattr(one, "parameter_name", one) for one in self.list_filter]
        return lookup.removesuffix("__exact") in filters
