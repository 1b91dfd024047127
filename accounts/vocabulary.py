"""The words of people's files."""

from enum import StrEnum


class Purpose(StrEnum):
    """What a person may agree to, apart from the contract itself."""

    MARKETING_EMAIL = "marketing_email"
    SUGGESTIONS = "suggestions"
    SHARING = "sharing"


class Origin(StrEnum):
    """Who said so: what a row of a file rests on."""

    OWNER = "owner"
    STAFF = "staff"
    IMPORT = "import"
    DEVICE = "device"


class PrivacyKind(StrEnum):
    EXPORT = "export"
    ERASE = "erase"


class PrivacyState(StrEnum):
    REQUESTED = "requested"
    DONE = "done"
    FAILED = "failed"


class Fate(StrEnum):
    """What becomes of rows about a person who asks to be forgotten."""

    DELETE = "delete"
    PSEUDONYMISE = "pseudonymise"
    KEEP = "keep"


class AddressDoubt(StrEnum):
    """What makes a carrier hesitate; the address is kept as it was given."""

    UNKNOWN_POSTAL_CODE = "unknown_postal_code"
    CITY_NOT_IN_POSTAL_CODE = "city_not_in_postal_code"
    LINE_TOO_LONG = "line_too_long"
