"""The words of conversations as GraphQL enums."""

from conversations.vocabulary import (
    Assigned,
    Channel,
    MessageKind,
    Priority,
    SubjectKind,
    ThreadKind,
    ThreadState,
)
from kernel.graphql.vocabulary import describe

describe(
    ThreadKind,
    "What somebody wants of the clinic.",
    {
        ThreadKind.QUESTION: "Advice or a fact.",
        ThreadKind.COMPLAINT: "That something be put right.",
    }.__getitem__,
    name="QuestionKind",
)
describe(
    Channel,
    "How something came to the clinic, or was answered.",
    {
        Channel.WEB: "In the shop.",
        Channel.MAIL: "By mail, e-mail included.",
        Channel.PHONE: "By phone.",
        Channel.COUNTER: "At the clinic.",
        Channel.SOCIAL: "On a social network.",
    }.__getitem__,
    name="QuestionChannel",
)
describe(
    ThreadState,
    "Whose turn it is.",
    {
        ThreadState.WAITING: "The clinic's: it has to answer.",
        ThreadState.ANSWERED: "The asker's: they may add something, or close it.",
        ThreadState.CLOSED: "Nobody's.",
    }.__getitem__,
    name="QuestionState",
)
describe(
    Priority,
    "How soon it must be looked at.",
    {
        Priority.LOW: "It can wait.",
        Priority.NORMAL: "In its turn.",
        Priority.HIGH: "First: it says something urgent, or staff said so.",
    }.__getitem__,
    name="QuestionPriority",
)
describe(
    MessageKind,
    "Who speaks to whom.",
    {
        MessageKind.FROM_ASKER: "The asker to the clinic.",
        MessageKind.FROM_CLINIC: "The clinic to the asker.",
        MessageKind.NOTE: "Colleagues among themselves.",
    }.__getitem__,
)
describe(
    SubjectKind,
    "What a question is about.",
    {
        SubjectKind.NONE: "Nothing that has a page.",
        SubjectKind.PET: "A pet.",
        SubjectKind.PRODUCT: "A product.",
        SubjectKind.ORDER: "An order.",
    }.__getitem__,
    name="QuestionSubjectKind",
)
describe(
    Assigned,
    "Who is in charge.",
    {
        Assigned.ME: "The asker of this request.",
        Assigned.NOBODY: "Nobody.",
        Assigned.SOMEBODY: "Somebody, whoever it is.",
    }.__getitem__,
)
