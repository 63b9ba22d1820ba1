"""All texts of an item side by side: a panel a language, English first, the missing ones too."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.validators import MaxLengthValidator
from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import cached_property

from campaign.labels import served
from campaign.models import Item, Language, Page, Phrase, Picture, ReplyText, Text, pending_of

LONGEST = 20_000  # characters of one body
NO_ENGLISH = "The English text must have a title: every other language falls back on it."
OVERTAKEN = (
    "{} saved this at {:%H:%M}, after you had opened it. Your words are below and not saved: open"
    " it in a second window and compare, then save again."
)
NO_DRAFT = "A whole page always shows: its English cannot be a draft. Correct the words instead."
NO_PICTURE_WORDS = "Say in English what the picture shows, for who cannot see it."


def last_change(item: Item) -> LogEntry | None:
    """The newest line of the item's history; None for a new one."""
    if item.pk is None:
        return None
    kind = ContentType.objects.get_for_model(item)
    lines = LogEntry.objects.filter(content_type=kind, object_id=str(item.pk))
    return lines.select_related("user").order_by("-pk").first()


class TextForm(forms.ModelForm):
    """The words of one language, as they will be once what waits is confirmed."""

    class Meta:
        model = Text
        fields = ("language", "title", "summary", "body", "picture_words", "state")
        widgets = {
            "language": forms.HiddenInput,
            "summary": forms.Textarea(attrs={"rows": 3}),
            "body": forms.Textarea(attrs={"rows": 12}),
        }
        help_texts: ClassVar[dict[str, str]] = {
            "state": "Draft: does not show. Machine-written: shows, and says so. Reviewed: shows."
        }

    def __init__(self, *args: Any, pending: Mapping[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.waiting = pending.get(self.instance.language, {}) if self.instance.pk else {}
        self.initial.update(self.waiting)
        self.fields["body"].validators.append(MaxLengthValidator(LONGEST))
        code = str(self.initial.get("language", ""))
        self.panel = Language(code).label if code in Language else ""
        for name in ("title", "summary", "body", "picture_words"):
            if name in self.fields:
                self.fields[name].widget.attrs["lang"] = code


class TextFormSet(forms.BaseInlineFormSet):
    """Refuses an item without English words, and a picture that nobody has put into words."""

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        return super().get_form_kwargs(index) | {"pending": self._pending_texts}

    @cached_property
    def _pending_texts(self) -> Mapping[str, Any]:
        pending = pending_of(self.instance)
        return pending.texts if pending else {}

    def clean(self) -> None:
        """Adds an error beside each wrong field. Raises ValidationError for no English."""
        super().clean()
        english = next((form for form in self.forms if form["language"].value() == "en"), None)
        if english is None:
            raise forms.ValidationError(NO_ENGLISH, code="english")
        if not english.instance.pk and not english.has_changed():
            english.add_error("title", forms.ValidationError(NO_ENGLISH, code="english"))
        whole = isinstance(self.instance, Page) and self.instance.pk and not self.instance.on_id
        if whole and english["state"].value() == Text.State.DRAFT:
            english.add_error("state", forms.ValidationError(NO_DRAFT, code="whole"))
        self._clean_seen()
        asked = "picture_words" in english.fields and self._has_picture()
        if asked and not (english["picture_words"].value() or "").strip():
            english.add_error("picture_words", forms.ValidationError(NO_PICTURE_WORDS, "words"))

    def _clean_seen(self) -> None:
        """Raises if somebody saved the item after this form was opened: theirs would be lost."""
        last = last_change(self.instance)
        if last and self.data.get("seen", str(last.pk)) != str(last.pk):
            raise forms.ValidationError(
                OVERTAKEN.format(last.user, timezone.localtime(last.action_time)), "overtaken"
            )

    def _has_picture(self) -> bool:
        if self.files.get("picture"):
            return True
        pk = self.instance.pk
        if pk is None or "remove_picture" in self.data:
            return False
        return Picture.objects.filter(Q(item=pk) | Q(pending__item=pk)).exists()


class TextInline(admin.StackedInline):
    """One panel a language; a language without words has its empty panel."""

    model = Text
    form = TextForm
    formset = TextFormSet
    template = "admin/campaign/texts.html"
    can_delete = False

    def get_fields(self, request: HttpRequest, obj: Item | None = None) -> Any:
        names = ["language", "title", "summary", "body", "state"]
        if getattr(self.parent_model, "FAMILY", "") == "milestone":
            names.insert(4, "picture_words")
        return names

    def get_queryset(self, request: HttpRequest) -> QuerySet[Text]:
        places = (When(language=code, then=Value(at)) for at, code in enumerate(served()))
        place = Case(*places, default=Value(99), output_field=IntegerField())
        return super().get_queryset(request).order_by(place, "language")

    def missing(self, obj: Item | None) -> list[str]:
        """The languages that have no text yet; some kinds speak before a language has pages."""
        speaks = issubclass(self.parent_model, Phrase | ReplyText)
        wanted = Language.values if speaks else served()
        has = {text.language for text in obj.texts.all()} if obj and obj.pk else set()
        return [code for code in wanted if code not in has]

    def get_extra(self, request: HttpRequest, obj: Item | None = None, **kwargs: Any) -> int:
        return len(self.missing(obj))
