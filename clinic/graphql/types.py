"""The clinic as visitors see it."""

import datetime

import strawberry

from clinic import details, models
from clinic.details import PublicDetails
from clinic.vocabulary import LegalKind, SellerRegime
from kernel.animals import Language
from kernel.graphql.vocabulary import describe, in_words
from kernel.money import Currency

describe(
    SellerRegime,
    "Who sells: the clinic itself, or a trading company beside it.",
    {
        SellerRegime.CLINIC: "The clinic, which may advertise no reduction.",
        SellerRegime.TRADING_COMPANY: "A company beside it.",
    }.__getitem__,
)
describe(LegalKind, "Which legal text it is.", in_words)


@strawberry.type(description="A stretch of a weekday when a place is open.")
class OpeningHours:
    weekday: int = strawberry.field(description="1 is Monday, 7 is Sunday.")
    opens: datetime.time = strawberry.field(description="From, local time.")
    closes: datetime.time = strawberry.field(description="Until, local time.")


@strawberry.type(description="Days when a place is closed against its usual hours.")
class Closure:
    first_day: datetime.date = strawberry.field(description="The first day closed.")
    last_day: datetime.date = strawberry.field(description="The last day closed.")
    reason: str = strawberry.field(description="Why, in words.")


@strawberry.type(description="A place where the clinic receives people.")
class Place:
    name: str = strawberry.field(description="What the place is called.")
    street: str = strawberry.field(description="Number and street.")
    postal_code: str = strawberry.field(description="Postal code.")
    city: str = strawberry.field(description="Town.")
    country: str = strawberry.field(description="Country, ISO 3166-1 alpha-2.")
    phone: str = strawberry.field(description="Phone number.")
    opening_hours: list[OpeningHours] = strawberry.field(description="The usual week.")
    closures: list[Closure] = strawberry.field(description="Closures known, past and to come.")
    is_open_now: bool = strawberry.field(description="Whether somebody is there at this moment.")


@strawberry.type(description="A legal text in force.")
class LegalText:
    kind: LegalKind = strawberry.field(description="Which text.")
    version: int = strawberry.field(description="Its version; orders keep the one accepted.")
    title: str = strawberry.field(description="Its title.")
    body: str = strawberry.field(description="The text.")
    effective_from: datetime.datetime = strawberry.field(description="In force since.")


@strawberry.type(description="The shop and the clinic behind it.")
class Shop:
    name: str = strawberry.field(description="Name of the clinic.")
    legal_name: str = strawberry.field(description="Name of the company that sells.")
    email: str = strawberry.field(description="Where to write.")
    phone: str = strawberry.field(description="Where to call.")
    emergency_phone: str = strawberry.field(description="Where to call at any hour.")
    mediator: str = strawberry.field(description="The consumer mediator named by the seller.")
    currency: Currency = strawberry.field(description="Currency of all prices.")
    languages: list[Language] = strawberry.field(description="Languages that the shop speaks.")
    regime: SellerRegime = strawberry.field(
        description="Under CLINIC no reduction or voucher exists (Code rural R.242-62)."
    )
    places: list[Place] = strawberry.field(description="The clinic's places, at most 50.")
    legal_texts: list[LegalText] = strawberry.field(
        description="The legal texts in force, in the reader's language."
    )
    stripe_publishable_key: str = strawberry.field(
        description="The public key that Stripe's own form needs; empty until payment is set up."
    )


def shop_of(
    found: PublicDetails,
    *,
    at: datetime.datetime,
    language: Language,
    stripe_publishable_key: str,
) -> Shop:
    clinic = found.clinic
    return Shop(
        name=clinic.name,
        legal_name=clinic.legal_name,
        email=clinic.email,
        phone=clinic.phone,
        emergency_phone=clinic.emergency_phone,
        mediator=clinic.mediator,
        currency=Currency.EUR,
        languages=list(Language),
        regime=SellerRegime(clinic.seller_regime),
        places=[place_of(found, place, at=at) for place in found.places],
        legal_texts=[
            legal_text_of(text)
            for text in details.legal_texts_in_force(found, at=at)
            if text.language == language
        ],
        stripe_publishable_key=stripe_publishable_key,
    )


def place_of(found: PublicDetails, place: models.Place, *, at: datetime.datetime) -> Place:
    return Place(
        name=place.name,
        street=place.street,
        postal_code=place.postal_code,
        city=place.city,
        country=place.country,
        phone=place.phone,
        opening_hours=[
            OpeningHours(weekday=each.weekday, opens=each.opens, closes=each.closes)
            for each in found.hours
            if each.place_id == place.pk
        ],
        closures=[
            Closure(first_day=each.first_day, last_day=each.last_day, reason=each.reason)
            for each in found.closures
            if each.place_id == place.pk
        ],
        is_open_now=details.is_open(found, place, at=at),
    )


def legal_text_of(text: models.LegalText) -> LegalText:
    return LegalText(
        kind=LegalKind(text.kind),
        version=text.version,
        title=text.title,
        body=text.body,
        effective_from=text.effective_from,
    )
