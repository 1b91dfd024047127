"""The words of pets' files as GraphQL enums."""

from enum import StrEnum

from kernel.graphql.vocabulary import describe, in_words
from pets.vocabulary import (
    LABELS,
    Activity,
    Breeding,
    EnergyRule,
    HistoryKind,
    IdentificationKind,
    NoEnergy,
    Sex,
)


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
describe(EnergyRule, "What an animal's energy was reckoned by.", in_words)
describe(NoEnergy, "Why there is no number for an animal's energy: ask the clinic.", in_words)
