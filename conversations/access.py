"""The door to conversations: askers see theirs, staff what is confirmed."""

from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import pgettext_lazy

from accounts import audit
from accounts.access import Viewer
from accounts.models import Login, Person
from accounts.roles import DUTIES, Duty
from clinic.models import Place
from conversations.links import LinkKind, LinkRefused, thread_behind
from conversations.models import Thread
from kernel.refusals import NotFound
from orders.models import Order

_PARTS = ("person", "place", "pet", "product", "order", "assignee", "public_question")


def threads_of(viewer: Viewer) -> QuerySet[Thread]:
    """What the viewer asked, the latest first: with their file, or from their proved address."""
    own = Q(pk=None)
    if viewer.person:
        own |= Q(person=viewer.person)
    if viewer.login:
        address = viewer.login.email
        own |= Q(person=None, email=address, confirmed_at__isnull=False)
    return Thread.objects.filter(own).order_by("-asked_at", "-pk")


def thread_of(viewer: Viewer, thread_id: int | None) -> Thread:
    """A conversation that the viewer began. Raises: NotFound."""
    return _found(threads_of(viewer), thread_id)


def thread_for_staff(thread_id: int | None) -> Thread:
    """Any that was confirmed; the caller has asked their duty. Raises: NotFound."""
    return _found(Thread.objects.filter(confirmed_at__isnull=False), thread_id)


def open_thread(viewer: Viewer, thread_id: int | None, *, at: datetime) -> Thread:
    """A conversation that the viewer reads, theirs or as staff; staff's reading is written down.

    Raises:
        NotFound: there is none, or it is none of the viewer's business.
    """
    if Duty.ANSWER_QUESTIONS not in viewer.duties:
        return thread_of(viewer, thread_id)
    thread = thread_for_staff(thread_id)
    if viewer.person is None or thread.person_id != viewer.person.pk:
        audit.record(action="question.read", subject=thread, by=viewer.person, at=at)
    return thread


def thread_by_link(viewer: Viewer, token: str, *, at: datetime) -> Thread:
    """The conversation that a mailed link opens; one of a person with an account asks for it.

    Raises:
        LinkRefused: forged, too old, not confirmed, or of somebody who signs in for it.
    """
    thread = thread_behind(token, LinkKind.READ, at=at)
    owner = thread.person
    is_guarded = owner is not None and owner.login_id is not None
    if thread.confirmed_at is None or (is_guarded and viewer.person != owner):
        raise LinkRefused(path=["input", "token"])
    return thread


def _found(threads: QuerySet[Thread], thread_id: int | None) -> Thread:
    found = threads.select_related(*_PARTS).filter(pk=thread_id).first() if thread_id else None
    if found is None:
        raise NotFound(path=["input", "id"], what=pgettext_lazy("not found", "question"))
    return found


def thread_asked(thread_id: int) -> Thread:
    """What the asker of this request has just written, with its parts."""
    return Thread.objects.select_related(*_PARTS).get(pk=thread_id)


def order_asked_about(orders: QuerySet[Order], order_id: UUID | None) -> Order:
    """One of the orders that a question may be about. Raises: NotFound."""
    found = orders.filter(pk=order_id).first() if order_id else None
    if found is None:
        raise NotFound(path=["input", "orderId"], what=pgettext_lazy("not found", "order"))
    return found


def place_asked(name: str | None) -> Place:
    """The place that a question goes to: the one named, or the clinic's first. Raises: NotFound."""
    places = Place.objects.filter(is_active=True).order_by("pk")
    found = (places if name is None else places.filter(name=name)).first()
    if found is None:
        raise NotFound(path=["input", "place"], what=pgettext_lazy("not found", "place"))
    return found


def answerers() -> list[Person]:
    """Who may be put in charge of a question, by name; at most a hundred."""
    roles = [role for role, duties in DUTIES.items() if Duty.ANSWER_QUESTIONS in duties]
    logins = Login.objects.filter(is_active=True, is_staff=True)
    able = logins.filter(Q(groups__name__in=map(str, roles)) | Q(is_superuser=True))
    people = Person.objects.filter(login__in=able.values("pk"), erased_at=None)
    return list(people.order_by("name_key", "pk")[:100])


def answerer(person_id: int | None) -> Person:
    """Raises: NotFound."""
    found = next((each for each in answerers() if each.pk == person_id), None)
    if found is None:
        raise NotFound(path=["input", "assigneeId"], what=pgettext_lazy("not found", "colleague"))
    return found
