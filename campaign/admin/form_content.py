"""What stands in a form of the admin, as the content of an item: nothing of it is saved yet."""

from dataclasses import replace
from typing import Any

from campaign import desk_items
from campaign.item_content import ItemContent
from campaign.models import Item


def content(form: Any, texts: Any) -> ItemContent:
    """The item as typed into its valid form and the formset of its texts."""
    item: Item = form.instance
    many = {
        field.name: sorted(row.slug for row in form.cleaned_data[field.name])
        for field in item._meta.many_to_many
        if field.name in form.cleaned_data
    }
    content = ItemContent(
        family=item.FAMILY,
        slug=item.slug,
        values=item.page_values() | many,
        texts={
            inline.instance.language: inline.instance.plain()
            for inline in texts.forms
            if inline.instance.pk or inline.has_changed()
        },
    )
    if picture := form.cleaned_data.get("picture"):
        return replace(content, picture=desk_items.inline(picture))
    if form.cleaned_data.get("remove_picture") or item.pk is None:
        return content
    return desk_items.with_picture(content, item)
