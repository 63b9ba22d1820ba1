"""Pictures of items, kept in the database so that one backup holds all."""

from django.db import models
from django.db.models import Q

from campaign.models.items import Item
from campaign.models.pending import PendingChange


class Picture(models.Model):
    """An item's picture, cleaned and cut; what it shows is said in the item's texts."""

    # One of the two: a picture of the item, or one that waits to become it.
    item = models.OneToOneField(Item, models.CASCADE, null=True, related_name="picture")
    pending = models.OneToOneField(PendingChange, models.CASCADE, null=True, related_name="picture")
    small = models.BinaryField(help_text="WebP, 480 px wide")
    large = models.BinaryField(help_text="WebP, 960 px wide")
    fallback = models.BinaryField(help_text="JPEG, 960 px wide")
    width = models.PositiveSmallIntegerField(help_text="of the large one, in px")
    height = models.PositiveSmallIntegerField(help_text="of the large one, in px")
    digest = models.CharField(max_length=32, unique=True, help_text="names it in its address")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(item__isnull=True) ^ Q(pending__isnull=True),
                name="picture_shows_or_waits",
            ),
        ]

    def __str__(self) -> str:
        return self.digest
