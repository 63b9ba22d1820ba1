"""Recovery sheets typed into a command, and what is said of a slip."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management.base import CommandError

from slu_antitrafficking.refusal import Refused
from tips.crypto.recovery_sheets import SheetError
from tips.management.typed_sheets import sentence


@contextmanager
def refusals_as_errors() -> Iterator[None]:
    """Raises CommandError for a slip, a refusal or an end of input inside, with its sentence."""
    try:
        yield
    except SheetError as error:
        raise CommandError(sentence(error)) from None
    except Refused as refusal:
        raise CommandError(str(refusal)) from None
    except EOFError:
        raise CommandError("Nothing was changed.") from None
