"""Addresses of what search engines read."""

from django.urls import path

from zoco.content.pages.views import robots, sitemap

urlpatterns = [
    path("robots.txt", robots, name="zoco_robots"),
    path("sitemap.xml", sitemap, name="zoco_sitemap"),
]
