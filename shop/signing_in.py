"""How people sign in, as data for django-allauth; docs/api.md shows it from the outside.

Codes rather than links: a phone's owner types what the mail says into the screen that is open, and
a sign-up begun in an app ends in that app.
"""

from typing import Final

#: Headers that browsers may send to the sign-in pages and to /graphql/, beside the usual ones.
SIGN_IN_HEADERS: Final = ("x-session-token", "x-email-verification-key", "x-password-reset-key")

ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_PREVENT_ENUMERATION = "strict"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 10 * 60
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = 10 * 60
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_RATE_LIMITS = {
    # Per address of the network (ip), account (user), or e-mail typed in (key).
    "login": "30/m/ip",
    "login_failed": "10/m/ip,5/5m/key",
    "request_login_code": "20/m/ip,3/m/key,20/h/key",
    "signup": "20/m/ip",
    "confirm_email": "1/10s/key,20/h/key",
    "reset_password": "20/m/ip,3/m/key,20/h/key",
    "reset_password_from_key": "20/m/ip",
    "change_password": "5/m/user",
    "manage_email": "10/m/user",
    "reauthenticate": "10/m/user",
    # Of guests alone: who is signed in has limits of their own.
    "ask_question": "10/h/ip",
    "report_review": "20/h/ip",
}

MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_PASSKEY_SIGNUP_ENABLED = True
MFA_TOTP_TOLERANCE = 1
# A passkey stands for both factors only if the phone asked for the finger, the face or the PIN.
MFA_WEBAUTHN_USER_VERIFICATION = "required"

HEADLESS_CLIENTS = ("browser", "app")


def pages_of(storefront: str) -> dict[str, str]:
    """The pages of the site that mails point to."""
    return {
        "account_signup": f"{storefront}/signup",
        "account_reset_password": f"{storefront}/password/reset",
    }
