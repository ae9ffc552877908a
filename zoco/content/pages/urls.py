"""Addresses of what search engines read, and of pictures in letters."""

from django.urls import path, re_path

from zoco.content.pages.pictures import picture
from zoco.content.pages.views import robots, sitemap

urlpatterns = [
    path("robots.txt", robots, name="zoco_robots"),
    path("sitemap.xml", sitemap, name="zoco_sitemap"),
    re_path(r"^pictures/([0-9a-f]{32})\.(jpg|png)\Z", picture, name="zoco_letter_picture"),
]
