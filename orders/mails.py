"""Everything that the buyer of an order is told by mail, worded from plain facts.

A template a kind and a language (`templates/orders/mail/`); subjects name the order and nothing
else, for a subject line is read over shoulders.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.formats import date_format
from django.utils.translation import override

from accounts import notices
from accounts.notices import Message
from catalog.regulation import Withdrawal, rule_for
from clinic import details, revision
from clinic.details import PARIS, PublicDetails
from kernel.animals import Language
from kernel.money import Money
from orders.invoice_content import delivered_to
from orders.letters import Letter, letter_of
from orders.models import Order, OrderLine
from orders.vocabulary import CancelReason, DeliveryMethod, MailKind
from orders.wording import METHODS, address_lines, money_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a mail says beside its order; what is left empty is left out.

    `occasion` tells apart mails of one kind (a parcel, a refund): each is told once. `names` are
    products, or pets for an approval; `moment` is when it was delivered or withdrawn.
    """

    occasion: str = ""
    document_url: str = ""
    names: Sequence[str] = ()
    amount: Money | None = None
    moment: datetime | None = None
    until: datetime | None = None
    approved: bool = False
    note: str = ""
    carrier: str = ""
    tracking: str = ""
    tracking_url: str = ""
    is_part: bool = False


NOTHING: Final = Facts()

#: (French, English).
_CANCELLED: Final = {
    CancelReason.PAYMENT_ABANDONED: (
        "Le paiement n’a pas été mené à son terme.",
        "The payment was not completed.",
    ),
    CancelReason.PAYMENT_EXPIRED: (
        "Le paiement n’est pas arrivé à temps.",
        "The payment did not arrive in time.",
    ),
    CancelReason.APPROVAL_DECLINED: (
        "Le vétérinaire n’a pas donné son accord.",
        "The vet did not agree.",
    ),
    CancelReason.APPROVAL_EXPIRED: (
        "Le vétérinaire n’a pas pu répondre à temps.",
        "The vet could not answer in time.",
    ),
    CancelReason.BY_OWNER: ("Vous l’avez demandé.", "You asked for it."),
    CancelReason.BY_STAFF: (
        "La clinique a dû l’annuler : appelez-nous pour en savoir plus.",
        "The clinic had to cancel it: call us to know more.",
    ),
}


def tell(order: Order, kind: MailKind, *, at: datetime, facts: Facts = NOTHING) -> bool:
    """Write a mail for the worker to send; False when it was told before, or to nobody.

    `at` stands for `facts.moment` where there is none.
    """
    if not order.email:
        return False
    occasion = f":{facts.occasion}" if facts.occasion else ""
    letter = worded(order, kind, facts=facts, at=at)
    return notices.notify(
        key=f"order:{order.number}:{kind}{occasion}",
        recipient=order.email,
        language=Language(order.language),
        message=Message(subject=letter.subject, body=letter.text, html=letter.html),
    )


def worded(order: Order, kind: MailKind, *, facts: Facts, at: datetime) -> Letter:
    """A mail in the language of its order."""
    language = Language(order.language)
    public = details.public_details(revision.current())
    with override(language):
        markup = render_to_string(
            f"orders/mail/{language}/{kind}.html",
            {
                "language": language,
                "first_name": order.contact.get("first_name", ""),
                "clinic": _clinic(public, order),
                "order": _order(order, language, public),
                "facts": _facts(facts, language, at),
                "withdrawal_url": f"{settings.STOREFRONT_URL}/withdrawal",
                "words": {
                    "total": _said(("Total TTC", "Total incl. VAT"), language),
                    "reduction": _said(("Remise", "Discount"), language),
                },
            },
        )
    return letter_of(markup)


def _said(words: tuple[str, str], language: Language) -> str:
    french, english = words
    return french if language is Language.FR else english


def _clinic(public: PublicDetails, order: Order) -> dict[str, str]:
    clinic, place = public.clinic, order.place
    return {
        "name": clinic.name,
        "legal_name": clinic.legal_name or clinic.name,
        "address": f"{place.street}, {place.postal_code} {place.city}",
        "phone": clinic.phone,
        "email": clinic.email,
        "mediator": clinic.mediator.rstrip(". "),
    }


