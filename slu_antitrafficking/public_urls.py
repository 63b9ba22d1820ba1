"""The addresses of the public site; a preview at the desk borrows them for its links."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path, re_path

from campaign import picture_serving
from slu_antitrafficking import views

urlpatterns = [
    path(".well-known/security.txt", views.security_txt, name="security_txt"),
    re_path(picture_serving.ADDRESS, picture_serving.picture, name="picture"),
    path("sitemap.xml", views.sitemap, name="sitemap"),
    *i18n_patterns(
        # The forms first: the other pages are mostly answered from copies, and not looked up here.
        path("", include("tips.public.urls")),
        path("", include("campaign.urls")),
        prefix_default_language=False,
    ),
]
