"""Tags of the public pages: icons, editors' words, days and hours."""

import re
from collections.abc import Mapping
from datetime import date, time
from typing import Any

from django import template
from django.conf import settings
from django.template import Context
from django.templatetags.static import static
from django.urls import reverse
from django.utils.dates import WEEKDAYS
from django.utils.formats import date_format
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext, gettext_lazy

from campaign import offers, scenes, wording
from campaign.entries import Entry
from campaign.pictograms import KINDS, SPRITE

register = template.Library()

SHARE_PICTURES = ("en", "es", "fr")  # static/site/share-<language>.png

SEEN = {
    "here": gettext_lazy("Reported in Saint Lucia"),
    "named": gettext_lazy("Named in official warnings"),
    "none": gettext_lazy("No report found here"),
}


@register.simple_tag
def icon(name: str, more: str = "") -> SafeString:
    """An icon by its name in static/site/icons.svg."""
    address = f"{static('site/icons.svg')}#i-{name}"
    classes = f"i {more}".strip()
    return format_html(
        '<svg class="{}" aria-hidden="true"><use href="{}"/></svg>', classes, address
    )


@register.simple_tag
def pictogram(kind: str, slug: str) -> SafeString:
    """The pictogram of a phrase, a type or a group of signs; nothing where it has none."""
    name = KINDS[kind].get(slug)
    if name is None:
        return SafeString()
    address = f"{static(SPRITE)}#{name}"
    return format_html('<img class="pic" src="{}" alt="" width="48" height="48">', address)


@register.simple_tag
def scene(page: Entry) -> str:
    """The name of the scene in the page's title band."""
    return scenes.of_page(page)


@register.simple_tag(takes_context=True)
def body(context: Context, text: Any, lists: str = "") -> SafeString:
    """The Markdown of a text, with the live numbers; `lists` names the class of its lists."""
    html = wording.body(text.body, _contacts(context), _prefix(context)) if text else SafeString()
    if lists:
        for tag in ("<ul>", "<ol>"):
            html = mark_safe(html.replace(tag, f'{tag[:-1]} class="{lists}">'))
    return html


@register.simple_tag(takes_context=True)
def words(context: Context, line: str) -> SafeString:
    """A plain line of an editor, its numbers as links."""
    return wording.line(line, _contacts(context))


@register.simple_tag(takes_context=True)
def spelled(context: Context, line: str) -> str:
    """A plain line without links, for an attribute."""
    return wording.spelled(line, _contacts(context))


@register.simple_tag
def in_creoles(slug: str) -> SafeString:
    """A phrase in each Creole as well, from the day a person reviewed it there."""
    numbers = offers.contacts(get_language() or settings.LANGUAGE_CODE)
    return format_html_join(
        "",
        ' <small class="also" lang="{}">{}</small>',
        (
            (code, wording.spelled(line.title, numbers))
            for code in offers.CREOLES
            for line in offers.phrases(code)
            if line.slug == slug
        ),
    )


@register.simple_tag
def call_script() -> tuple[offers.PhraseEntry, ...]:
    """What to say in English on the telephone, as it sounds; nothing for who reads English."""
    language = get_language() or settings.LANGUAGE_CODE
    return () if language == "en" else offers.phrases(language, "call")


@register.simple_tag(takes_context=True)
def sources(context: Context, text: Any) -> SafeString:
    """The sources of a text; where it names an address, that is the first one's."""
    first, more, rest = text.source.partition("; ")
    if text.source_url:
        first = format_html('<a href="{}">{}</a>', text.source_url, first)
    return in_english(context, format_html("{}{}{}", first, more, rest))


@register.simple_tag(takes_context=True)
def in_english(context: Context, words: str) -> SafeString:
    """What is English on every page, such as the name of a source; other pages say so."""
    if context["language"] == "en":
        return format_html("{}", words)
    return format_html('<span lang="en">{}</span>', words)


