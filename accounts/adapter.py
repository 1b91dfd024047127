"""What django-allauth asks of the shop: its mails, its new accounts, its second factors."""

import time
from typing import Any
from uuid import uuid4

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.core.internal.httpkit import is_headless_request
from allauth.headless.internal import sessionkit
from allauth.headless.tokens.strategies.sessions import SessionTokenStrategy
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.sessions.backends.base import SessionBase
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.forms import BaseForm
from django.http import HttpRequest
from django.utils import translation

from accounts import logins, notices
from accounts.models import Login, Person
from accounts.network import client_address
from accounts.notices import Message
from clinic import details, revision
from kernel.animals import Language


def language_now() -> Language:
    """The language in which the request is answered."""
    spoken = (translation.get_language() or "")[:2]
    return Language(spoken) if spoken in Language else Language.FR


def shop_name() -> str:
    return details.public_details(revision.current()).clinic.name or settings.STOREFRONT_URL


class Accounts(DefaultAccountAdapter):
    """Sign-up, sign-in and their mails."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Owners sign up in the shop or its app; the back office's pages are for staff."""
        return bool(is_headless_request(request))

    def clean_email(self, email: str) -> str:
        return email.lower()

    def save_user(
        self,
        request: HttpRequest,
        user: Login,
        form: BaseForm,
        commit: bool = True,  # noqa: FBT001, FBT002
    ) -> Login:
        """A new account, and the file of the person behind it."""
        with transaction.atomic():
            login: Login = super().save_user(request, user, form, commit)
            logins.open_file(login=login, language=language_now())
        return login

    def send_account_already_exists_mail(self, email: str) -> None:
        """Takes as long as opening an account does, so that time does not tell them apart."""
        make_password(uuid4().hex)
        super().send_account_already_exists_mail(email)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Word a mail in its reader's language, for the worker to send."""
        known = Person.objects.filter(login__email=email.lower()).values_list("language", flat=True)
        language = Language(known.first() or language_now())
        facts = {
            "request": self.request,
            "email": email,
            "current_site": {"name": shop_name(), "domain": settings.STOREFRONT_URL},
            **context,
        }
        with translation.override(language.value):
            mail = self.render_mail(template_prefix, email, facts)
        notices.notify(
            key=f"{notices.SECRET}{template_prefix.rpartition('/')[2]}:{uuid4().hex}",
            recipient=email,
            language=language,
            message=Message(subject=mail.subject, body=str(mail.body)),
        )

    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        logins.free_address(email=email_address.email, keep=email_address.user)
        return bool(super().confirm_email(request, email_address))

    def get_client_ip(self, request: HttpRequest) -> str:
        """Raises: PermissionDenied, for a request that comes from nowhere."""
        found = client_address(request.META, now=time.time())
        if found is None:
            raise PermissionDenied("Unable to tell the network address.")
        return found

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """After the back office's own sign-in page: staff go in, owners go to the shop."""
        if isinstance(request.user, Login) and request.user.is_staff:
            return str(super().get_login_redirect_url(request))
        return str(settings.STOREFRONT_URL)


class SecondFactors(DefaultMFAAdapter):
    """Authenticator apps and passkeys, under the clinic's name and the shop's domain."""

    def get_totp_issuer(self) -> str:
        return shop_name()

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        found: dict[str, str] = super().get_public_key_credential_rp_entity()
        return {"id": settings.PASSKEY_DOMAIN or found["id"], "name": shop_name()}


class SessionTokens(SessionTokenStrategy):
    """A phone app's token is the key of its session, found by one query instead of two."""

    def lookup_session(self, session_token: str) -> SessionBase | None:
        session: SessionBase | None = sessionkit.lookup_session(session_token)
        return session
