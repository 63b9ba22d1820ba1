"""Pictures of items, kept in the database so that one backup holds all."""

from django.db import models

from campaign.models.items import Item


class Picture(models.Model):
    """An item's picture, cleaned and cut; what it shows is said in the item's texts."""

    item = models.OneToOneField(Item, models.CASCADE, related_name="picture")
    small = models.BinaryField(help_text="WebP, 480 px wide")
    large = models.BinaryField(help_text="WebP, 960 px wide")
    fallback = models.BinaryField(help_text="JPEG, 960 px wide")
    width = models.PositiveSmallIntegerField(help_text="of the large one, in px")
    height = models.PositiveSmallIntegerField(help_text="of the large one, in px")
    digest = models.CharField(max_length=32, unique=True, help_text="names it in its address")

    def __str__(self) -> str:
        return self.digest
