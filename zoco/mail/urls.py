"""Addresses of mail. A host project includes them where it likes."""

from django.urls import path

from zoco.mail.counting import edge
from zoco.mail.sending import public

urlpatterns = [
    path("m/<str:token>.gif", edge.image, name="zoco_mail_image"),
    path("m/<str:token>/<str:language>/<int:number>", edge.link, name="zoco_mail_link"),
    path("m/archive/", public.archive, name="zoco_mail_archive"),
    path("m/archive.xml", public.feed, name="zoco_mail_feed"),
    path("m/archive/<uuid:uid>/", public.archived, name="zoco_mail_archived"),
    path("m/<str:token>/online", public.online, name="zoco_mail_online"),
]
