"""The demonstration's shop, whole: two years of orders, reviews, articles, suggestions."""

import io
from collections.abc import Mapping

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.db.models import Count  # noqa: E402

from accounts.models import Login  # noqa: E402
from advice.models import ArticleCard  # noqa: E402
from benchmarks.measuring import request_cost  # noqa: E402
from benchmarks.world import shipped  # noqa: E402
from catalog.models import Product  # noqa: E402
from kernel.graphql.nodes import global_id  # noqa: E402
from orders.models import Order  # noqa: E402
from shop.demo import clients, loader  # noqa: E402
from shop.wsgi import settle_memory  # noqa: E402

BESIDE = """
    boughtTogether(first: 8) { product { slug name picture { url(width: 320) }
      variants { price { amount } availability } } reason { text } }
    reviews(first: 10) { totalCount nodes { rating text signature publishedAt } }
    articles { slug title standfirst }
    jsonLd
"""
SUGGESTED = """query($id: ID!) { pet(id: $id) {
    orderAgain(first: 8) { product { slug name } runsOut { from to } reason { text } }
    suggestions(first: 8) { product { slug name variants { price { amount } } }
      reason { kind text } } } }"""


def main() -> None:
    call_command("demo", no_serve=True, fresh=True, stdout=io.StringIO())
    settle_memory()
    print(f"\n## The demonstration's shop on {connection.vendor}\n")
    print("| request | statements | CPU ms | bytes |\n| --- | --- | --- | --- |")
    for name, (query, variables, login) in requests().items():
        cost = request_cost(query, variables, login=login)
        print(f"| {name} | {cost.statements} | {cost.cpu_ms:.1f} | {cost.bytes} |")


def requests() -> dict[str, tuple[str, Mapping[str, object], Login | None]]:
    """Documents by what they show, with who asks; the busiest rows of each kind."""
    product = Product.objects.annotate(most=Count("reviews")).order_by("-most").first()
    order = Order.objects.filter(person__isnull=False).latest("pk")
    owner = Login.objects.get(email=clients.OWNER)
    pet = owner.person.guardianships.earliest("pk").pet
    manager = Login.objects.get(email=loader.MANAGER)
    assert product is not None
    assert order.person is not None
    everything = shipped("product_page").replace("    jsonLd\n", BESIDE)
    article = ArticleCard.objects.earliest("pk").slug
    asked: dict[str, tuple[str, Mapping[str, object], Login | None]] = {
        "product page, 8 bought together, 10 reviews, 4 articles": (
            everything,
            {"slug": product.slug},
            None,
        ),
        "articles": (shipped("article_list"), {}, None),
        "an article": (shipped("article_page"), {"slug": article}, None),
        "one search over all": (shipped("search_page"), {"text": "croquettes chat"}, None),
        "suggestions for one pet": (SUGGESTED, {"id": global_id("Pet", pet.pk)}, owner),
        "suggestions for all of one's pets": (shipped("my_suggestions"), {}, owner),
        "an owner's orders": (shipped("my_orders"), {}, owner),
        "an owner's questions": (shipped("my_questions"), {}, owner),
        "the desk's orders": (shipped("order_desk"), {}, manager),
        "the desk's inbox": (shipped("questions_inbox"), {}, manager),
    }
    if order.person.login is not None:
        given = {"id": global_id("Order", order.pk)}
        asked["an order"] = (shipped("order_page"), given, order.person.login)
    return asked


if __name__ == "__main__":
    main()
