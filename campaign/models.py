"""What the public reads: items and their texts, the numbers to call, the hours, the notices."""

import re
from typing import Any, ClassVar, Self

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator, validate_email
from django.db import models
from django.db.models import F, Q

from campaign import wording
from campaign.loaded import Loaded


class Language(models.TextChoices):
    """Every language a text can be written in; settings.LANGUAGES says which are served."""

    EN = "en", "English"
    ES = "es", "Español"
    FR = "fr", "Français"
    ACF = "acf", "Kwéyòl"
    HT = "ht", "Kreyòl ayisyen"


class Item(Loaded):
    """One thing the site speaks of; its words are its texts, one a language."""

    RELEASE_FIELDS: ClassVar[tuple[str, ...]] = (
        "position",
        "published",
        "source",
        "source_url",
        "checked_on",
    )
    FAMILY: ClassVar[str] = ""

    family = models.CharField(max_length=12, editable=False)
    slug = models.SlugField(max_length=60)
    position = models.PositiveIntegerField(default=1000)
    published = models.BooleanField(default=True)
    source = models.CharField(max_length=400, blank=True)
    source_url = models.URLField(
        max_length=400, blank=True, validators=[URLValidator(schemes=["https"])]
    )
    checked_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["position", "slug"]
        constraints = [
            models.UniqueConstraint(fields=["family", "slug"], name="item_slug_once_a_family"),
        ]

    def __str__(self) -> str:
        return self.slug

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keeps the family true to the class."""
        self.family = self.FAMILY or self.family
        super().save(*args, **kwargs)


class Page(Item):
    """A page, or with `on` one block of a page."""

    FAMILY = "page"
    RELEASE_FIELDS: ClassVar[tuple[str, ...]] = (*Item.RELEASE_FIELDS, "on")

    on = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="blocks",
        verbose_name="stands on",
    )


class TraffickingType(Item):
    """A kind of trafficking."""

    FAMILY = "type"
    RELEASE_FIELDS: ClassVar[tuple[str, ...]] = (*Item.RELEASE_FIELDS, "seen")

    class Seen(models.TextChoices):
        """What public reports say about it in Saint Lucia."""

        HERE = "here", "reported here"
        NAMED = "named", "named in government texts only"
        NONE = "none", "no report found"

    seen = models.CharField(max_length=8, choices=Seen.choices, default=Seen.NONE)

    class Meta:
        verbose_name = "type of trafficking"
        verbose_name_plural = "types of trafficking"


class Sign(Item):
    """Something a person can notice. No types: it fits every type."""

    FAMILY = "sign"
    RELEASE_FIELDS: ClassVar[tuple[str, ...]] = (
        *Item.RELEASE_FIELDS,
        "group",
        "strength",
        "on_form",
        "types",
    )

    class Group(models.TextChoices):
        """Where one notices it."""

        WORK = "work", "At work"
        LIVING = "living", "Where they live"
        PAPERS = "papers", "Papers and moving"
        SELF = "self", "How they seem"
        CONTROL = "control", "Control and money"
        CHILDREN = "children", "Children and school"
        OFFERS = "offers", "Online and job offers"
        BORDER = "border", "Airports and ports"
        HOTELS = "hotels", "Hotels and bars"
        BOATS = "boats", "Boats"

    class Strength(models.TextChoices):
        """How much it says on its own."""

        STRONG = "strong", "strong"
        MEDIUM = "medium", "medium"
        WEAK = "weak", "weak"

    group = models.CharField(max_length=12, choices=Group.choices)
    strength = models.CharField(max_length=8, choices=Strength.choices, default=Strength.MEDIUM)
    on_form = models.BooleanField("on the tip form", default=False)
    types = models.ManyToManyField(TraffickingType, blank=True, related_name="signs")


class Provision(Item):
    """One section of a law or a treaty."""

    FAMILY = "provision"
    RELEASE_FIELDS: ClassVar[tuple[str, ...]] = (*Item.RELEASE_FIELDS, "law", "number", "basis")

    class Basis(models.TextChoices):
        """How much of the section was read."""

        TEXT = "text", "text read"
        PART = "part", "partly read"
        TITLE = "title", "title only"

    law = models.CharField(max_length=60)
    number = models.CharField("section", max_length=20, blank=True)
    basis = models.CharField(max_length=8, choices=Basis.choices, default=Basis.TITLE)


class Milestone(Item):
    """Something that was done, and when: a year, a month (2019-01) or a day."""

    FAMILY = "milestone"
    RELEASE_FIELDS: ClassVar[tuple[str, ...]] = (*Item.RELEASE_FIELDS, "when")

    when = models.CharField(max_length=10)

    def clean(self) -> None:
        """Refuses a date that cannot be sorted."""
        if not re.fullmatch(r"\d{4}(-\d{2}(-\d{2})?)?", self.when):
            raise ValidationError({"when": "Write 2019, 2019-01 or 2019-01-29."})


class Question(Item):
    """A question people ask, and its answer, on one page."""

    FAMILY = "question"
    RELEASE_FIELDS: ClassVar[tuple[str, ...]] = (*Item.RELEASE_FIELDS, "on")

    on = models.ForeignKey(Page, models.PROTECT, related_name="questions", verbose_name="stands on")


class ReplyText(Item):
    """A reviewed sentence the desk can put into an answer."""

    FAMILY = "reply"


class Notice(Item):
    """A message on top of the pages, from one day to another, both included."""

    FAMILY = "notice"
    RELEASE_FIELDS: ClassVar[tuple[str, ...]] = (*Item.RELEASE_FIELDS, "starts", "ends")

    starts = models.DateField()
    ends = models.DateField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(starts__lte=F("ends")), name="notice_ends_after_start"
            ),
        ]


class Contact(Item):
    """A number or address to turn to. Its slug is its placeholder: {847}; its text is its label."""

    FAMILY = "contact"
    RELEASE_FIELDS: ClassVar[tuple[str, ...]] = (*Item.RELEASE_FIELDS, "number", "always")

    number = models.CharField(max_length=120)
    always = models.BooleanField("answered day and night", default=False)
    confirmed_on = models.DateField(null=True, blank=True)
    out_of_order = models.BooleanField(default=False)
    instead = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(out_of_order=False) | Q(instead__isnull=False),
                name="contact_out_of_order_names_another",
            ),
        ]

    def clean(self) -> None:
        """Refuses a number nobody can call and a stand-in that is the same contact."""
        if "@" in self.number:
            validate_email(self.number)
        elif (
            not re.fullmatch(r"\+?[\d ()-]{3,24}", self.number)
            or len(re.sub(r"\D", "", self.number)) < 3
        ):
            raise ValidationError({"number": "Write a telephone number or an e-mail address."})
        if self.out_of_order and (self.instead is None or self.instead == self):
            raise ValidationError({"instead": "Name the contact that people should use meanwhile."})

    @property
    def href(self) -> str:
        """What a tap on the number does; a local number gets the island's prefix."""
        return address(self.number)


