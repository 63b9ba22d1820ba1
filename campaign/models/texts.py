"""The words of every item, one row a language."""

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from campaign import text_rules
from campaign.loaded import Loaded
from campaign.models.contacts import Contact
from campaign.models.items import Item, Language


class Text(Loaded):
    """The words of one item in one language; every save is checked, whoever saves."""

    RELEASE_FIELDS: ClassVar[tuple[str, ...]] = ("title", "summary", "body", "state")
    WORDS = ("title", "summary", "body", "picture_words")

    class State(models.TextChoices):
        """A draft never shows; a machine-written text shows with a line that says so."""

        DRAFT = "draft", "draft"
        MACHINE = "machine", "machine-written"
        REVIEWED = "reviewed", "reviewed"

    item = models.ForeignKey(Item, models.CASCADE, related_name="texts")
    language = models.CharField(max_length=8, choices=Language.choices, default=Language.EN)
    title = models.CharField(max_length=200, blank=True)
    summary = models.TextField(blank=True, max_length=2000)
    body = models.TextField(blank=True, help_text="Markdown. Write {847} for a number.")
    picture_words = models.CharField(
        "what the picture shows", max_length=300, blank=True, help_text="For who cannot see it."
    )
    state = models.CharField(max_length=8, choices=State.choices, default=State.DRAFT)
    state_by = models.CharField("state set by", max_length=150, blank=True, editable=False)
    state_at = models.DateTimeField("state set at", null=True, blank=True, editable=False)
    outdated = models.BooleanField(
        default=False, editable=False, help_text="The English changed after this was written."
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["item", "language"], name="text_once_a_language"),
            models.CheckConstraint(
                condition=~Q(language="en") | ~Q(title=""), name="text_english_is_not_empty"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item_id}/{self.language}"

    def plain(self) -> dict[str, str]:
        """The words and their state by name, as ItemContent holds them."""
        return {name: getattr(self, name) for name in (*self.WORDS, "state")}

    def clean(self) -> None:
        """Raises ValidationError for an empty English title and for what text_rules refuses."""
        if self.language == Language.EN and not self.title.strip():
            raise ValidationError({"title": "The English text must have a title."})
        numbers = dict(Contact.objects.values_list("slug", "number"))
        text_rules.check(self.title, f"{self.summary}\n{self.picture_words}", self.body, numbers)

    def validate_constraints(self, exclude: Any = None) -> None:
        """Of a new one alone: what is stored keeps its language, and `clean` says the rest."""
        if self._state.adding:
            super().validate_constraints(exclude)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Checks the words; English that changed makes its translations outdated."""
        self.full_clean(validate_unique=False, validate_constraints=False)
        before = (
            Text.objects.filter(pk=self.pk).values_list(*self.WORDS).first() if self.pk else None
        )
        changed = before is not None and before != tuple(getattr(self, name) for name in self.WORDS)
        if changed and self.language != Language.EN:
            self.outdated = False
        super().save(*args, **kwargs)
        if changed and self.language == Language.EN:
            self.item.texts.exclude(language=Language.EN).update(outdated=True)
