"""The editors' screens."""

from campaign.admin import calendar, contacts, kinds, milestones

__all__ = ["calendar", "contacts", "kinds", "milestones"]
