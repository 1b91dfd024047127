"""What accounts does when something has happened."""

from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.account.models import EmailAddress
from allauth.account.signals import email_changed, email_confirmed
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added
from allauth.usersessions.models import UserSession
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from accounts import claims, erasing, exporting, logins, notices, privacy
from accounts.access import has_second_factor
from accounts.models import Login
from kernel import events


@events.on(notices.NoticeWritten)
def send_notice(event: notices.NoticeWritten) -> None:
    notices.send(event.notice_id, at=timezone.now())


@receiver(email_confirmed)
def trust_the_mailbox_alone(
    request: HttpRequest, email_address: EmailAddress, **_signal: Any
) -> None:
    """A first proof by a sign-in code may come from another than who chose the password."""
    proofs = get_authentication_records(request, email_address.user)
    if proofs and proofs[-1]["method"] == "code":
        logins.distrust_password(login=email_address.user)


@receiver(email_confirmed)
def join_what_was_bought_as_a_guest(email_address: EmailAddress, **_signal: Any) -> None:
    claims.join_guest_person(login=email_address.user, at=timezone.now())


@receiver(email_changed)
def write_on_the_file(user: Login, from_email_address: EmailAddress | None, **_signal: Any) -> None:
    if from_email_address is not None:
        logins.follow_address(login=user, before=from_email_address.email, at=timezone.now())


@receiver(authenticator_added)
def end_sessions_without_second_factor(
    request: HttpRequest, user: Login, authenticator: Authenticator, **_signal: Any
) -> None:
    """Sessions begun before the first second factor were entered without it: this one stays."""
    if has_second_factor(user, besides=authenticator):
        return
    others = UserSession.objects.filter(user=user)
    for session in others.exclude(session_key=request.session.session_key):
        session.end()


@events.on(exporting.ExportRequested)
def make_the_export(event: exporting.ExportRequested) -> None:
    exporting.make_export(event.request_id, at=timezone.now())


@events.on(erasing.ErasureRequested)
def forget_the_person(event: erasing.ErasureRequested) -> None:
    erasing.carry_out(event.request_id, at=timezone.now())


@events.on(privacy.FilesOrphaned)
def delete_the_files(event: privacy.FilesOrphaned) -> None:
    privacy.delete_files(event)


@events.on(claims.FileClaimStarted)
def send_the_code(event: claims.FileClaimStarted) -> None:
    claims.send_code(event.claim_id)
