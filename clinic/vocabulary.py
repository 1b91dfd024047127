"""The clinic's own words."""

from enum import StrEnum


class SellerRegime(StrEnum):
    """Who sells: the clinic itself, bound by its Order, or a trading company beside it.

    A clinic may not advertise reductions, loyalty cards or coupons. Source: Code rural R.242-62 and
    the professional sheet of the Ordre national des vétérinaires on commercial activity.
    """

    CLINIC = "CLINIC"
    TRADING_COMPANY = "TRADING_COMPANY"


class ClientGate(StrEnum):
    """What is asked of a buyer of dietetic food."""

    OFF = "OFF"
    TICK_BOX = "TICK_BOX"
    KNOWN_CLIENT = "KNOWN_CLIENT"
    RECENT_VISIT = "RECENT_VISIT"


class LegalKind(StrEnum):
    TERMS_OF_SALE = "TERMS_OF_SALE"
    PRIVACY = "PRIVACY"
    LEGAL_NOTICE = "LEGAL_NOTICE"
    WITHDRAWAL = "WITHDRAWAL"
    GUARANTEES = "GUARANTEES"
    RANKING = "RANKING"
