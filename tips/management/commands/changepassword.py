"""In the place of Django's own changepassword, which would give no key."""

from tips.management.replaced_command import ReplacedCommand as Command

__all__ = ["Command"]
