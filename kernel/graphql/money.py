"""Money as the API gives it: whole cents, and the same amount as a decimal string."""

import decimal
from functools import lru_cache

import strawberry

from kernel import money


@strawberry.type(description="An amount of money. Never a floating-point number.")
class Money:
    cents: int = strawberry.field(description="The amount in whole cents.")
    amount: decimal.Decimal = strawberry.field(
        description="The same amount in euros, as a decimal string: `12.90`."
    )
    currency: money.Currency = strawberry.field(description="Always EUR today.")


@lru_cache(maxsize=4096)
def money_of(cents: int) -> Money:
    return Money(
        cents=cents,
        amount=money.Money(cents).amount,
        currency=money.Currency.EUR,
    )


@strawberry.type(description="Price by weight or volume, to compare packs of different sizes.")
class UnitPrice:
    money: Money = strawberry.field(description="The price for that quantity, VAT included.")
    per: str = strawberry.field(description="The quantity: `kg`, `100 g`, `l` or `100 ml`.")
