"""Who is invoiced: a consumer by name, a business by its numbers too."""

from stdnum.eu import vat
from stdnum.fr import siren

from kernel.refusals import Invalid
from orders.stored import Billing
from orders.vocabulary import BillingParty


def checked_billing(billing: Billing) -> Billing:
    """Billing details with their numbers in compact form; nothing is asked of the network.

    A business of France gives its SIREN, one of elsewhere its VAT number.

    Raises:
        Invalid: an unknown party, a number that cannot be one, or a business without any.
    """
    party = billing.get("party", BillingParty.CONSUMER)
    if party not in BillingParty:
        raise Invalid(path=["input", "party"], value=party, expected="CONSUMER, BUSINESS")
    if party == BillingParty.CONSUMER:
        return {**billing, "party": party, "siren": "", "vat_number": ""}
    number, taxed = billing.get("siren", ""), billing.get("vat_number", "")
    if number and not siren.is_valid(number):
        raise Invalid(path=["input", "siren"], value=number, expected="SIREN")
    if taxed and not vat.is_valid(taxed):
        raise Invalid(path=["input", "vatNumber"], value=taxed, expected="FR12345678901")
    abroad = billing.get("address", {}).get("country", "FR") != "FR"
    if not number and not (abroad and taxed):
        raise Invalid(path=["input", "siren"], value="", expected="SIREN")
    return {
        **billing,
        "party": party,
        "siren": siren.compact(number) if number else "",
        "vat_number": vat.compact(taxed) if taxed else "",
    }
