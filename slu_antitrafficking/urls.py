"""Every address, by door: the public site, the desk, and what both answer."""

from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from slu_antitrafficking import public_urls, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("health/", views.health, name="health"),
    path("robots.txt", views.robots, name="robots"),
]
if settings.SERVE != "public":
    urlpatterns += [
        path("desk/campaign/", include("campaign.admin.urls")),
        path("desk/", admin.site.urls),
    ]
else:
    urlpatterns += [
        path("desk/", views.desk_is_elsewhere),
        path("desk/<path:rest>", views.desk_is_elsewhere),
    ]
if settings.SERVE != "desk":
    urlpatterns += public_urls.urlpatterns
else:
    urlpatterns += [
        path(".well-known/security.txt", views.security_txt, name="security_txt"),
        path("", views.to_the_desk),
    ]

if settings.LIVE_RELOAD:
    urlpatterns += [path("__reload__/", include("django_browser_reload.urls"))]

handler400 = "slu_antitrafficking.views.bad_request"
handler403 = "slu_antitrafficking.views.permission_denied"
handler404 = "slu_antitrafficking.views.page_not_found"
handler500 = "slu_antitrafficking.views.server_error"
