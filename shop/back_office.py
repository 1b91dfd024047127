"""The back office's door: signed in through django-allauth, with a second factor where required."""

from typing import Any

from allauth.account.decorators import secure_admin_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from unfold.sites import UnfoldAdminSite

from accounts.access import lacks_second_factor
from accounts.models import Login


class BackOffice(UnfoldAdminSite):
    """Staff only; who must enrol a second factor sees the page for that and nothing else."""

    def has_permission(self, request: HttpRequest) -> bool:
        return bool(super().has_permission(request)) and not _must_enrol(request)

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Never asks for a password itself: limits and second factor hold on allauth's pages."""
        if _must_enrol(request):
            return redirect("mfa_index")
        response: HttpResponse = secure_admin_login(super().login)(request, extra_context)
        return response


def _must_enrol(request: HttpRequest) -> bool:
    return isinstance(request.user, Login) and lacks_second_factor(request.user)
