"""The words of pets' files as GraphQL enums."""

from enum import StrEnum

from kernel.graphql.vocabulary import describe
from pets.vocabulary import LABELS, Activity, Breeding, HistoryKind, IdentificationKind, Sex


def _in_english(word: StrEnum) -> str:
    return LABELS[word][1].capitalize() + "."


describe(Sex, "An animal's sex.", _in_english)
describe(
    Activity,
    "How an animal lives; of a cat, low and moderate are indoor, high is outdoor.",
    _in_english,
)
describe(Breeding, "Whether a female carries or nurses young.", _in_english)
describe(IdentificationKind, "What tells an animal from all others.", _in_english)
describe(HistoryKind, "What a row of a pet's history tells.", _in_english)
