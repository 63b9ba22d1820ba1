"""Plain links that open a reader's own app with a text about this site."""

from urllib.parse import quote

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from campaign import offers


def links() -> list[tuple[str, str]]:
    """Each app with its address, in the language of the page.

    WhatsApp's is its documented click-to-chat address; sms: is RFC 5724 with the body that
    telephones read, mailto: RFC 6068.
    """
    numbers = [one.number for kind in ("police", "847") if (one := offers.contacts().get(kind))]
    told = _("Human trafficking in Saint Lucia: know the signs, and who to call (%(numbers)s).")
    address = f"{settings.SITE_URL}{reverse('campaign:home')}"
    text = quote(f"{told % {'numbers': ', '.join(dict.fromkeys(numbers))}} {address}")
    subject = quote(_("Know the Signs"))
    return [
        ("WhatsApp", f"https://wa.me/?text={text}"),
        ("SMS", f"sms:?&body={text}"),
        (_("E-mail"), f"mailto:?subject={subject}&body={text}"),
    ]
