"""In the place of Django's own changepassword, which would give no key."""

from tips.management.instead import Instead as Command

__all__ = ["Command"]
