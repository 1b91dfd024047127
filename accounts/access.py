"""Who is asking, and what they may do."""

from dataclasses import dataclass

from accounts.models import Login, Person
from accounts.roles import Duty, duties_of
from kernel.refusals import NotAllowed


@dataclass(frozen=True, slots=True)
class Viewer:
    """The asker of a request: a guest, an owner, or staff with their duties."""

    person: Person | None = None
    login: Login | None = None
    duties: frozenset[Duty] = frozenset()

    @property
    def actor(self) -> str:
        """A stable name for the asker, in which idempotency keys are theirs alone."""
        return f"login:{self.login.pk}" if self.login else "guest"


GUEST = Viewer()


def viewer_of(login: Login) -> Viewer:
    """The person behind an account; a file is opened for one who has none yet."""
    person, _is_new = Person.objects.get_or_create(login=login, defaults={"email": login.email})
    return Viewer(person=person, login=login, duties=duties_of(login))


def require(viewer: Viewer, duty: Duty) -> Person:
    """The acting person.

    Raises:
        NotAllowed: the viewer's role does not include the duty.
    """
    if viewer.person is None or duty not in viewer.duties:
        raise NotAllowed
    return viewer.person
