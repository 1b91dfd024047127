"""Resetting a password by code, without telling whether the address has an account.

allauth 65.21 tells it twice: a code sent by GET fails with a 500 where there is no account, and a
weak password beside a wrong code is complained of only where there is one.
"""

from typing import Any

from allauth.headless.account.inputs import ResetPasswordInput, ResetPasswordKeyInput
from allauth.headless.account.response import PasswordResetKeyResponse
from allauth.headless.account.views import ResetPasswordView
from allauth.headless.internal.restkit.response import ErrorResponse
from django.http import HttpRequest, HttpResponse


class CodeThenPassword(ResetPasswordInput):
    """The password is looked at once the code is right."""

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = self.cleaned_data if self.errors else super().clean()
        return found


class ResetPassword(ResetPasswordView):
    """GET asks whether a code is right, POST changes the password by it."""

    input_class = CodeThenPassword

    def get(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        key = request.headers.get("X-Password-Reset-Key", "")
        # Without an account there is no code, and nothing equals it.
        given = ResetPasswordKeyInput({"key": key}, code=self.process.code)
        if not given.is_valid():
            self.process.record_invalid_attempt()
            refused: HttpResponse = ErrorResponse(request, input=given)
            return refused
        self.process.confirm_code()
        right: HttpResponse = PasswordResetKeyResponse(request, self.process.user)
        return right