def address(number: str) -> str:
    """The tel: or mailto: address of a number as it is shown."""
    if "@" in number:
        return f"mailto:{number}"
    digits = re.sub(r"\D", "", number)
    prefix = {7: "+1758", 10: "+1"}.get(len(digits), "+" if number.startswith("+") else "")
    return f"tel:{prefix}{digits}"


class OpeningHours(Loaded):
    """The office hours of one weekday, Monday 0; no times: closed. All seven rows always exist."""

    RELEASE_FIELDS: ClassVar[tuple[str, ...]] = ("opens", "closes")
    DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

    day = models.PositiveSmallIntegerField(
        unique=True, choices=list(enumerate(DAYS)), editable=False
    )
    opens = models.TimeField(null=True, blank=True)
    closes = models.TimeField(null=True, blank=True)

    class Meta:
        ordering = ["day"]
        verbose_name_plural = "opening hours"
        constraints = [
            models.CheckConstraint(
                # Named one by one: to SQL a comparison with nothing is no refusal.
                condition=Q(opens__isnull=True, closes__isnull=True)
                | Q(opens__isnull=False, closes__isnull=False, opens__lt=F("closes")),
                name="hours_close_after_opening",
            ),
        ]

    def __str__(self) -> str:
        return self.DAYS[self.day]


class Closure(models.Model):
    """Days on which the office stays closed, first and last included."""

    first_day = models.DateField()
    last_day = models.DateField()
    reason = models.CharField(max_length=120, blank=True, help_text="For the desk alone.")

    class Meta:
        ordering = ["first_day"]
        constraints = [
            models.CheckConstraint(
                condition=Q(first_day__lte=F("last_day")), name="closure_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first_day} to {self.last_day}"


class TextQuerySet(models.QuerySet["Text"]):
    """Texts by who may read them."""

    def shown(self, language: str) -> Self:
        """Texts of published items in this language, drafts left out, in the order of the page."""
        return (
            self.filter(language=language, item__published=True)
            .exclude(state=Text.State.DRAFT)
            .select_related("item")
            .order_by("item__position", "item__slug")
        )


class Text(Loaded):
    """The words of one item in one language; every save is checked, whoever saves."""

    RELEASE_FIELDS: ClassVar[tuple[str, ...]] = ("title", "summary", "body", "state")
    WORDS = ("title", "summary", "body")

    class State(models.TextChoices):
        """Drafts never show; machine-written ones show with a line that says so."""

        DRAFT = "draft", "draft"
        MACHINE = "machine", "machine-written"
        REVIEWED = "reviewed", "reviewed"

    item = models.ForeignKey(Item, models.CASCADE, related_name="texts")
    language = models.CharField(max_length=8, choices=Language.choices, default=Language.EN)
    title = models.CharField(max_length=200, blank=True)
    summary = models.TextField(blank=True, max_length=2000)
    body = models.TextField(blank=True, help_text="Markdown. Write {847} for a number.")
    state = models.CharField(max_length=8, choices=State.choices, default=State.DRAFT)
    state_by = models.CharField("state set by", max_length=150, blank=True, editable=False)
    state_at = models.DateTimeField("state set at", null=True, blank=True, editable=False)
    outdated = models.BooleanField(
        default=False, editable=False, help_text="The English changed after this was written."
    )

    objects = TextQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["item", "language"], name="text_once_a_language"),
            models.CheckConstraint(
                condition=~Q(language="en") | ~Q(title=""), name="text_english_is_not_empty"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item_id}/{self.language}"

    def clean(self) -> None:
        """Refuses an empty English text, raw HTML, foreign links and spelled-out numbers."""
        if self.language == Language.EN and not self.title.strip():
            raise ValidationError({"title": "The English text must have a title."})
        numbers = dict(Contact.objects.values_list("slug", "number"))
        wording.check(self.title, self.summary, self.body, numbers)

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
