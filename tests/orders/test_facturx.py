"""The XML is what the schema of EN 16931 asks, and says what the invoice says."""

from decimal import Decimal

import facturx
import pytest
from lxml import etree

from orders import invoices
from orders.facturx_xml import PROFILE, xml_of
from orders.totals import Advantage
from orders.vocabulary import DeliveryMethod, PaymentMethod
from tests.builders import NOW
from tests.orders.builders import BUSINESS, HOME, Bought, order_of, refund_of

pytestmark = pytest.mark.django_db
MIXED = (Bought("Croquettes", 1999, 3), Bought("Livre", 1001, 1, "5.5"))
VOUCHER = Advantage(code="BIENVENUE", percent=Decimal(10))
ORDERS = {
    "plain": order_of,
    "mixed rates": lambda: order_of(*MIXED, delivery=690),
    "reduced": lambda: order_of(*MIXED, delivery=690, voucher=VOUCHER),
    "business": lambda: order_of(*MIXED, billing=BUSINESS),
    "free": lambda: order_of(voucher=Advantage(code="V", percent=Decimal(100))),
    "nobody knows where": lambda: order_of(address={}, method=DeliveryMethod.PICKUP),
    "relay": lambda: order_of(method=DeliveryMethod.RELAY, relay_point=HOME, delivery=490),
    "zero rated": lambda: order_of(Bought(rate="0"), Bought("B", 500)),
    "english": lambda: order_of(*MIXED, language="en", voucher=VOUCHER),
    "hostile": lambda: order_of(Bought("<a>&\x0b]]>\uffff")),
}
_NAMES = {"r": "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"}


def invoice_of(order):
    return invoices.issue_invoice(order=order, at=NOW).content


def texts(xml, path):
    return etree.fromstring(xml).xpath(f"{path}/text()", namespaces=_NAMES)


def cents(xml, path):
    return [int(Decimal(text) * 100) for text in texts(xml, path)]


def adds_up(xml):
    """The rules BR-CO-10 to 16 and BR-S-08 of EN 16931, to the cent."""
    total = "//r:SpecifiedTradeSettlementHeaderMonetarySummation"
    tax = "//r:ApplicableHeaderTradeSettlement/r:ApplicableTradeTax"
    charges = "//r:ApplicableHeaderTradeSettlement/r:SpecifiedTradeAllowanceCharge"
    (lines,) = cents(xml, f"{total}/r:LineTotalAmount")
    (charged,) = cents(xml, f"{total}/r:ChargeTotalAmount")
    (base,) = cents(xml, f"{total}/r:TaxBasisTotalAmount")
    (vat,) = cents(xml, f"{total}/r:TaxTotalAmount")
    (gross,) = cents(xml, f"{total}/r:GrandTotalAmount")
    assert sum(cents(xml, "//r:IncludedSupplyChainTradeLineItem//r:LineTotalAmount")) == lines
    assert sum(cents(xml, f"{charges}/r:ActualAmount")) == charged
    assert (lines + charged, base + vat) == (base, gross)
    assert sum(cents(xml, f"{tax}/r:BasisAmount")) == base
    assert sum(cents(xml, f"{tax}/r:CalculatedAmount")) == vat
    for item in etree.fromstring(xml).iterfind(".//r:IncludedSupplyChainTradeLineItem", _NAMES):
        line = etree.tostring(item)
        (price,) = cents(line, "//r:NetPriceProductTradePrice/r:ChargeAmount")
        (net,) = cents(line, "//r:LineTotalAmount")
        assert price - sum(cents(line, "//r:ActualAmount")) == net


@pytest.mark.parametrize("kind", ORDERS)
def test_the_xml_of_an_invoice_is_valid_and_adds_up(kind):
    order = ORDERS[kind]()
    xml = xml_of(invoice_of(order))
    assert facturx.xml_check_xsd(xml, flavor="factur-x", level="en16931")
    adds_up(xml)
    assert cents(xml, "//r:GrandTotalAmount") == [order.total_cents]
    assert texts(xml, "//r:GuidelineSpecifiedDocumentContextParameter/r:ID") == [PROFILE]


@pytest.mark.parametrize(
    ("given", "more"),
    [
        ([(0, 1, 1800)], {}),
        ([(0, 3, 5397), (1, 1, 901)], {"delivery": 690}),
        ([], {"delivery": 690}),
        ([], {"goodwill": 500}),
    ],
)
def test_the_xml_of_a_credit_note_is_valid_positive_and_names_its_invoice(given, more):
    order = order_of(*MIXED, delivery=690, voucher=VOUCHER)
    invoice = invoice_of(order)
    refund = refund_of(order, *given, **more)
    note = invoices.issue_credit_note(refund=refund, at=NOW).content
    xml = xml_of(note)
    assert facturx.xml_check_xsd(xml, flavor="factur-x", level="en16931")
    adds_up(xml)
    assert cents(xml, "//r:GrandTotalAmount") == [refund.amount_cents]
    assert texts(xml, "//r:TypeCode")[0] == "381"
    assert texts(xml, "//r:InvoiceReferencedDocument/r:IssuerAssignedID") == [invoice["number"]]


def test_a_business_is_named_by_its_numbers():
    xml = xml_of(invoice_of(order_of(billing=BUSINESS)))
    buyer = "//r:BuyerTradeParty"
    assert texts(xml, f"{buyer}/r:Name") == ["Élevage des Landes SAS"]
    assert texts(xml, f"{buyer}/r:SpecifiedLegalOrganization/r:ID") == ["732829320"]
    assert texts(xml, f"{buyer}/r:SpecifiedTaxRegistration/r:ID") == ["FR44732829320"]
    assert texts(xml, "//r:IncludedNote/r:SubjectCode") == ["AAB", "PMD", "PMT"]


@pytest.mark.parametrize(
    ("method", "code"),
    [(PaymentMethod.CARD, "48"), (PaymentMethod.COUNTER, "10"), (PaymentMethod.TRANSFER, "1")],
)
def test_the_means_of_payment_are_told(method, code):
    order = order_of()
    order.payments.update(method=method)
    means = "//r:SpecifiedTradeSettlementPaymentMeans/r:TypeCode"
    assert texts(xml_of(invoice_of(order)), means) == [code]
