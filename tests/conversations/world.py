"""A clinic that is open in office hours, and those who ask it."""

import re
from datetime import UTC, datetime, time
from io import BytesIO
from typing import Any

from PIL import Image

from accounts.models import Login, Notice, Person
from clinic import details
from clinic.models import OpeningHours, Place
from conversations import asking
from conversations.asking import Asked, Asker
from conversations.models import Thread
from conversations.vocabulary import Channel
from tests.builders import make_clinic, person

#: A Monday, ten in the morning at the clinic.
MONDAY = datetime(2026, 11, 16, 9, tzinfo=UTC)
PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def open_clinic() -> Place:
    place = make_clinic()
    for weekday in range(1, 6):
        for opens, closes in ((time(9), time(12)), (time(14), time(18))):
            details.save_details(
                OpeningHours(place=place, weekday=weekday, opens=opens, closes=closes)
            )
    return place


def asks(by: Person | Login | None = None, text="Combien de croquettes ?", at=MONDAY, **more: Any):
    """A question of a person, who has a file alone unless given."""
    asker = by.person if isinstance(by, Login) else by or person()
    asked = Asked(text=text, **more)
    return asking.ask(asker=Asker(person=asker), asked=asked, place=Place.objects.get(), at=at)


def stranger_asks(email="eve@clients.example", text="Bonjour ?", name="Eve", at=MONDAY) -> Thread:
    asker = Asker(email=email, name=name)
    return asking.ask(asker=asker, asked=Asked(text=text), place=Place.objects.get(), at=at)


def caller_asks(by: Person, name="M. Durand", at=MONDAY, **asker: Any) -> Thread:
    return asking.enter(
        asker=Asker(name=name, **asker),
        asked=Asked(text="Quels horaires ?"),
        channel=Channel.PHONE,
        place=Place.objects.get(),
        by=by,
        at=at,
    )


def mailed_token() -> str:
    found = re.search(r"token=(\S+)", Notice.objects.latest("pk").body)
    assert found
    return found[1]


def picture(size=(40, 30)) -> bytes:
    content = BytesIO()
    Image.new("RGB", size, "teal").save(content, "PNG")
    return content.getvalue()
