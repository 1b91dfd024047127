from advice.models.article import Article, ClaimOverride, Revision, SlugHistory
from advice.models.card import ArticleCard, CardTag
from advice.models.naming import Author, Topic
from advice.models.picture import Picture
from advice.models.video import Captions, Video

__all__ = [
    "Article",
    "ArticleCard",
    "Author",
    "Captions",
    "CardTag",
    "ClaimOverride",
    "Picture",
    "Revision",
    "SlugHistory",
    "Topic",
    "Video",
]
