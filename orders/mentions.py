"""What an invoice must say, as data with its article of law.

`REQUIRED` lists the particulars that stand in the content; `mentions_for` gives the sentences.
"""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, TypedDict

from kernel.animals import Language
from orders.vocabulary import BillingParty

_NONIES: Final = "CGI ann. II art. 242 nonies A I"


class Mention(TypedDict):
    """A sentence of an invoice in its language, and the article that asks for it."""

    code: str
    article: str
    text: str


#: Where each particular stands in the content, and the article that asks for it.
REQUIRED: Final = MappingProxyType(
    {
        "seller.legal_name": f"{_NONIES} 1°",
        "seller.siren": f"{_NONIES} 1°; C. com. R.123-237",
        "seller.address": f"{_NONIES} 1°",
        "seller.vat_number": f"{_NONIES} 2°",
        "buyer.name": f"{_NONIES} 1°",
        "buyer.address": f"{_NONIES} 1°",
        "issued_on": f"{_NONIES} 6°",
        "number": f"{_NONIES} 7°",
        "lines.name": f"{_NONIES} 8°",
        "lines.quantity": f"{_NONIES} 8°",
        "lines.unit_net_cents": f"{_NONIES} 8°",
        "lines.vat_rate": f"{_NONIES} 8°",
        "lines.reductions": f"{_NONIES} 9°",
        "delivered_on": f"{_NONIES} 10°",
        "vat_lines": f"{_NONIES} 11°",
        "totals.net_cents": f"{_NONIES} 11°",
        "totals.vat_cents": f"{_NONIES} 11°",
        "order.number": "C. com. L.441-9 I",
        "payment.on": "C. com. L.441-9 I",
    }
)
#: What a business must be told beside, or about itself.
REQUIRED_OF_BUSINESSES: Final = MappingProxyType(
    {"buyer.siren": f"{_NONIES} 1°", "buyer.vat_number": f"{_NONIES} 3°"}
)


@dataclass(frozen=True, slots=True)
class _Sentence:
    article: str
    french: str
    english: str

    def said(self, code: str, language: Language, **facts: str) -> Mention:
        text = self.french if language is Language.FR else self.english
        return {"code": code, "article": self.article, "text": text.format(**facts)}


_SENTENCES: Final = MappingProxyType(
    {
        "goods": _Sentence(
            "CGI ann. II art. 242 nonies A I (décret 2022-1299)",
            "Nature de l’opération : livraison de biens.",
            "Category of transaction: supply of goods.",
        ),
        "discount": _Sentence(
            "C. com. L.441-9 I",
            "Pas d’escompte pour paiement anticipé.",
            "No discount for early payment.",
        ),
        "penalty": _Sentence(
            "C. com. L.441-9 I, L.441-10 II",
            "Pénalités de retard : trois fois le taux de l’intérêt légal, exigibles sans rappel.",
            "Late payment interest: three times the French legal rate, due without a reminder.",
        ),
        "recovery": _Sentence(
            "C. com. L.441-10 II, D.441-5",
            "Indemnité forfaitaire pour frais de recouvrement en cas de retard : 40 €.",
            "Fixed compensation for recovery costs in case of late payment: €40.",
        ),
        "mediator": _Sentence(
            "C. conso. L.612-1, L.616-1",
            "Médiateur de la consommation : {mediator}.",
            "Consumer mediator: {mediator}.",
        ),
        "corrects": _Sentence(
            "CGI art. 289 I 5",
            "Cet avoir rectifie la facture {number} du {day}.",
            "This credit note corrects invoice {number} of {day}.",
        ),
    }
)


def mentions_for(party: BillingParty, *, language: Language, mediator: str = "") -> list[Mention]:
    """The sentences of an invoice; a mediator only where the clinic named one."""
    if party is BillingParty.BUSINESS:
        codes = ["goods", "discount", "penalty", "recovery"]
    else:
        codes = ["goods", *(["mediator"] if mediator else [])]
    facts = {"mediator": mediator.rstrip(". ")}
    return [_SENTENCES[code].said(code, language, **facts) for code in codes]


def mention_of_correction(*, number: str, day: str, language: Language) -> Mention:
    """What ties a credit note to its invoice; `day` is worded already."""
    return _SENTENCES["corrects"].said("corrects", language, number=number, day=day)
