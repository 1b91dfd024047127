"""What staff read for the codes of advice, in their language."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from advice.vocabulary import ArticleForm, ArticleStatus, VideoStatus

STATUSES: dict[str, str | Promise] = {
    ArticleStatus.DRAFT: _("Draft"),
    ArticleStatus.IN_REVIEW: _("In review"),
    ArticleStatus.SCHEDULED: _("Scheduled"),
    ArticleStatus.PUBLISHED: _("Published"),
    ArticleStatus.WITHDRAWN: _("Withdrawn"),
}
VIDEO_STATUSES: dict[str, str | Promise] = {each: STATUSES[each] for each in VideoStatus}
FORMS: dict[ArticleForm, str | Promise] = {
    ArticleForm.ARTICLE: _("Article"),
    ArticleForm.QUESTIONS: _("Questions and answers"),
}

#: What the trail of changes calls what was done.
ACTIONS: dict[str, str | Promise] = {
    "advice_picture.add": _("Picture of advice added"),
    "advice_picture.describe": _("Picture of advice described"),
    "article.claims": _("Marked words let stand"),
    "article.edit": _("Article written on"),
    "article.slug": _("Address of an article changed"),
    "article.start": _("Article begun"),
    "article.status": _("Article moved on"),
    "author.save": _("Author changed"),
    "topic.save": _("Topic changed"),
    "video.captions": _("Captions changed"),
    "video.change": _("Video changed"),
    "video.claims": _("Marked words of a video let stand"),
    "video.file": _("Video file changed"),
    "video.start": _("Video begun"),
    "video.status": _("Video moved on"),
}
