"""Somebody of a role at the screens, and what is read there."""

import re
from html import unescape
from typing import Any

from django.contrib.auth.models import Group, User
from django.test import Client

from zoco.project.roles import roles_ensure


def client_of(role: str) -> Client:
    """Log in somebody new of this role, named after it, who reads English."""
    roles_ensure()
    user = User.objects.create_user(role)
    user.groups.add(Group.objects.get(name=role))
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client


def body(answer: Any) -> str:
    """Return a page's text, each run of spaces and line breaks as one space."""
    return re.sub(r"[ \t\n]+", " ", unescape(answer.content.decode()))
