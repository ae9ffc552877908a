"""Addresses of mail. A host project includes them where it likes."""

from django.urls import path

from zoco.mail.counting import edge

urlpatterns = [
    path("m/<str:token>.gif", edge.image, name="zoco_mail_image"),
    path("m/<str:token>/<str:language>/<int:number>", edge.link, name="zoco_mail_link"),
]
