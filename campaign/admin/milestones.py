"""Milestones, the one kind of item that has a picture."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from campaign import picture_cutting
from campaign.admin.items import ItemAdmin
from campaign.admin.pending import ItemForm
from campaign.models import Milestone, Picture
from campaign.uploads import SentPicture
from slu_antitrafficking.refusal import Refused

ACCEPTED = "image/jpeg,image/png,image/heic,image/heif,image/webp,image/avif,image/gif,.heic,.heif"
TOO_BIG = "This picture is larger than 15 MB. Make it smaller, or take another one."


class MilestoneForm(ItemForm):
    """A milestone's columns and its picture."""

    picture = forms.FileField(
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ACCEPTED}),
        help_text=f"{picture_cutting.KINDS}, at most 15 MB. Where it was taken and with what is"
        " left out. Say below, in each language, what it shows.",
    )
    remove_picture = forms.BooleanField(required=False, label="without this picture")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not _has_picture(self.instance):
            self.fields.pop("remove_picture", None)

    def clean_picture(self) -> picture_cutting.CutPicture | None:
        """The picture cut. Raises ValidationError for a file that is too large or unreadable."""
        sent: SentPicture | None = self.cleaned_data.get("picture")
        if not sent:
            return None
        if sent.too_big:
            raise forms.ValidationError(TOO_BIG, code="too_big")
        try:
            return picture_cutting.cut(sent.raw)
        except Refused as refusal:
            raise forms.ValidationError(str(refusal), code="unreadable") from refusal


@admin.register(Milestone)
class MilestoneAdmin(ItemAdmin):
    """Milestones, newest first, each with its picture."""

    form = MilestoneForm
    list_display: tuple[str, ...] = ("english", "when", "texts", "published", "look")
    ordering = ("-when", "slug")
    texts_first = False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return (
            *super().get_readonly_fields(request, obj),
            *(("current_picture",) if _has_picture(obj) else ()),
        )

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        names = [name for name in super().get_fields(request, obj) if name != "current_picture"]
        own = ["current_picture"] if _has_picture(obj) else []
        names = [name for name in names if name not in ("picture", "remove_picture")]
        return [*names, *own, "picture", *(["remove_picture"] if own else [])]

    @admin.display(description="picture now")
    def current_picture(self, milestone: Milestone) -> SafeString:
        """The picture that the page shows, as an <img>."""
        address = reverse("admin:campaign_milestone_picture", args=[milestone.pk])
        english = milestone.texts.filter(language="en").first()
        words = english.picture_words if english else ""
        return format_html('<img class="current_picture" src="{}" alt="{}">', address, words)

    def get_urls(self) -> list[URLPattern]:
        # The desk has no public addresses: its own one for the picture.
        view = self.admin_site.admin_view(self.picture_view)
        return [
            path("<int:pk>/picture/", view, name="campaign_milestone_picture"),
            *super().get_urls(),
        ]

    def picture_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The small version, with ?waiting of the one that waits. Raises Http404 where none is."""
        waits = "waiting" in request.GET
        owner = {"pending__item_id": pk} if waits else {"item_id": pk}
        picture = Picture.objects.filter(**owner).first()
        if picture is None or not self.has_view_permission(request):
            raise Http404
        return HttpResponse(bytes(picture.small), content_type="image/webp")


def _has_picture(item: Milestone | None) -> bool:
    return item is not None and item.pk is not None and hasattr(item, "picture")
