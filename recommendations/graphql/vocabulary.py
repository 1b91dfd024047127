"""The words of suggestions as GraphQL enums."""

from kernel.graphql.vocabulary import describe
from recommendations.vocabulary import ReasonKind

describe(
    ReasonKind,
    "Why something is suggested.",
    {
        ReasonKind.REPEAT: "The pet had it before.",
        ReasonKind.BOUGHT: "Pets that had what this one had, had it too.",
        ReasonKind.HOUSEHOLD: "Another pet of the household had it, or what goes with it.",
        ReasonKind.SAME_KIND: "It is of the kind of something that the pet had.",
        ReasonKind.POPULAR: "It is popular with pets like this one.",
        ReasonKind.TOGETHER: "It is often chosen with what is looked at.",
    }.__getitem__,
    name="SuggestionReasonKind",
)
