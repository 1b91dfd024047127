"""What visitors ask of the catalogue."""

from typing import Annotated

import strawberry
from strawberry import relay

from accounts.graphql.info import Info
from accounts.graphql.selection import names_below
from catalog import listing, search
from catalog.graphql.inputs import ProductWhere, wish_of
from catalog.graphql.making import product_of, reading_of
from catalog.graphql.selection import needs_detail
from catalog.graphql.types import Product
from catalog.listing import FacetValue as FoundValue
from catalog.listing import Question
from catalog.shelf import Facet as FacetName
from catalog.shelf import Page, Sort, Wish
from catalog.shelf_keeper import keeper, name_of
from kernel.graphql.keeping import KEPT
from kernel.graphql.nodes import Node, global_id, key_of
from kernel.graphql.paging import PageInfo, cursor, page_info, page_size, read_cursor
from kernel.graphql.payloads import ClientMistake, described

_LONGEST_SEARCH = 200
#: Where the context keeps the products of a page, of which other fields read parts together.
SHOWN = "products shown"
_MOST_SUGGESTIONS = 10
_MOST_CHILDREN = 100


@strawberry.type(description="A value of a facet.")
class FacetValue:
    slug: str = strawberry.field(description="Its key, for `where`.")
    label: str = strawberry.field(description="Its name in the reader's language.")
    count: int = strawberry.field(description="How many products it would leave.")
    selected: bool = strawberry.field(description="Whether `where` chose it.")


@strawberry.type(description="A way to narrow a list, with what each choice would leave.")
class Facet:
    slug: str = strawberry.field(description="Its key: the field of `where` that it fills.")
    label: str = strawberry.field(description="Its name in the reader's language.")
    values: list[FacetValue] = strawberry.field(
        description="Its values, the most frequent first, at most 100."
    )


@strawberry.type(description="A piece of a text.")
class TextSegment:
    text: str = strawberry.field(description="The piece.")
    is_match: bool = strawberry.field(description="Whether it answers what was searched.")


@strawberry.type(description="A product in a list, with its cursor.")
class ProductEdge:
    node: Product = strawberry.field(description="The product.")
    cursor: str = strawberry.field(description="Give it as `after` to go on from here.")
    asked: strawberry.Private[str]

    @strawberry.field(
        description="The product's name in pieces, those marked that answer `search`."
    )
    def highlight(self, info: Info) -> list[TextSegment]:
        revision = info.context.revision
        pieces = search.highlighted(self.node.name, asked=self.asked, as_of=revision)
        return [TextSegment(text=each.text, is_match=each.is_match) for each in pieces]


@strawberry.type(description="A page of products.")
class ProductConnection:
    nodes: list[Product] = strawberry.field(description="The products.")
    edges: list[ProductEdge] = strawberry.field(description="The products with their cursors.")
    page_info: PageInfo = strawberry.field(description="Where the page stands.")
    total_count: int | None = strawberry.field(description="How many products match in all.")
    facets: list[Facet] = strawberry.field(
        description="Ways to narrow the list. A facet's counts ignore its own selection."
    )
    corrected: str | None = strawberry.field(
        description="What was searched instead, when the text seemed misspelt."
    )


@strawberry.type(description="A category of the shop.")
class Category:
    slug: str = strawberry.field(description="Its address: the path from the root.")
    name: str = strawberry.field(description="Its name in the reader's language.")
    product_count: int = strawberry.field(description="How many products stand in and below it.")
    children: list["Category"] = strawberry.field(description="Those below it, at most 100.")


@strawberry.type(description="A brand.")
class Brand:
    slug: str = strawberry.field(description="Its address.")
    name: str = strawberry.field(description="Its name.")
    product_count: int = strawberry.field(description="How many products it has here.")


_FACET_LABELS = {
    FacetName.BRAND: ("Marque", "Brand"),
    FacetName.CATEGORY: ("Rayon", "Category"),
    FacetName.SPECIES: ("Animal", "Animal"),
    FacetName.LIFE_STAGE: ("Âge", "Age"),
    FacetName.SIZE_CLASS: ("Gabarit", "Size"),
    FacetName.FORM: ("Type", "Type"),
    FacetName.CONDITION: ("Besoin", "Need"),
    FacetName.AVAILABILITY: ("Disponibilité", "Availability"),
    FacetName.PRICE: ("Prix", "Price"),
    FacetName.WITHOUT_INGREDIENT: ("Sans", "Without"),
}
_MOST_VALUES = 100


