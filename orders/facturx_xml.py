"""An invoice or a credit note for machines: Factur-X, profile EN 16931 (UN/CEFACT CII D22B).

Built from the content alone. Of a credit note (code 381) amounts are positive, as EN 16931 asks.
A line's price is that of all its packs, with their number as the basis: exact, whatever the
rounding. Source: EN 16931-1:2017, FNFE-MPE Factur-X 1.07.
"""

import re
from decimal import Decimal
from typing import Final, cast
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

from kernel.animals import Language
from kernel.money import Currency, Money
from orders.invoice_content import Buyer, Content, InvoiceLine, Seller, negative
from orders.stored import PostalAddress, StoredVat, rate_text
from orders.vocabulary import DeliveryMethod, DocumentKind, PaymentMethod

PROFILE: Final = "urn:cen.eu:en16931:2017"

_NAMESPACES: Final = {
    "rsm": "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100",
    "ram": "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100",
    "udt": "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100",
    "qdt": "urn:un:unece:uncefact:data:standard:QualifiedDataType:100",
}
_GOODS_PAID: Final = "B2"  # French billing framework: goods, paid already
_CODES: Final = {DocumentKind.INVOICE: "380", DocumentKind.CREDIT_NOTE: "381"}  # UNTDID 1001
_SIREN, _DIRECTORY = "0002", "0225"  # ISO 6523
_PIECE: Final = "C62"  # UN/ECE Recommendation 20
_DISCOUNT, _FREIGHT = "95", "FC"  # UNTDID 5189 and 7161
#: UNTDID 4461; a transfer that was made already is not asked for again, with its account.
_MEANS: Final = {PaymentMethod.CARD: "48", PaymentMethod.COUNTER: "10"}
_NOT_DEFINED: Final = "1"
#: UNTDID 4451, as the French rules of electronic invoicing ask.
_SUBJECTS: Final = {"recovery": "PMT", "penalty": "PMD", "discount": "AAB"}
_WORDS: Final = {
    Language.FR: ("Remise", "Livraison", "Service de livraison"),
    Language.EN: ("Discount", "Delivery", "Delivery service"),
}
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

_NO_LINE: Final[InvoiceLine] = {
    "sku": "",
    "name": "",
    "pack": "",
    "text": "",
    "quantity": 1,
    "unit_cents": 0,
    "unit_net_cents": 0,
    "before_cents": 0,
    "reductions": [],
    "gross_cents": 0,
    "net_cents": 0,
    "vat_rate": "",
}

for prefix, address in _NAMESPACES.items():
    register_namespace(prefix, address)


class _Node:
    """An element whose children are added in the order that the schema asks for."""

    def __init__(self, element: Element) -> None:
        self.element = element

    def under(self, name: str) -> "_Node":
        return _Node(SubElement(self.element, _qualified(name)))

    def say(self, name: str, text: str, **attributes: str) -> None:
        """A child with a text; an empty text is left out."""
        if cleaned := _NOT_XML.sub("", text).strip():
            SubElement(self.element, _qualified(name), attributes).text = cleaned

    def pay(self, name: str, cents: int, **attributes: str) -> None:
        self.say(name, str(Money(cents)), **attributes)

    def day(self, name: str, iso_day: str, *, type_of: str = "udt") -> None:
        if iso_day:
            text = iso_day.replace("-", "")
            self.under(name).say(f"{type_of}:DateTimeString", text, format="102")

    def indicate(self, *, charge: bool) -> None:
        self.under("ChargeIndicator").say("udt:Indicator", "true" if charge else "false")

    def tax(self, rate: str) -> None:
        """What tells the VAT of something: its kind, its category and its rate."""
        self.say("TypeCode", "VAT")
        self.say("CategoryCode", _category(rate))
        self.say("RateApplicablePercent", rate)


