"""The public door's pages for tips."""

from django.urls import path

from tips.public import follow_up_views, views

app_name = "tips"
urlpatterns = [
    path("report/", views.report, name="report"),
    path("follow-up/", follow_up_views.follow_up, name="follow_up"),
]
