"""The one schema: what each app gives, merged."""

import strawberry
from strawberry.schema.config import StrawberryConfig
from strawberry.tools import merge_types

from accounts.graphql.clients import ClientsMutation, ClientsQuery
from accounts.graphql.info import Info
from accounts.graphql.people import PeopleMutation
from accounts.graphql.privacy import PrivacyMe, PrivacyMutation
from accounts.graphql.queries import AccountMe, AccountsQuery
from accounts.graphql.service_tokens import ServiceTokenMutation, ServiceTokenQuery
from accounts.graphql.uploads import UploadMutation
from advice.graphql.album import AlbumMutation
from advice.graphql.mutations import AdviceMutation, AdviceStaffQuery
from advice.graphql.queries import AdviceQuery
from catalog.graphql.diets import DietMutation
from catalog.graphql.mutations import CatalogMutation
from catalog.graphql.queries import CatalogQuery
from kernel.graphql.execution import LeafReader, read_attributes_directly
from kernel.graphql.limits import KeptDocuments
from kernel.graphql.payloads import PlainError
from orders.graphql.cart_mutations import CartMutation
from orders.graphql.queries import OrdersMe, OrdersQuery
from pets.graphql import clients  # noqa: F401  (extends Client)
from pets.graphql.history_mutations import PetHistoryMutation
from pets.graphql.mutations import PetsMutation
from pets.graphql.queries import PetsQuery

Me = merge_types("Me", (AccountMe, PrivacyMe, OrdersMe))


@strawberry.type
class MeQuery:
    @strawberry.field(description="The signed-in person and what is theirs; null for guests.")
    def me(self, info: Info) -> Me | None:  # type: ignore[valid-type]
        viewer = info.context.viewer
        return Me(person=viewer.person) if viewer.login else None


Query = merge_types(
    "Query",
    (
        AccountsQuery,
        AdviceQuery,
        AdviceStaffQuery,
        CatalogQuery,
        ClientsQuery,
        MeQuery,
        OrdersQuery,
        PetsQuery,
        ServiceTokenQuery,
    ),
)
Mutation = merge_types(
    "Mutation",
    (
        AdviceMutation,
        AlbumMutation,
        CartMutation,
        CatalogMutation,
        ClientsMutation,
        DietMutation,
        PeopleMutation,
        PetHistoryMutation,
        PetsMutation,
        PrivacyMutation,
        ServiceTokenMutation,
        UploadMutation,
    ),
)


schema = strawberry.Schema(
    query=Query,
    mutation=Mutation,
    types=[PlainError],
    extensions=[KeptDocuments],
    execution_context_class=LeafReader,
    config=StrawberryConfig(sort_schema=True, disable_field_suggestions=False),
)
read_attributes_directly(schema._schema)  # noqa: SLF001
