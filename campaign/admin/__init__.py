"""The editors' screens."""

from campaign.admin import calendar, kinds, milestones, numbers

__all__ = ["calendar", "kinds", "milestones", "numbers"]
