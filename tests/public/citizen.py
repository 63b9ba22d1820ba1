"""A citizen without scripts and cookies, and the desk that finds what they sent."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from PIL import Image

from tests.reading import Reading
from tips import actions
from tips.crypto import associated_data, receipts
from tips.crypto.sealing import Keyring
from tips.models import EscrowedCode, Message, Officer, Photo, Tip

EVERYTHING = {
    "what_happened": "Two girls.\nThey cry at night. 🙏",
    "danger_now": "unknown",
    "under_18": "yes",
    "district": "vieux-fort",
    "place": "Behind the market",
    "relation": "noticed",
    "first_hand": "mixed",
    "signs": ["papers-held", "cannot-leave", "debt"],
    "when": "Every Friday",
    "people_harmed": "Two, about 16",
    "people_responsible": "A man they call Boss",
    "vehicles_phones_online": "PA 1234",
    "official_involved": "no",
    "reported_before": "No",
    "may_share": "ask",
    "answer_language": "es",
    "contact_name": "A neighbour",
    "contact_details": "neighbour@example.org",
    "contact_safely": "After six",
}


def run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


class Desk:
    """What the desk finds; it looks with its own rights."""

    def __init__(self, keys: Keyring, public: str) -> None:
        self.keys, self.public = keys, public

    @contextmanager
    def rights(self) -> Iterator[None]:
        """Inside, the owner's rights; a citizen's requests go elsewhere."""
        run("RESET ROLE")
        yield
        run(f'SET LOCAL ROLE "{self.public}"')

    @property
    def tips(self) -> list[Tip]:
        with self.rights():
            return list(Tip.objects.order_by("received_at", "id"))

    @property
    def holds_escrow(self) -> bool:
        """Whether a receipt code lies in its box."""
        with self.rights():
            return EscrowedCode.objects.exists()

    @property
    def tip(self) -> Tip:
        (tip,) = self.tips
        return tip

    @property
    def document(self) -> dict[str, object]:
        """What the only tip says."""
        return self.said(str(self.tip.reference))

    def said(self, reference: str) -> dict[str, object]:
        """What the tip with this reference says."""
        tip = next(tip for tip in self.tips if tip.reference == reference)
        said = self.keys.open_json(tip.sealed or b"", associated_data.of_tip(tip.pk))
        return {name: value for name, value in said.items() if name != "version"}

    @property
    def messages(self) -> list[str]:
        """The words that citizens added, oldest first; empty where only photos came."""
        with self.rights():
            rows = list(Message.objects.filter(from_desk=False).order_by("number"))
        return [
            str(self.keys.open_json(row.sealed, associated_data.of_message(row.pk))["text"])
            if row.sealed
            else ""
            for row in rows
        ]

    @property
    def photos(self) -> list[bytes]:
        """The pictures, in their order."""
        with self.rights():
            rows = list(Photo.objects.order_by("number"))
        return [self.keys.open(row.sealed, associated_data.of_photo(row.pk)) for row in rows]

    def reads_and_replies(self, text: str) -> None:
        """An officer takes the only tip, reads it, and asks its citizen this."""
        with self.rights():
            officer, tip = Officer.objects.get(), Tip.objects.get()
            actions.take(tip=tip, by=officer)
            actions.open_tip(tip=Tip.objects.get(), by=officer, keys=self.keys)
            actions.reply(tip=tip, by=officer, text=text, wait=True)


class Answer(Reading):
    """A page and its status."""

    def __init__(self, response) -> None:
        super().__init__(response.content.decode())
        self.status, self.headers, self.response = response.status_code, response.headers, response
        self.html = response.content.decode()
        assert response["Cache-Control"] == "no-store"
        assert response["X-Robots-Tag"] == "noindex"
        assert "Set-Cookie" not in response
        assert not response.cookies
        assert "Cookie" not in response.get("Vary", "")
        assert len(self.ids) == len(set(self.ids))

    def by_id(self, name: str):
        return next((tag for tag in self.root.iter() if tag.get("id") == name), None)

    def value(self, name: str) -> str | list[str] | None:
        """What a field holds: its words, the chosen answer, or all that are ticked."""
        tags = [tag for tag in self.root.iter() if tag.get("name") == name]
        if tags and tags[0].get("type") in ("radio", "checkbox"):
            ticked = [str(tag.get("value")) for tag in tags if "checked" in tag.attrib]
            return ticked if tags[0].get("type") == "checkbox" else "".join(ticked)
        if tags and tags[0].tag == "select":
            return next(
                (str(o.get("value")) for o in tags[0].iter("option") if "selected" in o.attrib), ""
            )
        if tags and tags[0].tag == "textarea":
            return "".join(tags[0].itertext())
        return tags[0].get("value") if tags else None

    @property
    def reference(self) -> str:
        output = self.by_id("reference")
        return output.text if output is not None else ""

    @property
    def code(self) -> str:
        output = self.by_id("receipt-code")
        return output.text if output is not None else ""

    @property
    def title(self) -> str:
        return " ".join("".join(self.all("title")[0].itertext()).split())

    @property
    def heading(self) -> str:
        return " ".join("".join(self.all("h1")[0].itertext()).split())

    @property
    def alert(self) -> str:
        """The box on top that takes the focus."""
        boxes = [tag for tag in self.root.iter() if tag.get("role") == "alert"]
        assert all("autofocus" in box.attrib and box.get("tabindex") == "-1" for box in boxes)
        return " ".join(" ".join(text for box in boxes for text in box.itertext()).split())


class Citizen:
    """A browser without scripts and cookies."""

    def __init__(self) -> None:
        self.client = Client(headers={"sec-fetch-site": "same-origin"})

    def get(self, path: str) -> Answer:
        return Answer(self.client.get(path))

    def post(self, path: str, data: object = None, **options: object) -> Answer:
        answer = Answer(self.client.post(path, data or {}, **options))
        assert not self.client.cookies
        return answer

    def report(self, what_happened: str = "help", **fields: object) -> Answer:
        """Sends a filled form, as if it had been opened just now."""
        page = {"submission": receipts.new_idempotency_key()}
        return self.post("/report/", page | {"what_happened": what_happened} | fields)

    def add(self, code: str, **fields: object) -> Answer:
        """Sends from the conversation of that code."""
        page = self.post("/follow-up/", {"code": code})
        sent = {"code": code, "submission": page.value("submission"), "message": ""}
        return self.post("/follow-up/", sent | fields)


CODE = re.compile(r"(?:[0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{5}")
REFERENCE = re.compile(r"[BCDFGHJ-NP-TV-Z]{2}-[0-9]{4}")


def picture(colour: str = "red") -> SimpleUploadedFile:
    """A small photo under a name of its sender's."""
    out = BytesIO()
    Image.new("RGB", (32, 20), colour).save(out, "PNG")
    return SimpleUploadedFile("grandma at home.png", out.getvalue(), "image/png")
