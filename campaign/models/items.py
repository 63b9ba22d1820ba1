"""The kinds of item that the site speaks of; their words stand in texts."""

import re
from datetime import date
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from campaign.loaded import Loaded


class Language(models.TextChoices):
    """Every language a text can be written in; settings.LANGUAGES says which are served."""

    EN = "en", "English"
    ES = "es", "Español"
    FR = "fr", "Français"
    ACF = "acf", "Kwéyòl"
    HT = "ht", "Kreyòl ayisyen"


# They have words of the site before they have pages; each shows once a person has reviewed it.
CREOLES = (Language.ACF.value, Language.HT.value)


class Item(Loaded):
    """One thing the site speaks of; its words are its texts, one a language."""

    RELEASE_FIELDS: ClassVar[tuple[str, ...]] = (
        "position",
        "published",
        "source",
        "source_url",
        "checked_on",
        "open_points",
    )
    # What a page needs to know beside them.
    PAGE_FIELDS: ClassVar[tuple[str, ...]] = ()
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
    open_points = models.TextField(
        "not checked yet",
        blank=True,
        help_text="One point a line. Editors alone read this; delete a line once it is settled.",
    )

    class Meta:
        ordering = ["position", "slug"]
        constraints = [
            models.UniqueConstraint(fields=["family", "slug"], name="item_slug_once_a_family"),
        ]

    def __str__(self) -> str:
        return self.slug

    def page_values(self) -> dict[str, Any]:
        """The columns that pages are made of, as JSON can hold them."""
        return {name: self.plain_value(name) for name in (*self.RELEASE_FIELDS, *self.PAGE_FIELDS)}

    @classmethod
    def complete(cls) -> models.QuerySet[Any]:
        """Every row with what its values need, in a fixed number of queries."""
        fields = [cls._meta.get_field(name) for name in (*cls.RELEASE_FIELDS, *cls.PAGE_FIELDS)]
        one = [field.name for field in fields if field.many_to_one]
        many = [field.name for field in fields if field.many_to_many]
        return cls._default_manager.select_related(*one).prefetch_related(*many)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Saves the row with the family of its class."""
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
        """What public reports say about this type in Saint Lucia."""

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
        """The place or field in which one notices the sign."""

        WORK = "work", _("At work")
        LIVING = "living", _("Where they live")
        PAPERS = "papers", _("Papers and moving")
        SELF = "self", _("How they seem")
        CONTROL = "control", _("Control and money")
        CHILDREN = "children", _("Children and school")
        OFFERS = "offers", _("Online and job offers")
        BORDER = "border", _("Airports and ports")
        HOTELS = "hotels", _("Hotels and bars")
        BOATS = "boats", _("Boats")

    class Strength(models.TextChoices):
        """How much the sign says when it is the only one."""

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
        REPORTED = "reported", "as others report it"

    class Law(models.TextChoices):
        """The law that the section stands in."""

        ACT = "act", "Counter-Trafficking Act"
        TREATY = "treaty", "a treaty or convention"
        RELATED = "related", "another law of Saint Lucia"

    law = models.CharField(max_length=60, choices=Law.choices)
    number = models.CharField("section", max_length=20, blank=True)
    basis = models.CharField(max_length=8, choices=Basis.choices, default=Basis.TITLE)


class Milestone(Item):
    """Something that was done, and when: a year, a month (2019-01) or a day."""

    FAMILY = "milestone"
    RELEASE_FIELDS: ClassVar[tuple[str, ...]] = (*Item.RELEASE_FIELDS, "when", "home")

    when = models.CharField(max_length=10)
    home = models.BooleanField("on the home page", default=False)

    def clean(self) -> None:
        """Raises ValidationError for a date that is not written as 2019, 2019-01 or 2019-01-29."""
        try:
            # Of our time: the four digits of any other year could be half of a number to call.
            if not re.fullmatch(r"(19|20)[0-9]{2}(-[0-9]{2}){0,2}", self.when):
                raise ValueError
            date.fromisoformat(self.when + "-01-01"[len(self.when) - len("2019") :])
        except ValueError:
            raise ValidationError({"when": "Write 2019, 2019-01 or 2019-01-29."}) from None


class Question(Item):
    """A question people ask, and its answer, on one page."""

    FAMILY = "question"
    RELEASE_FIELDS: ClassVar[tuple[str, ...]] = (*Item.RELEASE_FIELDS, "on")

    on = models.ForeignKey(Page, models.PROTECT, related_name="questions", verbose_name="stands on")


class ReplyText(Item):
    """A sentence the desk can put into an answer; a language has some before it has pages."""

    FAMILY = "reply"
    RELEASE_FIELDS: ClassVar[tuple[str, ...]] = (*Item.RELEASE_FIELDS, "group")

    class Group(models.TextChoices):
        """What the sentence is for, in the order in which an answer says it."""

        SAFE = "safe", "Safe now?"
        TELL = "tell", "Tell us"
        NEXT = "next", "What happens next"

    group = models.CharField(max_length=4, choices=Group.choices, default=Group.TELL)


class Material(Item):
    """Something to print and share; its signs are also the filter of its trade on /signs/."""

    FAMILY = "material"
    RELEASE_FIELDS: ClassVar[tuple[str, ...]] = (*Item.RELEASE_FIELDS, "layout", "signs")

    class Layout(models.TextChoices):
        """How it comes out of the printer, always on one A4 sheet."""

        POSTER = "poster", "poster"
        WALLET = "wallet", "wallet cards, eight on a sheet"
        CARD = "card", "card for a trade, two languages on a sheet"
        STRIPS = "strips", "poster with strips to tear off"
        QUESTION = "question", "one question in every language"

    layout = models.CharField(max_length=8, choices=Layout.choices, default=Layout.CARD)
    signs = models.ManyToManyField(Sign, blank=True, related_name="materials")


class Phrase(Item):
    """A short line to point at or to press; a language may have phrases before it has pages."""

    FAMILY = "phrase"
    RELEASE_FIELDS: ClassVar[tuple[str, ...]] = (*Item.RELEASE_FIELDS, "use")

    class Use(models.TextChoices):
        """The place that the line is for."""

        CARD = "card", "the card to show"
        SITE = "site", "the site's own words"
        CALL = "call", "said on the telephone, as it sounds"
        POSTER = "poster", "the poster in every language"
        DESK = "desk", "the desk alone"

    use = models.CharField(max_length=8, choices=Use.choices, default=Use.CARD)


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
