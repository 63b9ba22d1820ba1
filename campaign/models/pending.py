"""Changes that wait for a second person, and where pages may lead since one has looked."""

from django.db import models
from django.utils import timezone

from campaign.models.items import Item


class PendingChange(models.Model):
    """What editors asked for and nobody else has looked at; it shows nowhere."""

    item = models.OneToOneField(Item, models.CASCADE, related_name="pending")
    # Only what differs from the item's rows: columns as JSON holds them, and by language the parts
    # of its texts.
    values = models.JSONField(default=dict)
    texts = models.JSONField(default=dict)
    # Names of accounts, who began it first; none of them may confirm it.
    asked_by = models.JSONField(default=list)
    asked_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["asked_at"]

    def __str__(self) -> str:
        return f"change of {self.item}"

    @property
    def askers(self) -> str:
        """The names of everybody who had a part in it, as text."""
        return " and ".join(self.asked_by)


class AllowedTarget(models.Model):
    """A host, or an address at a host that many share, that two people have let pages lead to."""

    LONGEST = 400

    target = models.CharField(max_length=LONGEST, unique=True)
    allowed_by = models.CharField(max_length=100)
    allowed_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.target


def pending_of(item: Item) -> PendingChange | None:
    """The change of the item that waits; None where none does."""
    return PendingChange.objects.filter(item_id=item.pk).first() if item.pk else None