def _order(order: Order, language: Language, public: PublicDetails) -> dict[str, Any]:
    lines = list(order.lines.all())
    reason = order.cancel_reason
    return {
        "number": order.number,
        "url": f"{settings.STOREFRONT_URL}/orders/{order.pk}",
        "placed": _day(order.placed_at),
        "lines": [_line(line, language) for line in lines],
        "method": _said(METHODS[DeliveryMethod(order.method)], language),
        "delivery": money_text(Money(order.delivery_cents), language),
        "total": money_text(Money(order.total_cents), language),
        "vat": money_text(Money(sum(each["vat_cents"] for each in order.vat_lines)), language),
        "address": address_lines(delivered_to(order)),
        "promise": _promise(order, language),
        "texts": _texts(order, public),
        "sealed": _names(lines, Withdrawal.UNTIL_UNSEALED),
        "final": _names(lines, Withdrawal.NONE),
        "cancelled_because": _said(_CANCELLED[CancelReason(reason)], language) if reason else "",
    }


def _line(line: OrderLine, language: Language) -> dict[str, Any]:
    reduced = line.before_cents - line.gross_cents
    return {
        "quantity": line.quantity,
        "name": line.name,
        "pack": line.pack,
        "price": money_text(Money(line.gross_cents), language),
        "reduced": money_text(Money(reduced), language) if reduced else "",
    }


def _names(lines: Sequence[OrderLine], right: Withdrawal) -> list[str]:
    """Products with one right of withdrawal, each once."""
    return list(
        dict.fromkeys(
            line.name for line in lines if rule_for(line.regulatory_class).withdrawal is right
        )
    )


def _promise(order: Order, language: Language) -> str:
    """`22 novembre 2026`, with the hours of a slot, or two days with a dash between."""
    begins, ends = order.promise_from, order.promise_to
    if begins is None or ends is None:
        return _day(ends or begins) if ends or begins else ""
    if begins.astimezone(PARIS).date() != ends.astimezone(PARIS).date():
        return f"{_day(begins)} – {_day(ends)}"
    hours = [f"{each.astimezone(PARIS):%H:%M}" for each in (begins, ends)]
    if hours[0] == hours[1]:
        return _day(begins)
    between = _said((", de {} à {}", ", from {} to {}"), language)
    return _day(begins) + between.format(*hours)


def _texts(order: Order, public: PublicDetails) -> list[dict[str, Any]]:
    """The legal texts as they were accepted, each with its version and its address."""
    titles = {(text.kind, text.language, text.version): text.title for text in public.legal_texts}
    return [
        {
            "title": titles.get((each["kind"], each["language"], each["version"]), each["kind"]),
            "version": each["version"],
            "url": f"{settings.STOREFRONT_URL}/legal/{each['kind'].lower()}/{each['version']}",
        }
        for each in order.accepted_texts
    ]


def _facts(facts: Facts, language: Language, at: datetime) -> dict[str, Any]:
    return {
        "document_url": facts.document_url,
        "names": list(facts.names),
        "amount": money_text(facts.amount, language) if facts.amount else "",
        "moment": _moment(facts.moment or at, language),
        "until": _moment(facts.until, language) if facts.until else "",
        "approved": facts.approved,
        "note": facts.note,
        "carrier": "" if facts.carrier == "manual" else facts.carrier,
        "tracking": facts.tracking,
        "tracking_url": facts.tracking_url,
        "is_part": facts.is_part,
    }


def _day(moment: datetime | None) -> str:
    return date_format(moment.astimezone(PARIS), "DATE_FORMAT") if moment else ""


def _moment(moment: datetime, language: Language) -> str:
    """A day with its hour in Paris."""
    between = _said((" à ", " at "), language)
    return f"{_day(moment)}{between}{moment.astimezone(PARIS):%H:%M}"
