"""What staff read for codes, days and moments, in their language."""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from enum import StrEnum

from django.utils import formats, timezone
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.roles import Duty, Role
from accounts.vocabulary import AddressDoubt, Fate, Origin, PrivacyKind, PrivacyState, Purpose
from kernel import animals
from kernel.animals import Language

type Choices = list[tuple[str, str | Promise]]

LANGUAGES: dict[Language, str | Promise] = {Language.FR: _("French"), Language.EN: _("English")}
ORIGINS: dict[Origin, str | Promise] = {
    Origin.OWNER: _("told by the owner"),
    Origin.STAFF: _("noted by the clinic"),
    Origin.IMPORT: _("from the practice's software"),
    Origin.DEVICE: _("measured by a device"),
}
PURPOSES: dict[Purpose, str | Promise] = {
    Purpose.MARKETING_EMAIL: _("Offers by e-mail"),
    Purpose.SUGGESTIONS: _("Suggestions for each pet"),
    Purpose.SHARING: _("Sharing with others"),
}
DOUBTS: dict[AddressDoubt, str | Promise] = {
    AddressDoubt.UNKNOWN_POSTAL_CODE: _("This postal code is not in the official list."),
    AddressDoubt.CITY_NOT_IN_POSTAL_CODE: _("This commune does not have this postal code."),
    AddressDoubt.LINE_TOO_LONG: _("A line is too long for the carrier's label."),
}
PRIVACY_KINDS: dict[PrivacyKind, str | Promise] = {
    PrivacyKind.EXPORT: _("Archive of the data"),
    PrivacyKind.ERASE: _("Erasure"),
}
PRIVACY_STATES: dict[PrivacyState, str | Promise] = {
    PrivacyState.REQUESTED: _("waits"),
    PrivacyState.DONE: _("done"),
    PrivacyState.FAILED: _("failed"),
}
FATES: dict[Fate, str | Promise] = {
    Fate.DELETE: _("erased"),
    Fate.PSEUDONYMISE: _("kept without the name"),
    Fate.KEEP: _("kept"),
}
ROLES: dict[Role, str | Promise] = {
    Role.MANAGER: _("Manager"),
    Role.CATALOGUE: _("Catalogue"),
    Role.ORDERS: _("Orders"),
    Role.VET: _("Vet"),
    Role.ASSISTANT: _("Assistant"),
    Role.CONVERSATIONS: _("Conversations"),
    Role.SERVICE: _("Machine"),
}
DUTIES: dict[Duty, str | Promise] = {
    Duty.MANAGE_CATALOGUE: _("edit and publish products"),
    Duty.SET_PRICES: _("set prices"),
    Duty.RECEIVE_STOCK: _("book deliveries"),
    Duty.READ_CLIENTS: _("read the files of clients and pets"),
    Duty.EDIT_CLIENTS: _("change the files of clients and pets"),
    Duty.MERGE_CLIENTS: _("merge and erase the files of clients"),
    Duty.RECORD_BODY: _("note the weight and the shape of an animal"),
    Duty.RECORD_HEALTH: _("note what a vet finds"),
    Duty.MANAGE_ACCESS: _("appoint colleagues and give tokens"),
    Duty.READ_ORDERS: _("read the orders"),
    Duty.FULFIL_ORDERS: _("send the orders"),
    Duty.REFUND_ORDERS: _("give money back"),
    Duty.MANAGE_DELIVERY: _("set zones, slots and their room"),
    Duty.APPROVE_PRODUCTS: _("agree to what an animal is to be given"),
    Duty.MODERATE_REVIEWS: _("publish, refuse and answer reviews"),
    Duty.ANSWER_QUESTIONS: _("answer questions and complaints"),
    Duty.WRITE_ADVICE: _("write articles and videos"),
    Duty.PUBLISH_ADVICE: _("publish articles and videos"),
    Duty.OVERRIDE_CLAIMS: _("let a marked word stand beside a food"),
}

_PICTURE = (
    '<img src="{}" alt="" loading="lazy" class="flex-none" '
    'style="border-radius: 6px; height: 48px; object-fit: cover; width: 48px">'
)
_SHOWN = (
    '<span class="flex gap-3 items-center">{}<span><b class="block font-medium text-important">'
    '{}</b><span class="text-subtle">{}</span></span></span>'
)


def language() -> Language:
    """The language that the page is shown in."""
    return Language.EN if (get_language() or "").startswith("en") else Language.FR


def animal(word: StrEnum) -> str:
    return animals.label(word, language())


def choices[Word: StrEnum](
    words: Iterable[Word], label: Callable[[Word], str | Promise], *, blank: bool = False
) -> Callable[[], Choices]:
    """Choices worded when the form is shown, in the language of the moment."""

    def worded() -> Choices:
        none: Choices = [("", "—")] if blank else []
        return none + [(word.value, label(word)) for word in words]

    return worded


def shown(title: str, subtitle: str, picture: str = "") -> SafeString:
    """A row's name over what tells it from others, beside its picture."""
    image = format_html(_PICTURE, picture) if picture else ""
    return format_html(_SHOWN, image, title, subtitle)


def badge(words: str | Promise, colour: str = "base") -> SafeString:
    """A word in a box: green, orange, red or base (grey)."""
    return format_html(
        '<span class="inline-block font-semibold h-6 leading-6 px-2 rounded-default text-[11px] '
        'uppercase whitespace-nowrap {}">{}</span>',
        _COLOURS[colour],
        words,
    )


_COLOURS = {
    "green": "bg-green-100 text-green-700 dark:bg-green-500/20 dark:text-green-400",
    "orange": "bg-orange-100 text-orange-700 dark:bg-orange-500/20 dark:text-orange-400",
    "red": "bg-red-100 text-red-700 dark:bg-red-500/20 dark:text-red-400",
    "base": "bg-base-500/8 text-base-700 dark:bg-base-500/20 dark:text-base-200",
}


def moment(at: datetime | None) -> str:
    """A moment of the clinic's clock: `3 juin 2026 09:00`."""
    if at is None:
        return "—"
    return formats.date_format(timezone.localtime(at), "DATETIME_FORMAT")


def day(of: date | None) -> str:
    return "—" if of is None else formats.date_format(of, "DATE_FORMAT")
