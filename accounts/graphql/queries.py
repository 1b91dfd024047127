"""Who is asking, and where they are."""

from typing import Annotated, cast

import strawberry
from django.conf import settings

from accounts import access, postal
from accounts.graphql.info import Info
from accounts.graphql.people_types import (
    Address,
    Commune,
    Consent,
    Person,
    commune_of,
    consents_shown,
)
from accounts.graphql.viewer import signed_in
from clinic.graphql.types import Shop, shop_of
from kernel.graphql.keeping import KEPT
from kernel.graphql.payloads import described


@strawberry.type(description="What belongs to the signed-in person.")
class AccountMe:
    person: Person = strawberry.field(description="Who it is.")

    @strawberry.field(description="Their addresses, the usual one first, at most 20.")
    def addresses(self, info: Info) -> list[Address]:
        return cast("list[Address]", access.addresses_for(info.context.viewer))

    @strawberry.field(description="What they agreed to, a line a purpose.")
    def consents(self, info: Info) -> list[Consent]:
        return consents_shown(signed_in(info))


@strawberry.type
class AccountsQuery:
    @strawberry.field(metadata=KEPT, description="The shop, and the clinic behind it.")
    def shop(self, info: Info) -> Shop:
        return shop_of(
            info.context.clinic,
            at=info.context.at,
            language=info.context.language,
            stripe_publishable_key=settings.STRIPE_PUBLISHABLE_KEY,
        )

    @strawberry.field(
        description="The communes of a French postal code, for a form that completes addresses; "
        "at most 46, none for an unknown code."
    )
    def communes(
        self, postal_code: Annotated[str, described("Five digits; spaces do not matter.")]
    ) -> list[Commune]:
        return [commune_of(each) for each in postal.communes_of(postal_code.replace(" ", ""))]
