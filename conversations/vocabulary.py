"""The words of conversations."""

from enum import StrEnum


class ThreadKind(StrEnum):
    QUESTION = "QUESTION"
    COMPLAINT = "COMPLAINT"


class Channel(StrEnum):
    """How it came to the clinic; all but WEB are entered by staff."""

    WEB = "WEB"
    MAIL = "MAIL"
    PHONE = "PHONE"
    COUNTER = "COUNTER"
    SOCIAL = "SOCIAL"


class ThreadState(StrEnum):
    """Whose turn it is."""

    WAITING = "WAITING"
    ANSWERED = "ANSWERED"
    CLOSED = "CLOSED"


class Priority(StrEnum):
    LOW = "LOW"
    NORMAL = "NORMAL"
    HIGH = "HIGH"


class MessageKind(StrEnum):
    """Who speaks to whom; a note is read by staff alone."""

    FROM_ASKER = "FROM_ASKER"
    FROM_CLINIC = "FROM_CLINIC"
    NOTE = "NOTE"


class SubjectKind(StrEnum):
    NONE = "NONE"
    PET = "PET"
    PRODUCT = "PRODUCT"
    ORDER = "ORDER"


class Assigned(StrEnum):
    """Which questions of the inbox, by who is in charge."""

    ME = "ME"
    NOBODY = "NOBODY"
    SOMEBODY = "SOMEBODY"
