"""The editors' screens."""

from campaign.admin import calendar, kinds, numbers

__all__ = ["calendar", "kinds", "numbers"]
