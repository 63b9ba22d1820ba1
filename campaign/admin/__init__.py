"""The editors' screens at the desk, kind by kind."""

from campaign.admin import calendar, contacts, kinds, milestones

__all__ = ["calendar", "contacts", "kinds", "milestones"]