def xml_of(content: Content) -> bytes:
    """The XML of a document, UTF-8."""
    told = content
    if content["kind"] == DocumentKind.CREDIT_NOTE:
        told = cast("Content", negative(content))
    root = _Node(Element(_qualified("rsm:CrossIndustryInvoice")))
    context = root.under("rsm:ExchangedDocumentContext")
    context.under("BusinessProcessSpecifiedDocumentContextParameter").say("ID", _GOODS_PAID)
    context.under("GuidelineSpecifiedDocumentContextParameter").say("ID", PROFILE)
    _document(root.under("rsm:ExchangedDocument"), told)
    trade = root.under("rsm:SupplyChainTradeTransaction")
    for number, line in enumerate(_lines(told), start=1):
        item = trade.under("IncludedSupplyChainTradeLineItem")
        _line(item, number, line, Language(told["language"]))
    _agreement(trade.under("ApplicableHeaderTradeAgreement"), told)
    _delivery(trade.under("ApplicableHeaderTradeDelivery"), told)
    _settlement(trade.under("ApplicableHeaderTradeSettlement"), told)
    text: bytes = tostring(root.element, encoding="UTF-8", xml_declaration=True)
    return text


def _qualified(name: str) -> str:
    prefix, _colon, local = name.rpartition(":")
    return f"{{{_NAMESPACES[prefix or 'ram']}}}{local}"


def _category(rate: str) -> str:
    """UNTDID 5305: standard rate, or zero rated."""
    return "Z" if rate == rate_text("0") else "S"


def _document(document: _Node, told: Content) -> None:
    document.say("ID", told["number"])
    document.say("TypeCode", _CODES[DocumentKind(told["kind"])])
    document.day("IssueDateTime", told["issued_on"])
    for mention in told["mentions"]:
        note = document.under("IncludedNote")
        note.say("Content", f"{mention['text']} ({mention['article']})")
        note.say("SubjectCode", _SUBJECTS.get(mention["code"], ""))


def _lines(told: Content) -> list[InvoiceLine]:
    """The lines; of a document about nothing but a delivery, its parts: one line there must be."""
    if told["lines"]:
        return told["lines"]
    _discount, _delivery, name = _WORDS[Language(told["language"])]
    return [
        {
            **_NO_LINE,
            "name": name,
            "unit_cents": part["gross_cents"],
            "before_cents": part["gross_cents"],
            "gross_cents": part["gross_cents"],
            "net_cents": part.get("net_cents", 0),
            "vat_rate": part["rate"],
        }
        for part in told["delivery"]["parts"]
    ]


def _line(item: _Node, number: int, line: InvoiceLine, language: Language) -> None:
    reduced = sum(each.get("net_cents", 0) for each in line["reductions"])
    quantity = str(line["quantity"])
    item.under("AssociatedDocumentLineDocument").say("LineID", str(number))
    product = item.under("SpecifiedTradeProduct")
    product.say("SellerAssignedID", line["sku"])
    product.say("Name", f"{line['name']} {line['pack']}")
    product.say("Description", line["text"])
    price = item.under("SpecifiedLineTradeAgreement").under("NetPriceProductTradePrice")
    price.pay("ChargeAmount", line["net_cents"] + reduced)
    price.say("BasisQuantity", quantity, unitCode=_PIECE)
    delivered = item.under("SpecifiedLineTradeDelivery")
    delivered.say("BilledQuantity", quantity, unitCode=_PIECE)
    settled = item.under("SpecifiedLineTradeSettlement")
    settled.under("ApplicableTradeTax").tax(line["vat_rate"])
    for each in line["reductions"]:
        allowance = settled.under("SpecifiedTradeAllowanceCharge")
        allowance.indicate(charge=False)
        allowance.pay("ActualAmount", each.get("net_cents", 0))
        allowance.say("ReasonCode", _DISCOUNT)
        allowance.say("Reason", f"{_WORDS[language][0]} {each['code']}")
    summed = settled.under("SpecifiedTradeSettlementLineMonetarySummation")
    summed.pay("LineTotalAmount", line["net_cents"])


def _agreement(agreement: _Node, told: Content) -> None:
    _party(agreement.under("SellerTradeParty"), told["seller"], told["seller"]["legal_name"])
    _party(agreement.under("BuyerTradeParty"), told["buyer"], told["buyer"]["name"])
    agreement.under("SellerOrderReferencedDocument").say(
        "IssuerAssignedID", told["order"]["number"]
    )


