"""Who sends a request: by a session's cookie, by a phone app's token, or by a machine's."""

from datetime import datetime

from allauth.headless.internal.sessionkit import authenticate_by_x_session_token
from django.conf import settings
from django.http import HttpRequest

from accounts.access import GUEST, Viewer, viewer_of
from accounts.models import Login
from accounts.service_tokens import viewer_of_token

#: As WSGI names them: kept answers are given without `request.headers`, which are made of all.
_APP = "HTTP_X_SESSION_TOKEN"
_MACHINE = "HTTP_AUTHORIZATION"
_BEARER = "bearer "


class TokenRefused(Exception):
    """The request shows a token that opens nothing: wrong, ended, revoked or expired."""


def shows_token(request: HttpRequest) -> bool:
    """Whether a header says who asks: no page of another site can send one unasked."""
    return bool(_machine_token(request) or _app_token(request))


def is_guest(request: HttpRequest) -> bool:
    """Whether nothing at all says who asks; costs no query."""
    return not shows_token(request) and settings.SESSION_COOKIE_NAME not in request.COOKIES


def asker_of(request: HttpRequest, *, at: datetime) -> Viewer:
    """The one who asks. A token counts alone: with one, the cookie is never looked at.

    Raises:
        TokenRefused: a token was shown that is not in force.
    """
    machine, app = _machine_token(request), _app_token(request)
    if machine:
        found = viewer_of_token(machine, at=at)
    elif app:
        found = _viewer_of_app(app)
    else:
        return viewer_of(request.user) if isinstance(request.user, Login) else GUEST
    if found is None:
        raise TokenRefused
    return found


def _machine_token(request: HttpRequest) -> str:
    """Another scheme than Bearer is not ours: a proxy's own password, for one."""
    header = str(request.META.get(_MACHINE, ""))
    is_bearer = header[: len(_BEARER)].lower() == _BEARER
    return header[len(_BEARER) :].strip() if is_bearer else ""


def _app_token(request: HttpRequest) -> str:
    return str(request.META.get(_APP, ""))


def _viewer_of_app(token: str) -> Viewer | None:
    found = authenticate_by_x_session_token(token)
    return viewer_of(found[0]) if found and isinstance(found[0], Login) else None
