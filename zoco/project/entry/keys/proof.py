"""Proof by `Authorization: Bearer zoco_…`: a program that may what its key and the key's maker both may."""

from django.http import HttpRequest
from ninja.errors import AuthenticationError
from ninja.security import HttpBearer

from zoco.ledger import sitebook
from zoco.project.entry.keys.services import SCOPES
from zoco.project.models import ApiKey
from zoco.sites.access.reads import slugs_seen


class Program:
    """Who asks with a key. It has no password, no session and no rights but these."""

    is_authenticated = True
    is_active = True
    is_anonymous = False
    is_staff = False
    is_superuser = False
    pk = None

    def __init__(self, key: ApiKey) -> None:
        self.key = key

    def has_perm(self, permission: str, obj: object = None) -> bool:
        """Return whether both the key and its maker may."""
        scopes = (SCOPES[scope][1] for scope in self.key.scopes if scope in SCOPES)
        maker = self.key.made_by
        return maker is not None and any(permission in each for each in scopes) and maker.has_perm(permission)

    def has_perms(self, permissions: list[str], obj: object = None) -> bool:
        """Return whether it may all of these."""
        return all(self.has_perm(each) for each in permissions)

    def get_username(self) -> str:
        """Return the key's name."""
        return self.key.name


class KeyProof(HttpBearer):
    """Takes a key. One that does nothing is refused, even beside a browser's log-in."""

    openapi_name = "Key"
    openapi_bearerFormat = "zoco_…"

    def authenticate(self, request: HttpRequest, token: str) -> Program:
        """Make the request the program's. Raises AuthenticationError."""
        key: ApiKey | None = getattr(request, "zoco_key", None)
        if key is None:
            raise AuthenticationError
        program = Program(key)
        request.user = program  # type: ignore[assignment]
        sitebook.only(None)
        sitebook.only(_seen(key), asks=True)
        return program


def _seen(key: ApiKey) -> frozenset[str] | None:
    """Return the sites that both the key and its maker see, None: all."""
    own = None if key.all_sites else frozenset(key.sites.values_list("slug", flat=True))
    makers = slugs_seen(key.made_by) if key.made_by is not None else frozenset()
    if own is None or makers is None:
        return makers if own is None else own
    return own & makers
