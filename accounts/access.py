"""Who is asking, and what they may do."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.utils.translation import pgettext_lazy

from accounts import logins
from accounts.models import Address, Login, Person
from accounts.roles import Duty, duties_of
from kernel.refusals import NotAllowed, NotFound


@dataclass(frozen=True, slots=True)
class Viewer:
    """The asker of a request: a guest, an owner, or staff and machines with their duties."""

    person: Person | None = None
    login: Login | None = None
    duties: frozenset[Duty] = frozenset()

    @property
    def actor(self) -> str:
        """A stable name for the asker, in which idempotency keys are theirs alone."""
        if self.login:
            return f"login:{self.login.pk}"
        return f"person:{self.person.pk}" if self.person else "guest"


GUEST = Viewer()


def viewer_of(login: Login) -> Viewer:
    """The person behind an account; a file is opened for one who has none yet.

    Staff have no duties until they have the second factor that is required of them.
    """
    person = logins.person_of(login)
    duties = frozenset() if lacks_second_factor(login) else duties_of(login)
    return Viewer(person=person, login=login, duties=duties)


def lacks_second_factor(login: Login) -> bool:
    """Whether a member of staff must enrol an authenticator app or a passkey before acting.

    Who has one is asked for it at every sign-in, so that having one is having used it.
    """
    return settings.STAFF_SECOND_FACTOR and login.is_staff and not has_second_factor(login)


def has_second_factor(login: Login, *, besides: Authenticator | None = None) -> bool:
    """Recovery codes alone are none: they stand in for one that is lost."""
    kinds = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
    enrolled = Authenticator.objects.filter(user=login, type__in=kinds)
    return bool(enrolled.exclude(pk=besides.pk if besides else None).exists())


def require(viewer: Viewer, duty: Duty) -> Person:
    """The acting person.

    Raises:
        NotAllowed: the viewer's role does not include the duty.
    """
    if viewer.person is None or duty not in viewer.duties:
        raise NotAllowed
    return viewer.person


def person_now(person: Person) -> Person:
    """The file as it stands, after a change of it."""
    return Person.objects.get(pk=person.pk)


def addresses_for(viewer: Viewer) -> list[Address]:
    """The viewer's own addresses, the usual one first."""
    return list(viewer.person.addresses.all()) if viewer.person else []


def address_for(viewer: Viewer, address_id: int | None) -> Address:
    """Raises: NotFound, for somebody else's address as for one that does not exist."""
    own = Address.objects.filter(person=viewer.person) if viewer.person else Address.objects.none()
    found = own.select_related("person").filter(pk=address_id or 0).first()
    if found is None:
        raise NotFound(path=["input", "id"], what=pgettext_lazy("not found", "address"))
    return found


def client_for_staff(
    person_id: int | None,
    *,
    parts: Collection[str] = (),
    path: Sequence[str] = ("input", "id"),
) -> Person:
    """A file, with the parts of it that will be read; the caller has asked their duty.

    Raises:
        NotFound: no such file, or it was erased.
    """
    files = Person.objects.filter(erased_at=None).prefetch_related(*parts)
    found = files.filter(pk=person_id or 0).first()
    if found is None:
        raise NotFound(path=path, what=pgettext_lazy("not found", "client"))
    return found
