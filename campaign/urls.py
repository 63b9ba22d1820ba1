"""Addresses of the public pages."""

from django.urls import path

from campaign import views

app_name = "campaign"
urlpatterns = [
    path("", views.home, name="home"),
    path("signs/", views.signs, name="signs"),
    path("types/", views.types, name="types"),
    path("types/<slug:slug>/", views.type_, name="type"),
    path("law/", views.law, name="law"),
    path("what-we-have-done/", views.done, name="done"),
    path("get-involved/", views.involved, name="involved"),
    path("get-help/", views.get_help, name="get_help"),
    path("get-help/card/", views.card, name="card"),
    path("press/", views.press, name="press"),
    path("data/", views.data, name="data"),
    path("contact/", views.contact, name="contact"),
    path("materials/", views.materials, name="materials"),
    path("materials/<slug:slug>/", views.material, name="material"),
    path("privacy/", views.privacy, name="privacy"),
    path("accessibility/", views.accessibility, name="accessibility"),
]
