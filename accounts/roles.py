"""What each kind of staff may do, as data."""

from enum import StrEnum
from types import MappingProxyType

from django.contrib.auth.models import Group, Permission
from django.db.models import Q

from accounts.models import Login


class Role(StrEnum):
    """Staff roles; a vet is not an assistant."""

    MANAGER = "manager"
    CATALOGUE = "catalogue"
    ORDERS = "orders"
    VET = "vet"
    ASSISTANT = "assistant"
    CONVERSATIONS = "conversations"
    SERVICE = "service"


class Duty(StrEnum):
    """What a role lets people do; GraphQL fields and admin pages name the duty that they ask."""

    MANAGE_CATALOGUE = "manage_catalogue"
    SET_PRICES = "set_prices"
    RECEIVE_STOCK = "receive_stock"
    READ_CLIENTS = "read_clients"
    EDIT_CLIENTS = "edit_clients"
    MERGE_CLIENTS = "merge_clients"
    RECORD_BODY = "record_body"
    RECORD_HEALTH = "record_health"
    MANAGE_ACCESS = "manage_access"
    READ_ORDERS = "read_orders"
    FULFIL_ORDERS = "fulfil_orders"
    REFUND_ORDERS = "refund_orders"
    MANAGE_DELIVERY = "manage_delivery"
    APPROVE_PRODUCTS = "approve_products"
    MODERATE_REVIEWS = "moderate_reviews"
    ANSWER_QUESTIONS = "answer_questions"
    WRITE_ADVICE = "write_advice"
    PUBLISH_ADVICE = "publish_advice"
    OVERRIDE_CLAIMS = "override_claims"


DUTIES: MappingProxyType[Role, frozenset[Duty]] = MappingProxyType(
    {
        # A finding is a vet's to make, and so are an approval and a word on what heals: a managing
        # vet has both roles.
        Role.MANAGER: frozenset(Duty)
        - {Duty.RECORD_HEALTH, Duty.APPROVE_PRODUCTS, Duty.OVERRIDE_CLAIMS},
        Role.CATALOGUE: frozenset(
            {Duty.MANAGE_CATALOGUE, Duty.SET_PRICES, Duty.RECEIVE_STOCK, Duty.WRITE_ADVICE}
        ),
        Role.ORDERS: frozenset(
            {
                Duty.RECEIVE_STOCK,
                Duty.READ_ORDERS,
                Duty.FULFIL_ORDERS,
                Duty.REFUND_ORDERS,
                Duty.MANAGE_DELIVERY,
            }
        ),
        Role.VET: frozenset(
            {
                Duty.READ_CLIENTS,
                Duty.RECORD_BODY,
                Duty.RECORD_HEALTH,
                Duty.READ_ORDERS,
                Duty.APPROVE_PRODUCTS,
                Duty.ANSWER_QUESTIONS,
                Duty.WRITE_ADVICE,
                Duty.PUBLISH_ADVICE,
                Duty.OVERRIDE_CLAIMS,
            }
        ),
        Role.ASSISTANT: frozenset(
            {
                Duty.RECEIVE_STOCK,
                Duty.READ_CLIENTS,
                Duty.EDIT_CLIENTS,
                Duty.RECORD_BODY,
                Duty.READ_ORDERS,
                Duty.FULFIL_ORDERS,
                Duty.ANSWER_QUESTIONS,
                Duty.WRITE_ADVICE,
            }
        ),
        Role.CONVERSATIONS: frozenset({Duty.MODERATE_REVIEWS, Duty.ANSWER_QUESTIONS}),
        Role.SERVICE: frozenset({Duty.SET_PRICES, Duty.RECEIVE_STOCK}),
    }
)

#: Pages of the back office by role: Django's own permissions, of a whole app or one by one.
_PAGES_OF_FILES = ("accounts.view_person", "accounts.view_privacyrequest", "pets.view_pet")
_ADMIN_PAGES: MappingProxyType[Role, tuple[str, ...]] = MappingProxyType(
    {
        Role.MANAGER: ("clinic", "accounts", "pets", "catalog", "advice", "django_ox"),
        Role.CATALOGUE: ("catalog", "advice"),
        Role.ORDERS: (),
        Role.VET: (*_PAGES_OF_FILES, "advice"),
        Role.ASSISTANT: (*_PAGES_OF_FILES, "advice"),
        Role.CONVERSATIONS: (),
        Role.SERVICE: (),
    }
)


def duties_of(login: Login) -> frozenset[Duty]:
    """Everything that an account may do for the clinic."""
    if not login.is_active or not login.is_staff:
        return frozenset()
    if login.is_superuser:
        return frozenset(Duty)
    names = login.groups.values_list("name", flat=True)
    roles = (Role(name) for name in names if name in Role)
    return frozenset().union(*(DUTIES[role] for role in roles))


def prepare_groups() -> None:
    """Make a group of each role, with the pages of the back office that it opens; repeatable."""
    for role in Role:
        group, _is_new = Group.objects.get_or_create(name=role)
        opened = Q(pk=None)
        for name in _ADMIN_PAGES[role]:
            app, _dot, codename = name.partition(".")
            page = Q(content_type__app_label=app)
            opened |= page & Q(codename=codename) if codename else page
        group.permissions.set(Permission.objects.filter(opened))


def appoint(login: Login, role: Role) -> None:
    """Give an account a role and the key of the back office."""
    if not Group.objects.filter(name=role).exists():
        prepare_groups()
    login.groups.add(Group.objects.get(name=role))
    Login.objects.filter(pk=login.pk).update(is_staff=True)
