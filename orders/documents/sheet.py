"""A document as it is read: every text of the page, worded and formatted, in its language."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any, Final, TypedDict, cast
from unicodedata import normalize

from django.utils.formats import date_format
from django.utils.translation import override

from kernel.animals import Language
from kernel.money import Money
from orders.invoice_content import Content, InvoiceLine
from orders.vocabulary import DeliveryMethod, DocumentKind, PaymentMethod
from orders.wording import HARD_SPACE, METHODS, address_lines, money_text

#: (French, English).
_WORDS: Final[dict[str, tuple[str, str]]] = {
    DocumentKind.INVOICE: ("Facture", "Invoice"),
    DocumentKind.CREDIT_NOTE: ("Avoir", "Credit note"),
    PaymentMethod.CARD: ("par carte bancaire", "by card"),
    PaymentMethod.COUNTER: ("au comptoir", "at the counter"),
    PaymentMethod.TRANSFER: ("par virement", "by bank transfer"),
    **METHODS,
    "issued": ("Date d’émission", "Date of issue"),
    "order": ("Commande", "Order"),
    "of": ("du", "of"),
    "corrects": ("Facture rectifiée", "Invoice corrected"),
    "delivered": ("Date de livraison", "Date of delivery"),
    "promised": ("Livraison prévue", "Delivery expected"),
    "paid": ("Payée le", "Paid on"),
    "refunded": ("Remboursé le", "Refunded on"),
    "buyer": ("Facturé à", "Invoiced to"),
    "credited": ("Établi pour", "Issued to"),
    "delivered_to": ("Livré à", "Delivered to"),
    "vat_number": ("N° TVA", "VAT no."),
    "name": ("Désignation", "Description"),
    "quantity": ("Qté", "Qty"),
    "unit_net": ("P.U. HT", "Unit excl. VAT"),
    "unit": ("P.U. TTC", "Unit incl. VAT"),
    "rate": ("TVA", "VAT"),
    "total": ("Total TTC", "Total incl. VAT"),
    "reduction": ("Remise", "Discount"),
    "base": ("Base HT", "Net"),
    "vat": ("Montant TVA", "VAT amount"),
    "gross": ("TTC", "Gross"),
    "net_total": ("Total HT", "Total excl. VAT"),
    "vat_total": ("Total TVA", "Total VAT"),
    "gross_total": ("Total TTC", "Total incl. VAT"),
    "reduced": ("Dont remises TTC", "Of which discounts incl. VAT"),
    "already_paid": ("Déjà payé", "Already paid"),
    "already_refunded": ("Déjà remboursé", "Already refunded"),
    "due": ("Reste à payer", "Amount due"),
    "by_rate": ("TVA par taux", "VAT by rate"),
    "mentions": ("Mentions légales", "Legal notices"),
    "page": ("Page", "Page"),
}


class Row(TypedDict):
    name: str
    details: list[str]
    cells: list[str]


class Sheet(TypedDict):
    """What the template lays out, and nothing that it would have to decide."""

    language: str
    title: str
    seller: str
    seller_lines: list[str]
    facts: list[list[str]]
    blocks: list[dict[str, Any]]
    columns: list[str]
    rows: list[Row]
    vat_title: str
    vat_columns: list[str]
    vat_rows: list[list[str]]
    sums: list[list[str]]
    strong: int
    mentions_title: str
    mentions: list[str]
    footer: str
    page: str


def sheet_of(content: Content) -> Sheet:
    """The page of a document; characters that no font of ours has are shown as `?`."""
    language, kind = Language(content["language"]), DocumentKind(content["kind"])
    say = _Words(language)
    seller = content["seller"]
    with override(language):
        sheet: Sheet = {
            "language": language,
            "title": f"{say(kind)} {content['number']}",
            "seller": seller["name"],
            "seller_lines": [
                *address_lines(seller["address"], named=False),
                seller["phone"],
                seller["email"],
            ],
            "facts": _facts(content, say),
            "blocks": _blocks(content, say),
            "columns": [say(each) for each in _COLUMNS],
            "rows": [*(_row(line, say) for line in content["lines"]), *_delivery(content, say)],
            "vat_title": say("by_rate"),
            "vat_columns": [say(each) for each in ("rate", "base", "vat", "gross")],
            "vat_rows": [
                [
                    say.rate(each["rate"]),
                    *(say.money(each[name]) for name in ("base_cents", "vat_cents", "gross_cents")),
                ]
                for each in content["vat_lines"]
            ],
            "sums": _sums(content, say),
            "strong": 3 if content["totals"]["reduced_cents"] else 2,
            "mentions_title": say("mentions"),
            "mentions": [f"{each['text']} ({each['article']})" for each in content["mentions"]],
            "footer": _identity(content, say),
            "page": say("page"),
        }
    return cast("Sheet", _printable(sheet))


_COLUMNS: Final = ("name", "quantity", "unit_net", "unit", "rate", "total")


class _Words:
    def __init__(self, language: Language) -> None:
        self.language = language

    def __call__(self, name: str) -> str:
        french, english = _WORDS[name]
        return french if self.language is Language.FR else english

    def money(self, cents: int) -> str:
        return money_text(Money(cents), self.language)

    def rate(self, rate: str) -> str:
        number = f"{Decimal(rate).normalize():f}"
        if self.language is Language.FR:
            return f"{number.replace('.', ',')}{HARD_SPACE}%"
        return f"{number}%"

    def day(self, iso_day: str) -> str:
        return date_format(date.fromisoformat(iso_day), "DATE_FORMAT")


def _facts(content: Content, say: _Words) -> list[list[str]]:
    payment, promised = content["payment"], [say.day(each) for each in content["promised"]]
    facts = [[say("issued"), say.day(content["issued_on"])]]
    if "corrects" in content:
        number, day = content["corrects"]["number"], say.day(content["corrects"]["issued_on"])
        facts.append([say("corrects"), f"{number} {say('of')} {day}"])
    order = content["order"]
    facts.append([say("order"), f"{order['number']} {say('of')} {say.day(order['placed_on'])}"])
    if content["delivered_on"]:
        facts.append([say("delivered"), say.day(content["delivered_on"])])
    elif promised and "corrects" not in content:
        facts.append([say("promised"), " – ".join(dict.fromkeys(promised))])
    if payment["on"]:
        name = "refunded" if "corrects" in content else "paid"
        means = say(PaymentMethod(payment["method"])) if payment["method"] else ""
        facts.append([say(name), f"{say.day(payment['on'])} {means}".strip()])
    return facts


def _blocks(content: Content, say: _Words) -> list[dict[str, Any]]:
    buyer, delivery = content["buyer"], content["delivery"]
    invoiced = address_lines(buyer["address"])
    numbers = [f"SIREN {buyer['siren']}"] if buyer["siren"] else []
    if buyer["vat_number"]:
        numbers.append(f"{say('vat_number')} {buyer['vat_number']}")
    title = say("credited" if "corrects" in content else "buyer")
    lines = list(dict.fromkeys([buyer["name"], *invoiced, *numbers]))
    blocks = [{"title": title, "lines": lines}]
    delivered = address_lines(delivery["address"])
    if delivery["method"] == DeliveryMethod.PICKUP:
        blocks.append({"title": say(DeliveryMethod.PICKUP), "lines": delivered})
    elif delivered and delivery["address"] != buyer["address"]:
        blocks.append({"title": say("delivered_to"), "lines": delivered})
    return blocks


def _row(line: InvoiceLine, say: _Words) -> Row:
    details = [part for part in (line["pack"], line["text"]) if part]
    details += [
        f"{say('reduction')} {each['code']}".strip() + f"{_colon(say)} {say.money(-each['cents'])}"
        for each in line["reductions"]
    ]
    return {
        "name": line["name"],
        "details": details,
        "cells": [
            str(line["quantity"]),
            say.money(line["unit_net_cents"]),
            say.money(line["unit_cents"]),
            say.rate(line["vat_rate"]),
            say.money(line["gross_cents"]),
        ],
    }


def _delivery(content: Content, say: _Words) -> list[Row]:
    delivery = content["delivery"]
    return [
        {
            "name": say(DeliveryMethod(delivery["method"])),
            "details": [],
            "cells": [
                "1",
                say.money(abs(part.get("net_cents", 0))),
                say.money(abs(part["gross_cents"])),
                say.rate(part["rate"]),
                say.money(part["gross_cents"]),
            ],
        }
        for part in delivery["parts"]
    ]


def _sums(content: Content, say: _Words) -> list[list[str]]:
    totals = content["totals"]
    paid = "already_refunded" if "corrects" in content else "already_paid"
    rows = [
        ("net_total", totals["net_cents"]),
        ("vat_total", totals["vat_cents"]),
        ("gross_total", totals["gross_cents"]),
        (paid, totals["paid_cents"]),
        ("due", totals["due_cents"]),
    ]
    if totals["reduced_cents"]:
        rows.insert(0, ("reduced", totals["reduced_cents"]))
    if "corrects" in content:
        rows.pop()
    return [[say(name), say.money(cents)] for name, cents in rows]


def _identity(content: Content, say: _Words) -> str:
    """Who sells, with numbers that no line end tears from their names."""
    seller = content["seller"]
    numbers = [
        (f"SIREN {seller['siren']}", seller["siren"]),
        (f"SIRET {seller['siret']}", seller["siret"]),
        (f"{say('vat_number')} {seller['vat_number']}", seller["vat_number"]),
    ]
    shown = [text.replace(" ", HARD_SPACE) for text, number in numbers if number]
    return " · ".join([seller["legal_name"], *shown])


def _colon(say: _Words) -> str:
    return f"{HARD_SPACE}:" if say.language is Language.FR else ":"


def _printable(told: Any) -> Any:
    if isinstance(told, str):
        return printable(told)
    if isinstance(told, list):
        return [_printable(each) for each in told]
    if isinstance(told, dict):
        return {name: _printable(value) for name, value in told.items()}
    return told


#: What the embedded fonts have: Latin, Greek and Cyrillic, punctuation, the euro and the minus.
_PRINTED: Final[Iterable[tuple[int, int]]] = (
    (0x20, 0x7E),
    (0xA0, 0xAC),
    (0xAE, 0x17F),
    (0x391, 0x3A1),
    (0x3A3, 0x3CE),
    (0x400, 0x45F),
    (0x2010, 0x2015),
    (0x2018, 0x201E),
    (0x2020, 0x2022),
    (0x2026, 0x2026),
    (0x2039, 0x203A),
    (0x20AC, 0x20AC),
    (0x2116, 0x2116),
    (0x2212, 0x2212),
)


def printable(text: str) -> str:
    """A text of one line in characters that the fonts have; others would bar PDF/A."""
    line = " ".join(normalize("NFC", text).replace(HARD_SPACE, "\x00").split())
    line = line.replace("\x00", HARD_SPACE)
    return "".join(
        each if any(low <= ord(each) <= high for low, high in _PRINTED) else "?" for each in line
    )
