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
from catalog.graphql.reviews import ReviewsMe, ReviewsQuery
from catalog.graphql.reviews_mutations import ReviewMutation
from conversations.graphql.asker_mutations import QuestionMutation
from conversations.graphql.queries import ConversationsMe, ConversationsQuery
from conversations.graphql.staff_mutations import QuestionStaffMutation
from kernel.graphql.execution import CompiledExecutor
from kernel.graphql.limits import KeptDocuments
from kernel.graphql.payloads import PlainError
from kernel.graphql.vocabulary import give_members
from orders.graphql.after_the_sale import AfterTheSaleMutation, CardsMe
from orders.graphql.approving import ApprovalsMe, ApprovingMutation, ApprovingQuery
from orders.graphql.buying import ERRORS, BuyingMutation
from orders.graphql.cart_mutations import CartMutation
from orders.graphql.choosing import ChoosingMutation, ChoosingQuery
from orders.graphql.desk import DeskMutation, DeskQuery
from orders.graphql.queries import OrdersMe, OrdersQuery
from orders.graphql.sharing import SharingMutation, SharingQuery
from pets.graphql import clients  # noqa: F401  (extends Client)
from pets.graphql.history_mutations import PetHistoryMutation
from pets.graphql.mutations import PetsMutation
from pets.graphql.queries import PetsQuery
from recommendations.graphql.mutations import SuggestionsMutation
from recommendations.graphql.queries import SuggestionsQuery

Me = merge_types(
    "Me", (AccountMe, ApprovalsMe, CardsMe, ConversationsMe, OrdersMe, PrivacyMe, ReviewsMe)
)


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
        ApprovingQuery,
        AdviceQuery,
        AdviceStaffQuery,
        CatalogQuery,
        ChoosingQuery,
        ClientsQuery,
        DeskQuery,
        ConversationsQuery,
        MeQuery,
        OrdersQuery,
        PetsQuery,
        ReviewsQuery,
        ServiceTokenQuery,
        SharingQuery,
        SuggestionsQuery,
    ),
)
Mutation = merge_types(
    "Mutation",
    (
        AfterTheSaleMutation,
        ApprovingMutation,
        BuyingMutation,
        AdviceMutation,
        AlbumMutation,
        CartMutation,
        CatalogMutation,
        ChoosingMutation,
        ClientsMutation,
        DeskMutation,
        DietMutation,
        PeopleMutation,
        PetHistoryMutation,
        PetsMutation,
        PrivacyMutation,
        QuestionMutation,
        QuestionStaffMutation,
        ReviewMutation,
        ServiceTokenMutation,
        SharingMutation,
        SuggestionsMutation,
        UploadMutation,
    ),
)


schema = strawberry.Schema(
    query=Query,
    mutation=Mutation,
    types=[PlainError, *ERRORS],
    extensions=[KeptDocuments],
    execution_context_class=CompiledExecutor,
    config=StrawberryConfig(sort_schema=True, disable_field_suggestions=False),
)
give_members(schema)
