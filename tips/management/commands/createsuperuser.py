"""In the place of Django's own createsuperuser, which would give no key."""

from tips.management.replaced_command import ReplacedCommand as Command

__all__ = ["Command"]
