"""The vocabularies of advice as GraphQL enums."""

from advice.content import Change
from advice.vocabulary import ArticleForm, ArticleSort, ArticleStatus, VideoKind
from kernel.graphql.vocabulary import describe

describe(
    ArticleStatus,
    "How far an article has come.",
    {
        ArticleStatus.DRAFT: "It is being written.",
        ArticleStatus.IN_REVIEW: "It waits for whoever publishes.",
        ArticleStatus.SCHEDULED: "It shows itself when its moment is there.",
        ArticleStatus.PUBLISHED: "The public reads it.",
        ArticleStatus.WITHDRAWN: "The public no longer reads it.",
    }.__getitem__,
)
describe(
    ArticleForm,
    "How an article is built.",
    {
        ArticleForm.ARTICLE: "A text.",
        ArticleForm.QUESTIONS: "Questions, each a heading, with their answers.",
    }.__getitem__,
)
describe(
    ArticleSort,
    "In which order articles are listed; ties by age.",
    {
        ArticleSort.RELEVANCE: "Best answers to the search first; without one, the newest.",
        ArticleSort.NEWEST: "The newest first.",
        ArticleSort.OLDEST: "The oldest first.",
    }.__getitem__,
)
describe(
    VideoKind,
    "Where a video is.",
    {
        VideoKind.FILE: "A file of the clinic's: the page plays it itself.",
        VideoKind.EXTERNAL: "Elsewhere: nothing is loaded from there before the visitor agrees.",
    }.__getitem__,
)
describe(
    Change,
    "What became of a line.",
    {
        Change.SAME: "It is in both.",
        Change.ADDED: "It is new.",
        Change.REMOVED: "It is gone.",
    }.__getitem__,
    name="LineChange",
)
