"""Addresses that echo and break, for tests of what surrounds every view."""

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.urls import path

from slu_antitrafficking.urls import (  # noqa: F401
    handler400,
    handler403,
    handler404,
    handler500,
)
from slu_antitrafficking.urls import (
    urlpatterns as real,
)


def echo(request):
    return HttpResponse(",".join(sorted(request.POST)) + ":" + ",".join(sorted(request.FILES)))


def ignore(request):
    return HttpResponse("ignored")


def breaks(request):
    raise RuntimeError("a word nobody may read")


def forbids(request):
    raise PermissionDenied("a word nobody may read")


urlpatterns = [
    path("echo/", echo),
    path("ignore/", ignore),
    path("breaks/", breaks),
    path("forbids/", forbids),
    *real,
]
