"""How somebody gets in who edits the site, and sends a form back as a browser would."""

import re
from html import unescape

from django.conf import settings
from django.contrib.messages import get_messages

from campaign import changes, offers
from campaign.models import pending_of
from tests.admin.desk import opened_session

EVIL = "WhatsApp us: +44 7700 900123. Or [tell us here](https://evil.example/report)."
NUMBER = "WhatsApp us: +44 7700 900123."
# What the form of any new item asks for.
A_TITLE = {"texts-0-title": "A title", "texts-0-state": "reviewed", "published": "on"}


def signed_in(client, person):
    """The browser with the session that this person's log-in opens; it may edit, and open no tip.

    What comes before that is tested with the log-in page, and costs as much as a test.
    """
    client.cookies[settings.SESSION_COOKIE_NAME] = opened_session(person.officer, held={})
    return client


def page(client, path):
    """A public page as it is now, whatever was remembered."""
    offers.forget()
    return client.get(path).content.decode()


def fields(html):
    """The form as a browser would send it back."""
    form = re.search(r'<form[^>]*method="post"[^>]*id="[^"]*_form".*?</form>', html, re.S)[0]
    sent = {}
    for tag in re.findall(r"<input[^>]*>", form):
        attributes = {k: unescape(v) for k, v in re.findall(r'([a-z]+)="([^"]*)"', tag)}
        choice = attributes.get("type") in ("checkbox", "radio")
        ticked = not choice or " checked" in tag
        if "name" in attributes and ticked and attributes.get("type") != "submit":
            sent.setdefault(attributes["name"], []).append(
                attributes.get("value", "on" if choice else "")
            )
    for name, words in re.findall(
        r'<textarea[^>]*name="([^"]+)"[^>]*>\n?(.*?)</textarea>', form, re.S
    ):
        sent[name] = [unescape(words)]
    for name, choices in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.S):
        sent[name] = [
            unescape(one) for one in re.findall(r'value="([^"]*)"[^>]* selected', choices)
        ]
    return sent


def opened(client, path):
    """The fields of the form at this address."""
    return fields(client.get(path).content.decode())


def save(client, path, **changes):
    """Opens a form, changes these fields and sends it back."""
    return client.post(path, opened(client, path) | changes)


def screen(item):
    """The address of the item's own screen."""
    return f"/desk/campaign/{type(item)._meta.model_name}/{item.pk}/change/"


def press(client, item, act):
    """Opens the item's screen and presses the button of this act, as a browser would."""
    html = client.get(screen(item)).content.decode()
    button = rf'action="([^"]+/{act}/)".*?name="seen" value="([^"]*)"'
    address, seen = re.search(button, html, re.S).groups()
    return client.post(address, {"seen": unescape(seen)}, follow=True)


def decide(client, item, act):
    """What such a press sends, without a look at the screen before and after."""
    seen = changes.fingerprint(item, pending_of(item))
    return client.post(screen(item).replace("change", act), {"seen": seen})


def said(answer):
    """The sentences that the next page will show."""
    return " ".join(map(str, get_messages(answer.wsgi_request)))


def offers_to(client, item, act):
    """Whether the item's screen has a button for this act."""
    return f'/{act}/"' in client.get(screen(item)).content.decode()
