"""The page on which a supervisor types recovery sheets back from the paper."""

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.views.decorators.debug import sensitive_post_parameters

from slu_antitrafficking.refusal import Refused
from tips.access import recovery
from tips.admin import pages
from tips.crypto.recovery_sheets import SheetError
from tips.models import Event


class RecoveryForm(forms.Form):
    """The words of two of the three recovery sheets, as they stand on paper."""

    use_required_attribute = False

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        for number in (1, 2):
            self.fields[f"sheet_{number}"] = forms.CharField(
                label=("One sheet", "Another sheet")[number - 1],
                max_length=1000,
                error_messages={"required": "Type the words of this sheet."},
                widget=forms.Textarea(
                    attrs={
                        "rows": 4,
                        "autocomplete": "off",
                        "autocapitalize": "none",
                        "autocorrect": "off",
                        "spellcheck": "false",
                    }
                ),
            )


@sensitive_post_parameters()
def screen(request: HttpRequest) -> HttpResponse:
    """Two sheets typed back: then the files of the first start are deleted.

    Raises PermissionDenied for whoever is no supervisor.
    """
    officer = pages.officer_of(request)
    if not officer.is_supervisor:
        raise PermissionDenied
    form = RecoveryForm(request.POST or None)
    is_right = form.is_valid() and _typed_back(form, officer.username)
    context = {
        "title": "Recovery sheets",
        "form": form,
        "is_right": is_right,
        "last": Event.objects.filter(verb=Event.Verb.SHEETS_CONFIRMED).order_by("-at").first(),
    }
    return pages.page(request, "desk/recovery.html", context)


def _typed_back(form: forms.Form, by: str) -> bool:
    try:
        recovery.confirm_sheets(form.cleaned_data["sheet_1"], form.cleaned_data["sheet_2"], by=by)
    except SheetError as error:
        form.add_error(f"sheet_{error.sheet}" if error.sheet else None, str(error))
    except Refused as refusal:
        form.add_error(None, str(refusal))
    return not form.errors
