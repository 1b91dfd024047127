"""Who is asking, and where they are."""

import strawberry
from django.conf import settings

from accounts.graphql.info import Info
from clinic.graphql.types import Shop, shop_of
from kernel.animals import Language


@strawberry.type(description="The signed-in person.")
class Person:
    first_name: str = strawberry.field(description="First name.")
    last_name: str = strawberry.field(description="Last name.")
    language: Language = strawberry.field(description="The language that they are written to in.")


@strawberry.type(description="What belongs to the signed-in person.")
class AccountMe:
    person: Person = strawberry.field(description="Who it is.")


@strawberry.type
class AccountsQuery:
    @strawberry.field(description="The shop, and the clinic behind it.")
    def shop(self, info: Info) -> Shop:
        return shop_of(
            info.context.clinic,
            at=info.context.at,
            language=info.context.language,
            stripe_publishable_key=settings.STRIPE_PUBLISHABLE_KEY,
        )
