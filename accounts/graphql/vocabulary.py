"""The words of people's files as GraphQL enums."""

from accounts.vocabulary import AddressDoubt, Origin, PrivacyKind, PrivacyState, Purpose
from kernel.graphql.vocabulary import describe

describe(
    Purpose,
    "What a person may agree to, apart from the contract.",
    {
        Purpose.MARKETING_EMAIL: "News and offers by e-mail.",
        Purpose.SUGGESTIONS: "Suggestions from each pet's history.",
        Purpose.SHARING: "Showing one's pets or carts to others.",
    }.__getitem__,
)
describe(
    Origin,
    "Who said so.",
    {
        Origin.OWNER: "An owner.",
        Origin.STAFF: "The clinic's staff.",
        Origin.IMPORT: "The practice's software.",
        Origin.DEVICE: "A connected device.",
    }.__getitem__,
)
describe(
    PrivacyKind,
    "What a person asks of their data.",
    {PrivacyKind.EXPORT: "A copy.", PrivacyKind.ERASE: "To be forgotten."}.__getitem__,
)
describe(
    PrivacyState,
    "How far a request has come.",
    {
        PrivacyState.REQUESTED: "It waits its turn.",
        PrivacyState.DONE: "It is done.",
        PrivacyState.FAILED: "It failed: the clinic was told.",
    }.__getitem__,
)
describe(
    AddressDoubt,
    "Why a carrier may hesitate.",
    {
        AddressDoubt.UNKNOWN_POSTAL_CODE: "No commune of France has this postal code.",
        AddressDoubt.CITY_NOT_IN_POSTAL_CODE: "The postal code belongs to other communes.",
        AddressDoubt.LINE_TOO_LONG: "A line is longer than the 38 characters of a label.",
    }.__getitem__,
    name="AddressWarningReason",
)
