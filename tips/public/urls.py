"""The public door's pages for tips."""

from django.urls import path

from tips.public import views

app_name = "tips"
urlpatterns = [
    path("report/", views.report, name="report"),
    path("follow-up/", views.follow_up, name="follow_up"),
]