@strawberry.type
class CatalogQuery:
    @strawberry.field(
        metadata=KEPT,
        description="Products, filtered, searched and sorted. RELEVANCE puts the best answers to "
        "`search` first (words of the name, then of brand, category and needs, then of the "
        "texts); without a search, the newest. Prices are never personalised.",
    )
    def products(
        self,
        info: Info,
        first: Annotated[int | None, described("How many, 1 to 100; 24 if not given.")] = None,
        after: Annotated[str | None, described("Cursor of the last product seen.")] = None,
        where: Annotated[ProductWhere | None, described("What products must be.")] = None,
        search: Annotated[str | None, described("What the shopper typed.")] = None,
        sort: Annotated[Sort, described("In which order.")] = Sort.RELEVANCE,
    ) -> ProductConnection:
        names = names_below(info)
        sort = Sort(sort)
        question = Question(
            wish=wish_of(where),
            text=text_of(search),
            sort=sort,
            first=page_size(first),
            after=place_of(after, sort),
            with_facets="facets" in names,
            with_detail=needs_detail(names),
        )
        return products_listed(question, info, after=after)

    @strawberry.field(
        metadata=KEPT,
        description="The product at an address; an address of the past leads to it too. Null when "
        "there is none.",
    )
    def product(
        self, info: Info, slug: Annotated[str, described("Its address.")]
    ) -> Product | None:
        reading = reading_of(info)
        body = listing.card_by_slug(slug[:_LONGEST_SEARCH], reading)
        return None if body is None else product_of(body, reading)

    @strawberry.field(
        metadata=KEPT, description="A product or a pack by its id; null when there is none."
    )
    def node(
        self,
        info: Info,
        id: Annotated[relay.GlobalID, described("Its id.")],  # noqa: A002
    ) -> Node | None:
        reading = reading_of(info)
        key = key_of(id, id.type_name)
        return None if key is None else node_of(id.type_name, key, reading)

    @strawberry.field(metadata=KEPT, description="The roots of the shop's categories, at most 100.")
    def categories(self, info: Info) -> list[Category]:
        counts, tree = category_counts(info)
        return [category_of(path, counts, tree, info) for path in tree.get("", ())][:_MOST_CHILDREN]

    @strawberry.field(metadata=KEPT, description="The category at a path; null when there is none.")
    def category(self, info: Info, slug: Annotated[str, described("Its path.")]) -> Category | None:
        counts, tree = category_counts(info)
        return category_of(slug, counts, tree, info) if slug in keeper.categories else None

    @strawberry.field(metadata=KEPT, description="Brands with products here, by name, at most 100.")
    def brands(self, info: Info) -> list[Brand]:
        counts = facet_counts(info)[FacetName.BRAND]
        language = info.context.language
        found = [
            Brand(slug=slug, name=name_of(keeper.brands, slug, language), product_count=count)
            for slug, count in counts.items()
        ]
        return sorted(found, key=lambda brand: brand.name)[:_MOST_CHILDREN]

    @strawberry.field(
        metadata=KEPT, description="Completions of what a shopper is typing, at most 10."
    )
    def search_suggestions(
        self, info: Info, text: Annotated[str, described("What was typed so far.")]
    ) -> list[str]:
        return search.suggestions(
            text_of(text), limit=_MOST_SUGGESTIONS, as_of=info.context.revision
        )


def products_listed(question: Question, info: Info, *, after: str | None) -> ProductConnection:
    """The page of products that answers a question; `after` is the cursor it goes on from."""
    reading = reading_of(info)
    found = listing.list_products(question, reading)
    nodes = [product_of(body, reading) for body in found.cards]
    info.context.kept[SHOWN] = [body.key for body in found.cards]
    if question.text and not found.page.total:
        info.context.answers_once()  # it was counted as a miss
    cursors = cursors_of(found.page, question.sort)
    return ProductConnection(
        nodes=nodes,
        edges=[
            ProductEdge(node=node, cursor=each, asked=found.corrected or question.text)
            for node, each in zip(nodes, cursors, strict=False)
        ],
        page_info=page_info(cursors, has_next=found.page.has_next, after=after),
        total_count=found.page.total,
        facets=[facet_of(name, values, info) for name, values in found.facets.items()],
        corrected=found.corrected,
    )


def text_of(text: str | None) -> str:
    """Raises: ClientMistake, for more than 200 characters."""
    if text is not None and len(text) > _LONGEST_SEARCH:
        raise ClientMistake("BAD_ARGUMENT", f"At most {_LONGEST_SEARCH} characters to search.")
    return (text or "").strip()


def place_of(after: str | None, sort: Sort) -> tuple[int, int] | None:
    """Raises: ClientMistake, for a cursor of a list in another order."""
    if after is None:
        return None
    name, value, key = read_cursor(after, str, int, int)
    if name != sort or not isinstance(value, int) or not isinstance(key, int):
        raise ClientMistake("BAD_CURSOR", "`after` is a cursor of a list sorted otherwise.")
    return value, key


def cursors_of(page: Page, sort: Sort) -> list[str]:
    return [
        cursor(sort.value, value, key) for value, key in zip(page.values, page.keys, strict=True)
    ]


def facet_of(name: FacetName, values: list[FoundValue], info: Info) -> Facet:
    return Facet(
        slug=name.value,
        label=_FACET_LABELS[name][info.context.language == "en"],
        values=[
            FacetValue(slug=each.slug, label=each.label, count=each.count, selected=each.selected)
            for each in values[:_MOST_VALUES]
        ],
    )


def facet_counts(info: Info) -> dict[FacetName, dict[str, int]]:
    reading = reading_of(info)
    with keeper:
        found = keeper.shelf(
            as_of=reading.revision, reductions=reading.clinic.reductions_allowed, at=reading.at
        )
        return found.counts(Wish(), found.everything())


def category_counts(info: Info) -> tuple[dict[str, int], dict[str, list[str]]]:
    counts = facet_counts(info)[FacetName.CATEGORY]
    return counts, listing.category_tree(keeper.categories)


def category_of(
    path: str, counts: dict[str, int], tree: dict[str, list[str]], info: Info
) -> Category:
    return Category(
        slug=path,
        name=name_of(keeper.categories, path, info.context.language),
        product_count=counts.get(path, 0),
        children=[category_of(each, counts, tree, info) for each in tree.get(path, ())][
            :_MOST_CHILDREN
        ],
    )


def node_of(kind: str, key: int, reading: listing.Reading) -> Node | None:
    """A product, or a pack found through its product's card."""
    product_key = key if kind == "Product" else listing.product_of_variant(key)
    if kind not in ("Product", "Variant") or product_key is None:
        return None
    for body in listing.cards_for([product_key], reading, with_detail=True):
        product = product_of(body, reading)
        if kind == "Product":
            return product
        wanted = global_id("Variant", key)
        return next((pack for pack in product.variants if pack.id == wanted), None)
    return None
