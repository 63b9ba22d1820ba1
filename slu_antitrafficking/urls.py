"""Every address, by door: the public site, the desk, and what both answer."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from slu_antitrafficking import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("health/", views.health, name="health"),
    path("robots.txt", views.robots, name="robots"),
    path(".well-known/security.txt", views.security_txt, name="security_txt"),
]
if settings.SERVE != "public":
    urlpatterns += [path("desk/", admin.site.urls)]
else:
    urlpatterns += [
        path("desk/", views.desk_is_elsewhere),
        path("desk/<path:rest>", views.desk_is_elsewhere),
    ]
if settings.SERVE != "desk":
    urlpatterns += i18n_patterns(
        path("", include("campaign.urls")),
        path("", include("tips.urls")),
        prefix_default_language=False,
    )
else:
    urlpatterns += [path("", views.to_the_desk)]

handler400 = "slu_antitrafficking.views.bad_request"
handler403 = "slu_antitrafficking.views.permission_denied"
handler404 = "slu_antitrafficking.views.page_not_found"
handler500 = "slu_antitrafficking.views.server_error"