@register.simple_tag(takes_context=True)
def lang_attribute(context: Context, text: Any) -> SafeString:
    """The language attribute of words that are not in the page's language yet."""
    language = getattr(text, "language", context["language"])
    return SafeString() if language == context["language"] else format_html(' lang="{}"', language)


@register.simple_tag(takes_context=True)
def menu_entry(context: Context, name: str, label: str) -> SafeString:
    """An entry of a menu; the page one is on says so."""
    href = reverse(name)
    request = context.get("request")
    here = mark_safe(' aria-current="page"') if request and request.path == href else ""
    return format_html('<li><a{} href="{}">{}</a></li>', here, href, label)


@register.simple_tag(takes_context=True)
def other_numbers(context: Context, first: offers.ContactEntry) -> SafeString:
    """The other telephone numbers that work, each once; the office's with its hours."""
    contacts = _contacts(context)
    numbers = {first.number}
    line = SafeString()
    for kind, before in (
        ("police", ""),
        ("emergency", ", "),
        ("office", " " + gettext("or, in office hours,") + " "),
    ):
        contact = contacts.get(kind)
        if contact and contact.number not in numbers and "@" not in contact.number:
            numbers.add(contact.number)
            line = format_html("{}{}{}", line, before if line else "", number(contact))
    return line


@register.simple_tag
def number(contact: offers.ContactEntry | None) -> SafeString:
    """A contact as a link; nothing when there is none."""
    return mark_safe(wording.linked(contact)) if contact else SafeString()


@register.simple_tag
def reports_of(type_: Any) -> str:
    """What public reports say about a type in Saint Lucia."""
    return str(SEEN[type_.seen])


@register.simple_tag
def date_as_known(moment: str) -> str:
    """A year, a month or a day, as exactly as it is known."""
    if len(moment) == len("2019"):
        return moment
    if len(moment) == len("2019-01"):
        return date_format(date.fromisoformat(f"{moment}-01"), "YEAR_MONTH_FORMAT")
    return date_format(date.fromisoformat(moment), "DATE_FORMAT")


@register.simple_tag(takes_context=True)
def share_picture(context: Context) -> str:
    """The address of the picture that shared links show, with the words of the page's language."""
    language = context["language"] if context["language"] in SHARE_PICTURES else "en"
    return static(f"site/share-{language}.png")


@register.filter
def sentences(title: str) -> SafeString:
    """Each sentence in a span of its own, so that the poster breaks between them."""
    parts = re.findall(r"[^.!?]+[.!?…]*\s*", title)
    return format_html_join(" ", "<span>{}</span>", ((part.strip(),) for part in parts))


@register.filter
def quoted_english(line: str) -> SafeString:
    """A plain line of which each quotation is English."""
    quoted = re.compile("(?<=“)[^”]*(?=”)|(?<=«\xa0)[^»]*(?=\xa0»)")
    return mark_safe(quoted.sub(r'<span lang="en">\g<0></span>', escape(line)))


@register.filter
def clock(moment: time) -> str:
    """A time of day as the language writes it, as 8:00 am."""
    return offers.time_text(moment)


@register.filter
def weekday(day: date) -> str:
    """A day as the language writes it, as Monday 4 January."""
    return offers.weekday_and_date(day)


@register.filter
def days(span: tuple[int, int, object]) -> str:
    """A run of weekdays as words: Monday to Friday; Saturday, Sunday; Monday."""
    first, last = str(WEEKDAYS[span[0]]), str(WEEKDAYS[span[1]])
    if span[0] == span[1]:
        return first
    if span[1] - span[0] == 1:
        return f"{first}, {last}"
    return gettext("%(first)s to %(last)s") % {"first": first, "last": last}


def _prefix(context: Context) -> str:
    """What stands before our own addresses in the page's language."""
    language = context["language"]
    return "" if language == settings.LANGUAGE_CODE else f"/{language}"


def _contacts(context: Context) -> Mapping[str, offers.ContactEntry]:
    contacts: Mapping[str, offers.ContactEntry] = context["contacts"]
    return contacts
