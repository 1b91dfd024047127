"""Accounts opened, their addresses proved and changed."""

from datetime import datetime, timedelta
from typing import Final

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models import QuerySet

from accounts import audit
from accounts.models import Login, Person
from kernel.animals import Language

UNPROVED_KEPT_FOR: Final = timedelta(days=30)


def open_login(
    *,
    email: str,
    password: str | None,
    at: datetime,
    by: Person | None = None,
    person: Person | None = None,
) -> Login:
    """An account that the shop itself vouches for: its address needs no proving.

    Without a password nobody enters by one, until it is set by a code sent to the address.
    `person` is the file that it opens, where there is one without an account.
    """
    with transaction.atomic():
        login = Login.objects.create_user(email, password)
        EmailAddress.objects.create(user=login, email=login.email, primary=True, verified=True)
        if person is None:
            person = open_file(login=login, language=Language.FR)
        else:
            person.login, person.email = login, login.email
            person.save(update_fields=["login", "email"])
        audit.record(action="login.open", subject=login, by=by or person, at=at)
    return login


def person_of(login: Login) -> Person:
    """The person behind an account, who came with it; a file is opened for one who has none yet."""
    try:
        return login.person
    except Person.DoesNotExist:
        return open_file(login=login, language=Language.FR)


def open_file(*, login: Login, language: Language) -> Person:
    """The client file of an account; the one that is there already stays as it is."""
    person, _is_new = Person.objects.get_or_create(
        login=login, defaults={"email": login.email, "language": language}
    )
    return person


def free_address(*, email: str, keep: Login | None = None) -> None:
    """Remove sign-ups under an address that were never proved, before another account takes it."""
    _forget(_unproved().filter(email=email.lower()).exclude(pk=keep.pk if keep else 0))


def is_unproved(login: Login) -> bool:
    """Whether nobody showed yet that the address of an account is theirs."""
    return _unproved().filter(pk=login.pk).exists()


def forget_unproved(*, at: datetime) -> int:
    """Remove the sign-ups whose address nobody proved in a month; gives how many."""
    return _forget(_unproved().filter(joined_at__lt=at - UNPROVED_KEPT_FOR))


def _unproved() -> QuerySet[Login]:
    """Accounts that nobody ever entered, so that nothing hangs on them."""
    never_entered = Login.objects.filter(last_login=None, is_staff=False, is_superuser=False)
    return never_entered.exclude(emailaddress__verified=True).filter(emailaddress__isnull=False)


def _forget(logins: QuerySet[Login]) -> int:
    with transaction.atomic():
        keys = list(logins.values_list("pk", flat=True).distinct())
        Person.objects.filter(login__in=keys).delete()
        Login.objects.filter(pk__in=keys).delete()
    return len(keys)


def follow_address(*, login: Login, before: str, at: datetime) -> None:
    """Write a changed address on the client's file, unless the file named another contact."""
    with transaction.atomic():
        person = Person.objects.select_for_update().filter(login=login, email=before).first()
        if person is None or before == login.email:
            return
        person.email = login.email
        person.version += 1
        person.save(update_fields=["email", "version"])
        changes = {"email": [before, login.email]}
        audit.record(action="person.email", subject=person, by=person, at=at, changes=changes)


def distrust_password(*, login: Login) -> None:
    """Forget a password chosen before the address was proved, by whoever typed the address in.

    Otherwise a stranger could sign up with somebody's address, wait for them to enter by a code
    of theirs, and enter after them.
    """
    login.set_unusable_password()
    login.save(update_fields=["password"])
