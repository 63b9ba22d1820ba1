"""The choices that a tip is made of: its answers, and what the public door says of it."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class YesNo(models.TextChoices):
    """An answer that may also be unknown; empty where the question was left."""

    YES = "yes", _("Yes")
    NO = "no", _("No")
    UNKNOWN = "unknown", _("I do not know")


class District(models.TextChoices):
    """The ten districts (ISO 3166-2:LC), and what lies outside them."""

    ANSE_LA_RAYE = "anse-la-raye", "Anse la Raye"
    CANARIES = "canaries", "Canaries"
    CASTRIES = "castries", "Castries"
    CHOISEUL = "choiseul", "Choiseul"
    DENNERY = "dennery", "Dennery"
    GROS_ISLET = "gros-islet", "Gros Islet"
    LABORIE = "laborie", "Laborie"
    MICOUD = "micoud", "Micoud"
    SOUFRIERE = "soufriere", "Soufrière"
    VIEUX_FORT = "vieux-fort", "Vieux Fort"
    AT_SEA = "at-sea", _("At sea or on a boat")
    ELSEWHERE = "elsewhere", _("Online or abroad")


class Relation(models.TextChoices):
    """What the sender has to do with it."""

    SELF = "self", _("It is happening to me")
    FAMILY_FRIEND = "family_friend", _("To my family or friend")
    NOTICED = "noticed", _("I noticed it")
    WORKER = "worker", _("I work there")
    PROFESSIONAL = "professional", _("Through my job")
    OTHER = "other", _("Another way")
    UNSAID = "unsaid", _("I would rather not say")


class FirstHand(models.TextChoices):
    """How they come to know it."""

    SELF = "self", _("Yes")
    TOLD = "told", _("Someone told me")
    ONLINE = "online", _("Online")
    MIXED = "mixed", _("Some of each")


class MayShare(models.TextChoices):
    """Whether it may be passed on."""

    YES = "yes", _("Yes, to whoever can help")
    ASK = "ask", _("Ask me here first")


class Language(models.TextChoices):
    """The languages of an answer, each in its own name."""

    EN = "en", "English"
    ES = "es", "Español"
    FR = "fr", "Français"
    ACF = "acf", "Kwéyòl"
    HT = "ht", "Kreyòl ayisyen"

    @property
    def english(self) -> str:
        """The language's English name, for the desk."""
        return {"en": "English", "es": "Spanish", "fr": "French", "acf": "Kwéyòl"}.get(
            self.value, "Haitian Creole"
        )


class Channel(models.TextChoices):
    """How a tip came; a drill is none and is counted nowhere."""

    WEB = "web", "web"
    PHONE = "phone", "847"
    OFFICE = "office", "office telephone"
    WALK_IN = "walk_in", "in person"
    LETTER = "letter", "letter"
    EMAIL = "email", "e-mail"
    DRILL = "drill", "drill"


class SetAside(models.IntegerChoices):
    """Why it stands apart; a citizen's next act lifts what a flood set aside, never spam."""

    NO = 0, "no"
    SPAM = 1, "Looks like spam"
    FLOOD = 2, "Over a limit"
