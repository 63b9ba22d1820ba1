"""Addresses of the editors' screens that belong to no single kind of item."""

from django.contrib import admin
from django.urls import path

from campaign.admin import review

app_name = "editors"
urlpatterns = [
    path("review/", admin.site.admin_view(review.queue), name="review"),
    path("review/<int:pk>/", admin.site.admin_view(review.mark), name="mark"),
    path("due/", admin.site.admin_view(review.what_is_due), name="due"),
]
