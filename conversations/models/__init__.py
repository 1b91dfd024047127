from conversations.models.desk import AnswerTime, CannedAnswer
from conversations.models.message import Attachment, Message
from conversations.models.public import PublicQuestion
from conversations.models.thread import AnswerPromise, Thread

__all__ = [
    "AnswerPromise",
    "AnswerTime",
    "Attachment",
    "CannedAnswer",
    "Message",
    "PublicQuestion",
    "Thread",
]
