"""Officers who know the people of a tip, and are out of it."""

from uuid import uuid4

from django.db import models

from tips.models.desk import Officer


class Recusal(models.Model):
    """An officer who is out of one tip everywhere: `may_be_opened_by` is the rule."""

    id = models.UUIDField(primary_key=True, default=uuid4)
    tip = models.ForeignKey("tips.Tip", models.PROTECT, related_name="recusals", db_index=False)
    officer = models.ForeignKey(Officer, models.PROTECT, related_name="recusals")

    class Meta:
        """Once for each tip and officer; who said so and when stands on the trail."""

        constraints = (models.UniqueConstraint(fields=("tip", "officer"), name="recused_once"),)

    def __str__(self) -> str:
        return f"{self.officer_id} is out of {self.tip_id}"