def _party(party: _Node, who: Seller | Buyer, name: str) -> None:
    party.say("Name", name)
    if who["siren"]:
        party.under("SpecifiedLegalOrganization").say("ID", who["siren"], schemeID=_SIREN)
    _address(party.under("PostalTradeAddress"), who["address"])
    if who["siren"]:
        address = party.under("URIUniversalCommunication")
        address.say("URIID", who["siren"], schemeID=_DIRECTORY)
    if who["vat_number"]:
        party.under("SpecifiedTaxRegistration").say("ID", who["vat_number"], schemeID="VA")


def _address(address: _Node, told: PostalAddress) -> None:
    address.say("PostcodeCode", told.get("postal_code", ""))
    address.say("LineOne", told.get("line1", ""))
    address.say("LineTwo", told.get("line2", ""))
    address.say("CityName", told.get("city", ""))
    address.say("CountryID", told.get("country", "FR"))


def _delivery(delivered: _Node, told: Content) -> None:
    address = told["delivery"]["address"]
    if address and told["delivery"]["method"] != DeliveryMethod.PICKUP:
        party = delivered.under("ShipToTradeParty")
        party.say("Name", address.get("recipient", ""))
        _address(party.under("PostalTradeAddress"), address)
    if told["delivered_on"]:
        event = delivered.under("ActualDeliverySupplyChainEvent")
        event.day("OccurrenceDateTime", told["delivered_on"])


def _settlement(settled: _Node, told: Content) -> None:
    method = told["payment"]["method"]
    settled.say("InvoiceCurrencyCode", Currency.EUR)
    settled.under("SpecifiedTradeSettlementPaymentMeans").say(
        "TypeCode",
        _MEANS.get(PaymentMethod(method), _NOT_DEFINED) if method else _NOT_DEFINED,
    )
    for tax in _taxes(told):
        taxed = settled.under("ApplicableTradeTax")
        taxed.pay("CalculatedAmount", tax["vat_cents"])
        taxed.say("TypeCode", "VAT")
        taxed.pay("BasisAmount", tax["base_cents"])
        taxed.say("CategoryCode", _category(tax["rate"]))
        taxed.say("RateApplicablePercent", tax["rate"])
    charges = told["delivery"]["parts"] if told["lines"] else []
    for part in charges:
        charge = settled.under("SpecifiedTradeAllowanceCharge")
        charge.indicate(charge=True)
        charge.pay("ActualAmount", part.get("net_cents", 0))
        charge.say("ReasonCode", _FREIGHT)
        charge.say("Reason", _WORDS[Language(told["language"])][1])
        charge.under("CategoryTradeTax").tax(part["rate"])
    if told["payment"]["on"]:
        # What was paid before fell due that day: rule BR-FR-CO-09.
        terms = settled.under("SpecifiedTradePaymentTerms")
        terms.day("DueDateDateTime", told["payment"]["on"])
    _sum_up(settled, told, charged=sum(part.get("net_cents", 0) for part in charges))
    if "corrects" in told:
        corrected = settled.under("InvoiceReferencedDocument")
        corrected.say("IssuerAssignedID", told["corrects"]["number"])
        corrected.day("FormattedIssueDateTime", told["corrects"]["issued_on"], type_of="qdt")


def _taxes(told: Content) -> list[StoredVat]:
    """The VAT by rate; rates at which everything was free are said too."""
    taxed = {each["rate"]: each for each in told["vat_lines"]}
    rates = sorted({*taxed, *(line["vat_rate"] for line in told["lines"])}, key=Decimal)
    return [
        taxed.get(rate, {"rate": rate, "gross_cents": 0, "base_cents": 0, "vat_cents": 0})
        for rate in rates
    ]


def _sum_up(settled: _Node, told: Content, *, charged: int) -> None:
    totals = told["totals"]
    summed = settled.under("SpecifiedTradeSettlementHeaderMonetarySummation")
    summed.pay("LineTotalAmount", totals["net_cents"] - charged)
    summed.pay("ChargeTotalAmount", charged)
    summed.pay("TaxBasisTotalAmount", totals["net_cents"])
    summed.pay("TaxTotalAmount", totals["vat_cents"], currencyID=Currency.EUR)
    summed.pay("GrandTotalAmount", totals["gross_cents"])
    summed.pay("TotalPrepaidAmount", totals["paid_cents"])
    summed.pay("DuePayableAmount", totals["due_cents"])
