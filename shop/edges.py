"""What each part of the shop tells browsers they may do with its answers.

Django's own middlewares tell the strictest to all (`SECURE_*` in shop/settings.py); here stands
what pages and what is embedded in other sites need instead. Nothing here differs from one request
to the next, so that answers may be kept with their headers.
"""

from collections.abc import Callable
from http import HTTPStatus
from typing import Final

from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.utils.csp import CSP, build_policy

_FEATURES = ("accelerometer", "camera", "display-capture", "geolocation", "gyroscope", "microphone")
_PERMISSIONS: Final = ", ".join(f"{feature}=()" for feature in (*_FEATURES, "payment", "usb"))
_PAGES: Final = ("/admin/", "/account/")
#: Shown by the storefront, which may stand on another site; the address is the permission.
_EMBEDDED: Final = ("/media/", "/attachments/", "/captions/")
_PUBLIC: Final = ("/feeds/", "/sitemap.xml", "/captions/")


class EdgeHeaders:
    """Sets what the view left open."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self._get_response(request)
        is_well = response.status_code < HTTPStatus.BAD_REQUEST
        for name, value in headers_of(request.path, is_well=is_well).items():
            response.headers.setdefault(name, value)
        return response

    def process_exception(
        self, request: HttpRequest, exception: Exception
    ) -> HttpResponseBase | None:
        """Sign-in reads JSON of any depth, and falls over it: that is the sender's mistake."""
        if not isinstance(exception, RecursionError) or not request.path.startswith("/auth/"):
            return None
        told = {"code": "too_deep", "message": "The JSON is nested too deeply."}
        return JsonResponse({"status": 400, "errors": [told]}, status=HTTPStatus.BAD_REQUEST)


def headers_of(path: str, *, is_well: bool) -> dict[str, str]:
    """What an answer of this path is given unless it says otherwise; a refusal is never kept."""
    found = {
        "Cache-Control": "private, no-store",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": _PERMISSIONS,
    }
    if path.startswith(_EMBEDDED):
        found["Cross-Origin-Resource-Policy"] = "cross-origin"
    if path.startswith(_PUBLIC) and is_well:
        found["Cache-Control"] = "public, max-age=300"
    if path.startswith(_PAGES):
        found[CSP.HEADER_ENFORCE.value] = build_policy(page_policy())
    return found


def page_policy() -> dict[str, list[str]]:
    """What pages of the back office may load.

    `unsafe-eval` is Alpine's, by which the skin works; inline styles are the skin's and the
    widgets'. No inline script runs.
    """
    media = settings.MEDIA_ORIGINS
    return {
        "default-src": [CSP.SELF],
        "script-src": [CSP.SELF, CSP.UNSAFE_EVAL],
        "style-src": [CSP.SELF, CSP.UNSAFE_INLINE],
        "img-src": [CSP.SELF, "data:", "blob:", *media],
        "media-src": [CSP.SELF, *media],
        "object-src": [CSP.NONE],
        "base-uri": [CSP.NONE],
        # Owners who sign in here are sent on to the shop.
        "form-action": [CSP.SELF, settings.STOREFRONT_URL],
        "frame-ancestors": [CSP.NONE],
    }
