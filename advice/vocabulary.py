"""The words of articles and videos that machines know."""

from enum import StrEnum


class ArticleStatus(StrEnum):
    """How far an article has come; a scheduled one shows itself when its moment is there."""

    DRAFT = "DRAFT"
    IN_REVIEW = "IN_REVIEW"
    SCHEDULED = "SCHEDULED"
    PUBLISHED = "PUBLISHED"
    WITHDRAWN = "WITHDRAWN"


class ArticleForm(StrEnum):
    """In a page of questions each heading of the second level asks, and what follows answers."""

    ARTICLE = "ARTICLE"
    QUESTIONS = "QUESTIONS"


class VideoStatus(StrEnum):
    DRAFT = "DRAFT"
    PUBLISHED = "PUBLISHED"
    WITHDRAWN = "WITHDRAWN"


class TagKind(StrEnum):
    """What an article is found by: a fact of its content, or a thing that it shows."""

    TOPIC = "topic"
    AUTHOR = "author"
    SPECIES = "species"
    LIFE_STAGE = "life_stage"
    CONDITION = "condition"
    PRODUCT = "product"
    PICTURE = "picture"
    VIDEO = "video"
    ARTICLE = "article"


class ArticleSort(StrEnum):
    RELEVANCE = "relevance"
    NEWEST = "newest"
    OLDEST = "oldest"


class VideoKind(StrEnum):
    FILE = "FILE"
    EXTERNAL = "EXTERNAL"
