"""Who sends a request: by a session's cookie, by a phone app's token, or by a machine's."""

from datetime import datetime

from allauth.headless.internal.sessionkit import authenticate_by_x_session_token
from django.conf import settings
from django.http import HttpRequest

from accounts.access import GUEST, Viewer, viewer_of
from accounts.models import Login
from accounts.service_tokens import viewer_of_token

_APP = "X-Session-Token"
_MACHINE = "Authorization"


class TokenRefused(Exception):
    """The request shows a token that opens nothing: wrong, ended, revoked or expired."""


def shows_token(request: HttpRequest) -> bool:
    """Whether a header says who asks: no page of another site can send one unasked."""
    return _APP in request.headers or _MACHINE in request.headers


def is_guest(request: HttpRequest) -> bool:
    """Whether nothing at all says who asks; costs no query."""
    return not shows_token(request) and settings.SESSION_COOKIE_NAME not in request.COOKIES


def asker_of(request: HttpRequest, *, at: datetime) -> Viewer:
    """The one who asks. A token counts alone: with one, the cookie is never looked at.

    Raises:
        TokenRefused: a token was shown that is not in force.
    """
    if _MACHINE in request.headers:
        return _machine(request.headers[_MACHINE], at)
    if _APP in request.headers:
        return _app(request.headers[_APP])
    user = request.user
    return viewer_of(user) if isinstance(user, Login) else GUEST


def _machine(header: str, at: datetime) -> Viewer:
    scheme, _space, text = header.partition(" ")
    found = viewer_of_token(text.strip(), at=at) if scheme.lower() == "bearer" else None
    if found is None:
        raise TokenRefused
    return found


def _app(token: str) -> Viewer:
    found = authenticate_by_x_session_token(token)
    if found is None or not isinstance(found[0], Login):
        raise TokenRefused
    return viewer_of(found[0])
