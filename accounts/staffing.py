"""Colleagues come and go: invited, appointed to roles, dismissed, put to rest."""

from datetime import datetime

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import audit, logins, notices, roles, written
from accounts.models import Login, Person
from accounts.notices import Message
from accounts.roles import Role
from kernel.animals import Language
from kernel.refusals import ErrorCode, Invalid, NotAllowed, Refusal


class NotOneself(NotAllowed):
    """Who manages access does not lock themselves out by a slip of the thumb."""

    words = _("You cannot do this to your own account: ask another manager.")


class LastManager(NotAllowed):
    """Somebody must be able to appoint the others."""

    words = _("%(email)s is the last manager: appoint another one first.")


class AccountThereAlready(Refusal):
    """The address has an account, of an owner perhaps: it is appointed, not opened anew."""

    code = ErrorCode.ALREADY_USED
    words = _("%(email)s has an account already: appoint it to a role.")


class AddressUnproved(NotAllowed):
    """Whoever typed the address in may not be whose it is."""

    words = _("Nobody proved yet that %(email)s is theirs: invite them instead.")


def give_role(*, login: Login, role: Role, by: Person | None, at: datetime) -> Login:
    """Appoint an account to a role; an owner's account becomes one of the staff by its first.

    Raises:
        Invalid: the role of machines, which have tokens.
        AddressUnproved: a sign-up that was never entered.
    """
    if role is Role.SERVICE:
        expected = str(_("a role of people: machines have tokens"))
        raise Invalid(path=["input", "role"], value=role, expected=expected)
    with transaction.atomic():
        login = _locked(login)
        if logins.is_unproved(login):
            raise AddressUnproved(email=login.email)
        if not login.groups.filter(name=role).exists():
            roles.appoint(login, role)
            _tell("login.appoint", login, {"role": [None, str(role)]}, by=by, at=at)
    return login


def take_role(*, login: Login, role: Role, by: Person, at: datetime) -> Login:
    """Dismiss an account from a role; with the last one it leaves the back office.

    Raises:
        NotOneself: a manager, from being one.
        LastManager.
    """
    with transaction.atomic():
        login = _locked(login)
        if not login.groups.filter(name=role).exists():
            return login
        if role is Role.MANAGER:
            _refuse_oneself(login, by)
            _refuse_last_manager(login)
        login.groups.remove(Group.objects.get(name=role))
        if not login.groups.exists() and not login.is_superuser:
            Login.objects.filter(pk=login.pk).update(is_staff=False)
        _tell("login.dismiss", login, {"role": [str(role), None]}, by=by, at=at)
    return login


def put_to_rest(*, login: Login, by: Person, at: datetime) -> Login:
    """Shut an account out, wherever it is signed in; its file and what it did stay.

    Raises:
        NotOneself.
        LastManager.
    """
    with transaction.atomic():
        login = _locked(login)
        if not login.is_active:
            return login
        _refuse_oneself(login, by)
        _refuse_last_manager(login)
        Login.objects.filter(pk=login.pk).update(is_active=False)
        for session in UserSession.objects.filter(user=login):
            session.end()
        _tell("login.rest", login, {}, by=by, at=at)
    return login


def wake(*, login: Login, by: Person, at: datetime) -> Login:
    """Let an account in again, with the roles that it had."""
    with transaction.atomic():
        login = _locked(login)
        if not login.is_active:
            Login.objects.filter(pk=login.pk).update(is_active=True)
            _tell("login.wake", login, {}, by=by, at=at)
    return login


def invite_colleague(*, email: str, role: Role, by: Person | None, at: datetime) -> Login:
    """Open an account with a role and tell its owner by mail, who sets a password by a code.

    Nobody invites the first manager but who opens the shop.

    A sign-up under the address that was never proved gives way: anybody may have made it.

    Raises:
        Invalid: not an address, or the role of machines.
        AccountThereAlready.
    """
    address = written.email(email, path=["input", "email"])
    if not address:
        expected = _("an e-mail address such as ada@example.org")
        raise written.refused(email, path=["input", "email"], expected=expected)
    with transaction.atomic():
        logins.free_address(email=address)
        if Login.objects.filter(email=address).exists():
            raise AccountThereAlready(path=["input", "email"], email=address)
        login = logins.open_login(email=address, password=None, at=at, by=by)
        login = give_role(login=login, role=role, by=by, at=at)
        language = Language(by.language) if by else Language.FR
        notices.notify(
            key=f"colleague:{login.pk}",
            recipient=address,
            language=language,
            message=_invitation(address, language),
        )
    return login


def _locked(login: Login) -> Login:
    """The account as it stands; all managers are held, so that two never dismiss each other."""
    list(managers().select_for_update(of=("self",)).order_by("pk"))
    return Login.objects.select_for_update(of=("self",)).get(pk=login.pk)


def managers() -> QuerySet[Login]:
    """Accounts that may appoint others."""
    return Login.objects.filter(is_active=True, is_staff=True, groups__name=Role.MANAGER)


def _refuse_oneself(login: Login, by: Person) -> None:
    if by.login_id == login.pk:
        raise NotOneself


def _refuse_last_manager(login: Login) -> None:
    left = list(managers().values_list("pk", flat=True))
    if left == [login.pk]:
        raise LastManager(email=login.email)


def _tell(
    action: str, login: Login, changes: dict[str, object], *, by: Person | None, at: datetime
) -> None:
    audit.record(action=action, subject=login, by=by, at=at, changes=changes)


def _invitation(address: str, language: Language) -> Message:
    with translation.override(language):
        body = gettext(
            "An account of the clinic's back office is open for %(email)s.\n\n"
            "Choose its password here, by the code that is sent to you: %(reset)s\n"
            "Then sign in: %(back_office)s"
        )
        facts = {
            "email": address,
            "reset": f"{settings.PUBLIC_URL}/account/password/reset/",
            "back_office": f"{settings.PUBLIC_URL}/admin/",
        }
        return Message(subject=gettext("Your account at the clinic"), body=body % facts)
