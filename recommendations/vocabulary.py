"""The words of suggestions."""

from enum import StrEnum


class Shelf(StrEnum):
    """Where something was suggested."""

    ORDER_AGAIN = "order_again"
    NEW = "new"
    TOGETHER = "together"
    ADD_ONS = "add_ons"
    POPULAR = "popular"


class ReasonKind(StrEnum):
    """Why something is suggested; each is true of the pet, or of the pets that it is like."""

    REPEAT = "repeat"
    BOUGHT = "bought"
    HOUSEHOLD = "household"
    SAME_KIND = "same_kind"
    POPULAR = "popular"
    TOGETHER = "together"


class LineOrigin(StrEnum):
    """Who decided for which pet a line was: people, or a rule."""

    OWNER = "owner"
    ONLY = "only"
    HABIT = "habit"
    SHARED = "shared"


class Team(StrEnum):
    """Whose pick stands in a place of an interleaved list."""

    MODEL = "model"
    POPULARITY = "popularity"
