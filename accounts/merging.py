"""Two files on one client become one: whatever named the other file names the kept one."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from django.db import IntegrityError, models, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts import audit, erasing
from accounts.models import Address, Person
from kernel.refusals import ErrorCode, Invalid, NotAllowed, NotFound, Refusal
from kernel.text_index.analysis import fold

_MOST_CANDIDATES = 500
_FILLED = ("first_name", "last_name", "email", "phone")


class TwoAccounts(Refusal):
    """Each file has an account, and a person has one."""

    code = ErrorCode.ALREADY_USED
    words = _("Both files have an account: their owner must close one of them first.")


class ErasureAwaited(NotAllowed):
    """One of the two is about to be erased: merged, the other would be erased with it."""

    words = _("One of these files waits to be erased: merge nothing into it.")


@dataclass(frozen=True, slots=True)
class Moved:
    """Rows of one table that go over to the kept file; those it has already are dropped."""

    what: str
    rows: int
    dropped: int = 0


def preview_merge(*, kept: Person, other: Person) -> list[Moved]:
    """What would go over from the other file, by table; nothing is written."""
    found = [
        Moved(what=_named(key), rows=_rows(key, other).count())
        for key in _keys_to_people()
        if kept.pk != other.pk
    ]
    return [each for each in found if each.rows]


def merge_people(
    *, kept: Person, other: Person, by: Person | None, at: datetime
) -> tuple[Person, list[Moved]]:
    """Make one file of two: rows move, empty fields of the kept one are filled, the other goes.

    Every foreign key to Person is found by walking the models, those of later apps too. A row that
    the kept file has already (both look after the same pet) is dropped. Of two usual addresses the
    kept file's stays the usual one. Consents become one history, whose latest row is in force.

    Raises:
        Invalid: a file and itself.
        NotFound: a file that is gone, or was erased.
        TwoAccounts: both have a login.
        ErasureAwaited: one of them waits to be erased.
    """
    if kept.pk == other.pk:
        raise Invalid(path=["input", "otherId"], value=other.pk, expected=str(_("another file")))
    with transaction.atomic():
        kept, other = _locked(kept, other)
        if kept.login_id and other.login_id:
            raise TwoAccounts(path=["input", "otherId"])
        if erasing.awaits_erasure(kept) or erasing.awaits_erasure(other):
            raise ErasureAwaited(path=["input", "otherId"])
        if Address.objects.filter(person=kept, is_default=True).exists():
            Address.objects.filter(person=other, is_default=True).update(is_default=False)
        moved = [_move(key, kept, other) for key in _keys_to_people()]
        moved = [each for each in moved if each.rows or each.dropped]
        filled = _fill(kept, other)
        audit.record(
            action="person.merge",
            subject=kept,
            by=kept if by is not None and by.pk == other.pk else by,
            at=at,
            changes={
                "other": other.pk,
                "filled": filled,
                "moved": {each.what: [each.rows, each.dropped] for each in moved},
            },
        )
        other.delete()
    return kept, moved


def duplicates_of(person: Person, *, first: int = 24) -> list[Person]:
    """Other files of the same name with the same e-mail, phone or postal code, oldest first."""
    same = Q(addresses__postal_code__in=person.addresses.values("postal_code"))
    if person.email:
        same |= Q(email__iexact=person.email)
    if person.phone:
        same |= Q(phone=person.phone)
    found = Person.objects.filter(same, erased_at=None).exclude(pk=person.pk)
    name = _name(person.first_name, person.last_name)
    near = found.distinct().order_by("pk")[:_MOST_CANDIDATES]
    alike = [each for each in near if name and _name(each.first_name, each.last_name) == name]
    return alike[:first]


def likely_duplicates(*, first: int = 24) -> list[tuple[Person, Person]]:
    """Pairs of files that are likely one client's, oldest first; reads every file's name once."""
    names: dict[str, list[int]] = defaultdict(list)
    living = Person.objects.filter(erased_at=None).order_by("pk")
    for key, first_name, last_name in living.values_list("pk", "first_name", "last_name"):
        name = _name(first_name, last_name)
        if name:
            names[name].append(key)
    pairs: list[tuple[Person, Person]] = []
    for keys in names.values():
        if len(keys) > 1 and len(pairs) < first:
            pairs += islice(_pairs_among(keys), first - len(pairs))
    return pairs


def files_like_another() -> int:
    """How many files have the name and a contact or a postal code of an older one; one statement.

    Names are compared as they are folded, so that of compound names some are told apart here which
    `likely_duplicates` takes for one.
    """
    # Three queries out: past the other's addresses and the other file, to the one that is counted.
    counted = OuterRef(OuterRef(OuterRef("pk")))
    codes = Address.objects.filter(person=counted).values("postal_code")
    neighbours = Exists(Address.objects.filter(person=OuterRef("pk"), postal_code__in=codes))
    same = ~Q(email="") & Q(email__iexact=OuterRef("email"))
    same |= ~Q(phone="") & Q(phone=OuterRef("phone"))
    older = Person.objects.filter(
        same | neighbours, name_key=OuterRef("name_key"), pk__lt=OuterRef("pk"), erased_at=None
    )
    named = Person.objects.filter(erased_at=None).exclude(name_key__in=("", " "))
    return named.filter(Exists(older)).count()


def _pairs_among(keys: list[int]) -> Iterable[tuple[Person, Person]]:
    """Pairs among files of one name that share a contact or a postal code."""
    people = Person.objects.filter(pk__in=keys[:_MOST_CANDIDATES]).prefetch_related("addresses")
    signs = [(person, _signs(person)) for person in people.order_by("pk")]
    for place, (person, mine) in enumerate(signs):
        for later, theirs in signs[place + 1 :]:
            if mine & theirs:
                yield person, later


def _signs(person: Person) -> set[str]:
    codes = {f"code:{each.postal_code}" for each in person.addresses.all()}
    contacts = {f"email:{person.email.lower()}", f"phone:{person.phone}"}
    return codes | (contacts - {"email:", "phone:"})


def _name(first_name: str, last_name: str) -> str:
    return " ".join(fold(f"{first_name} {last_name}").replace("-", " ").split())


def _locked(kept: Person, other: Person) -> tuple[Person, Person]:
    keys = [kept.pk, other.pk]
    found = Person.objects.select_for_update().filter(pk__in=keys, erased_at=None).order_by("pk")
    rows = {each.pk: each for each in found}
    if len(rows) < len(keys):
        raise NotFound(path=["input"], what=_("client"))
    return rows[kept.pk], rows[other.pk]


def _keys_to_people() -> list[models.ForeignObjectRel]:
    """Every foreign key to Person, hidden ones and those of many-to-many tables included."""
    return [
        each
        for each in Person._meta.get_fields(include_hidden=True)  # noqa: SLF001
        if isinstance(each, models.ForeignObjectRel) and (each.one_to_many or each.one_to_one)
    ]


def _rows(key: models.ForeignObjectRel, person: Person) -> models.QuerySet[Any]:
    manager: models.Manager[Any] = key.related_model._base_manager  # noqa: SLF001
    return manager.filter(**{key.field.name: person})


def _named(key: models.ForeignObjectRel) -> str:
    return f"{key.related_model._meta.label_lower}.{key.field.name}"  # noqa: SLF001


def _move(key: models.ForeignObjectRel, kept: Person, other: Person) -> Moved:
    """All at once; row by row where a constraint forbids some of them."""
    try:
        with transaction.atomic():
            return Moved(_named(key), _rows(key, other).update(**{key.field.name: kept}))
    except IntegrityError:
        moved = [_move_row(key, row.pk, kept, other) for row in _rows(key, other).order_by("pk")]
        return Moved(_named(key), moved.count(True), moved.count(False))


def _move_row(key: models.ForeignObjectRel, pk: object, kept: Person, other: Person) -> bool:
    row = _rows(key, other).filter(pk=pk)
    try:
        with transaction.atomic():
            row.update(**{key.field.name: kept})
    except IntegrityError:
        row.delete()
        return False
    return True


def _fill(kept: Person, other: Person) -> list[str]:
    """What the kept file lacks and the other has; the names of the fields, never their words."""
    filled = [name for name in _FILLED if not getattr(kept, name) and getattr(other, name)]
    for name in filled:
        setattr(kept, name, getattr(other, name))
    since = [each for each in (kept.known_since, other.known_since) if each]
    kept.known_since = min(since, default=None)
    if other.login_id:
        # Their owner chose the language of a file that has an account.
        kept.login, kept.language = other.login, other.language
        Person.objects.filter(pk=other.pk).update(login=None)
        other.login = None
        filled += ["login"]
    kept.version += 1
    kept.save(update_fields=[*_FILLED, "name_key", "known_since", "login", "language", "version"])
    return filled
