"""The cards that Stripe gives for tests, by token and by number, and what each of them does.

Source: Stripe's documentation, Testing, https://docs.stripe.com/testing.
"""

from dataclasses import dataclass
from enum import StrEnum


class Authentication(StrEnum):
    """When the bank wants 3-D Secure of the holder."""

    NEVER = "never"
    UNLESS_SET_UP = "unless_set_up"
    ALWAYS = "always"


class Refunding(StrEnum):
    AT_ONCE = "at_once"
    LATER = "later"
    FAILS_LATER = "fails_later"


@dataclass(frozen=True, slots=True)
class Card:
    """A test card; `code` and `decline_code` are those of its refusal, empty if it pays."""

    token: str
    number: str
    code: str = ""
    decline_code: str = ""
    authentication: Authentication = Authentication.NEVER
    refunding: Refunding = Refunding.AT_ONCE
    brand: str = "visa"

    @property
    def last4(self) -> str:
        return self.number[-4:]


DECLINED = "card_declined"
CARDS = [
    Card("pm_card_visa", "4242424242424242"),
    Card("pm_card_mastercard", "5555555555554444", brand="mastercard"),
    Card(
        "pm_card_authenticationRequired",
        "4000002760003184",
        authentication=Authentication.ALWAYS,
    ),
    Card(
        "pm_card_threeDSecure2Required",
        "4000000000003220",
        authentication=Authentication.ALWAYS,
    ),
    Card(
        "pm_card_authenticationRequiredOnSetup",
        "4000002500003155",
        authentication=Authentication.UNLESS_SET_UP,
    ),
    Card(
        "pm_card_authenticationRequiredChargeDeclinedInsufficientFunds",
        "4000008260003178",
        DECLINED,
        "insufficient_funds",
        authentication=Authentication.ALWAYS,
    ),
    Card("pm_card_visa_chargeDeclined", "4000000000000002", DECLINED, "generic_decline"),
    Card(
        "pm_card_visa_chargeDeclinedInsufficientFunds",
        "4000000000009995",
        DECLINED,
        "insufficient_funds",
    ),
    Card("pm_card_visa_chargeDeclinedLostCard", "4000000000009987", DECLINED, "lost_card"),
    Card("pm_card_visa_chargeDeclinedStolenCard", "4000000000009979", DECLINED, "stolen_card"),
    Card("pm_card_chargeDeclinedExpiredCard", "4000000000000069", "expired_card"),
    Card("pm_card_chargeDeclinedIncorrectCvc", "4000000000000127", "incorrect_cvc"),
    Card("pm_card_chargeDeclinedProcessingError", "4000000000000119", "processing_error"),
    Card("pm_card_pendingRefund", "4000000000007726", refunding=Refunding.LATER),
    Card("pm_card_refundFail", "4000000000005126", refunding=Refunding.FAILS_LATER),
]
BY_TOKEN = {card.token: card for card in CARDS}
BY_NUMBER = {card.number: card for card in CARDS}
WORDS = {
    "card_declined": "Your card was declined.",
    "insufficient_funds": "Your card has insufficient funds.",
    "expired_card": "Your card has expired.",
    "incorrect_cvc": "Your card's security code is incorrect.",
    "processing_error": (
        "An error occurred while processing your card. Try again in a little bit."
    ),
    "authentication_required": (
        "Your card was declined. This transaction requires authentication."
    ),
}


def words_of(card: Card) -> str:
    return WORDS.get(card.decline_code) or WORDS[card.code]
