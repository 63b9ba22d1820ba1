"""What the public door reads: two views of what is published, made in a migration.

The public role has no right on the tables behind them, so that no draft, no change that waits and
no name of an editor can be had through that door.
"""

from django.db import models


class PublishedItem(models.Model):
    """A published item: its columns and its texts by language, without drafts."""

    id = models.BigIntegerField(primary_key=True)
    family = models.TextField()
    slug = models.TextField()
    values = models.JSONField()
    texts = models.JSONField()

    class Meta:
        managed = False
        db_table = "campaign_published"

    def __str__(self) -> str:
        return f"{self.family} {self.slug}"


class PublishedPicture(models.Model):
    """The picture of a published item whose English shows."""

    digest = models.TextField(primary_key=True)
    item_id = models.BigIntegerField()
    width = models.PositiveSmallIntegerField()
    height = models.PositiveSmallIntegerField()
    small = models.BinaryField()
    large = models.BinaryField()
    fallback = models.BinaryField()

    class Meta:
        managed = False
        db_table = "campaign_published_picture"

    def __str__(self) -> str:
        return self.digest
