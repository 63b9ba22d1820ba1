"""Addresses of the public pages."""

from django.urls import path

from campaign import views

app_name = "campaign"
urlpatterns = [
    path("", views.home, name="home"),
    path("contact/", views.contact, name="contact"),
    path("get-help/", views.get_help, name="get_help"),
    path("privacy/", views.privacy, name="privacy"),
]
