"""A call of every root field of the schema; a new field fails the test until it has one here."""

from typing import Any

from tests.shop.permissions_world import Call, World

_ERRORS = "{ userErrors { code path } }"


def _named(kind: str, attribute: str) -> Any:
    return lambda world: {"id": world.id(kind, getattr(world, attribute))}


def _change(name: str, given: str, **more: Any) -> Call:
    return Call(f"mutation {{ {name}(input: {{{given}}}) {_ERRORS} }}", **more)


def _change_of(name: str, kind: str, attribute: str, given: str = "", key: str = "id") -> Call:
    """A change of something that is somebody's own."""
    field = f"{name}(input: {{{key}: $id, {given}}}) {_ERRORS}"
    return Call(f"mutation($id: ID!) {{ {field} }}", _named(kind, attribute), ("id", kind))


def _with(name: str, given: str, field: str, find: str) -> Call:
    """A change that needs a word which the world has ready: a ticket, a token."""
    text = f"mutation($word: String!) {{ {name}(input: {{{given}{field}: $word}}) {_ERRORS} }}"
    return Call(text, lambda world: {"word": getattr(world, find)()})


def _of_pet(name: str, given: str = "") -> Call:
    return _change_of(name, "Pet", "pet", given, key="petId")


PUBLIC = {
    "brands": Call("{ brands { slug } }"),
    "breeds": Call("{ breeds { name } }"),
    "categories": Call("{ categories { slug } }"),
    "category": Call('{ category(slug: "chien") { slug } }'),
    "communes": Call('{ communes(postalCode: "35000") { name } }'),
    "me": Call("{ me { person { firstName } } }"),
    "node": Call("query($id: ID!) { node(id: $id) { id } }", _named("Product", "shown")),
    "product": Call('{ product(slug: "p") { slug } }'),
    "products": Call("{ products { nodes { slug } } }"),
    "searchSuggestions": Call('{ searchSuggestions(text: "croq") }'),
    "shop": Call("{ shop { name } }"),
}
DESK = {
    "client": Call(
        "query($id: ID!) { client(id: $id) { firstName } }",
        lambda world: {"id": world.id("Client", world.files[0])},
        ("id", "Client"),
    ),
    "clients": Call("{ clients { nodes { firstName } } }"),
    "clientUpdate": Call(
        "mutation($id: ID!) { clientUpdate(input: {id: $id, expectedVersion: 1, "
        f'firstName: "Ina"}}) {_ERRORS} }}',
        lambda world: {"id": world.id("Client", world.files[0])},
    ),
    "clientMarkKnown": Call(
        f"mutation($id: ID!) {{ clientMarkKnown(input: {{id: $id}}) {_ERRORS} }}",
        lambda world: {"id": world.id("Client", world.files[0])},
    ),
    "clientMerge": Call(
        "mutation($kept: ID!, $other: ID!) "
        f"{{ clientMerge(input: {{keptId: $kept, otherId: $other}}) {_ERRORS} }}",
        lambda world: {
            "kept": world.id("Client", world.files[0]),
            "other": world.id("Client", world.files[1]),
        },
    ),
    "serviceTokens": Call("{ serviceTokens { nodes { name } } }"),
    "serviceTokenCreate": _change("serviceTokenCreate", 'name: "till", duties: [SET_PRICES]'),
    "serviceTokenRevoke": Call(
        f"mutation($id: ID!) {{ serviceTokenRevoke(input: {{id: $id}}) {_ERRORS} }}",
        _named("ServiceToken", "token_row"),
    ),
    "productPublish": Call(
        f"mutation($id: ID!) {{ productPublish(input: {{id: $id}}) {_ERRORS} }}",
        _named("Product", "draft"),
    ),
    "productWithdraw": Call(
        f"mutation($id: ID!) {{ productWithdraw(input: {{id: $id}}) {_ERRORS} }}",
        _named("Product", "shown"),
    ),
    "variantPriceSet": _change("variantPriceSet", 'sku: "S1", cents: 1234'),
    "stockReceive": _change(
        "stockReceive",
        'externalReference: {source: "wholesaler", reference: "W-S1"}, quantity: 1',
    ),
    "uploadCreate": _change(
        "uploadCreate", 'purpose: PRODUCT_PICTURE, contentType: "image/png", bytes: 10'
    ),
}
OWN = {
    "accountExport": _change("accountExport", ""),
    "accountErase": _with("accountErase", "", "previewToken", "preview"),
    "clientFileClaimStart": _change("clientFileClaimStart", 'contact: "nobody@clients.example"'),
    "clientFileClaim": _change("clientFileClaim", 'code: "000000"'),
    "personUpdate": _change("personUpdate", 'expectedVersion: 1, firstName: "Ina"'),
    "consentSet": _change("consentSet", "purpose: SHARING, granted: true"),
    "addressAdd": _change(
        "addressAdd",
        'recipient: "A", line1: "2 rue", postalCode: "35000", city: "Rennes"',
    ),
    "addressUpdate": _change_of("addressUpdate", "Address", "address", 'line1: "3 rue"'),
    "addressRemove": _change_of("addressRemove", "Address", "address"),
}
PETS = {
    "pets": Call("{ pets { name } }"),
    "pet": Call("query($id: ID!) { pet(id: $id) { name } }", _named("Pet", "pet"), ("id", "Pet")),
    "petAdd": _change("petAdd", 'name: "Max", species: CAT'),
    "petUpdate": _of_pet("petUpdate", 'expectedVersion: 1, name: "Max"'),
    "petWeigh": _of_pet("petWeigh", "weightG: 9000"),
    "petBodyConditionAdd": _of_pet("petBodyConditionAdd", "score: 5"),
    "petConditionAdd": _of_pet("petConditionAdd", "condition: DIABETES"),
    "petAllergyAdd": _of_pet("petAllergyAdd", "allergen: BEEF"),
    "petHistoryAdd": _of_pet("petHistoryAdd", 'kind: VISIT, text: "Contrôle"'),
    "petHistoryEnd": _change_of("petHistoryEnd", "HistoryEntry", "entry", key="entryId"),
    "petHistoryRemove": _change_of("petHistoryRemove", "HistoryEntry", "entry", key="entryId"),
    "petDietSet": _of_pet("petDietSet", 'lines: [{foodText: "Ration ménagère"}]'),
    "petPhotoSet": Call(
        "mutation($id: ID!, $ticket: String!) "
        f"{{ petPhotoSet(input: {{petId: $id, ticket: $ticket}}) {_ERRORS} }}",
        lambda world: {"id": world.id("Pet", world.pet), "ticket": world.ticket()},
        ("id", "Pet"),
    ),
    "petGuardianInvite": _of_pet("petGuardianInvite", 'email: "new@clients.example"'),
    "petGuardianAccept": _with("petGuardianAccept", "", "token", "invitation"),
    "petGuardianLeave": _of_pet("petGuardianLeave"),
    "petArchive": _of_pet("petArchive"),
    "petMarkDeceased": _of_pet("petMarkDeceased", 'diedOn: "2026-11-20"'),
}
_LINE = "cartId: $id, lineId: $line"
_OF_CART = ("id", "Cart")


def _of_cart(name: str, given: str) -> Call:
    field = f"{name}(input: {{cartId: $id, {given}}}) {_ERRORS}"
    return Call(f"mutation($id: ID!) {{ {field} }}", _named("Cart", "cart"), _OF_CART)


def _of_line(name: str, given: str = "") -> Call:
    field = f"{name}(input: {{{_LINE}, {given}}}) {_ERRORS}"
    text = f"mutation($id: ID!, $line: ID!) {{ {field} }}"
    both = lambda world: {  # noqa: E731
        "id": world.id("Cart", world.cart),
        "line": world.id("CartLine", world.cart.lines.get()),
    }
    return Call(text, both, _OF_CART)


BUYING = {
    "cart": Call("query($id: ID!) { cart(id: $id) { version } }", _named("Cart", "cart"), _OF_CART),
    "order": Call(
        "query($id: ID!) { order(id: $id) { number } }",
        _named("Order", "order"),
        ("id", "Order"),
    ),
    "guestOrder": Call(
        'query($number: String!) { guestOrder(number: $number, email: "ada@clients.example") '
        "{ state } }",
        lambda world: {"number": world.order.number},
    ),
    "cartCreate": Call(f"mutation {{ cartCreate(input: {{}}) {_ERRORS} }}"),
    "cartLinesAdd": _of_cart("cartLinesAdd", 'lines: [{sku: "S1"}]'),
    "cartLineUpdate": _of_line("cartLineUpdate", "quantity: 2"),
    "cartLineRemove": _of_line("cartLineRemove"),
    "cartContactSet": _of_cart(
        "cartContactSet", 'firstName: "A", lastName: "B", email: "a@clients.example"'
    ),
    "cartAddressSet": _of_cart(
        "cartAddressSet", 'recipient: "A", line1: "1 rue", postalCode: "35000", city: "Rennes"'
    ),
    "cartClaim": _of_cart("cartClaim", ""),
}


def _of_article(name: str, given: str = "", *, about: str = "article_draft") -> Call:
    """Articles are the clinic's: who may not write hears so, whichever it is."""
    field = f"{name}(input: {{id: $id, {given}}}) {_ERRORS}"
    return Call(f"mutation($id: ID!) {{ {field} }}", _named("Article", about))


_CONTENT = 'content: {words: [{language: FR, title: "Titre"}]}'
ADVICE = {
    "article": Call('{ article(slug: "peser") { slug } }'),
    "articles": Call("{ articles { nodes { slug } } }"),
    "search": Call(
        '{ search(text: "peser") { products { totalCount } articles { totalCount } '
        "videos { totalCount } } }"
    ),
    "topics": Call("{ topics { slug } }"),
    "video": Call('{ video(slug: "none") { slug } }'),
    "articleDraft": Call(
        "query($id: ID!) { articleDraft(id: $id) { slug } }", _named("Article", "article_draft")
    ),
    "articleCreate": _change("articleCreate", _CONTENT),
    "articleUpdate": _of_article("articleUpdate", f"expectedVersion: 1, {_CONTENT}"),
    "articleRestore": _of_article("articleRestore", "expectedVersion: 1, number: 1"),
    "articleSlugSet": _of_article("articleSlugSet", 'slug: "neuf"'),
    "articleSubmit": _of_article("articleSubmit"),
    "articleSendBack": _of_article("articleSendBack", about="article_reviewed"),
    "articleSchedule": _of_article(
        "articleSchedule", 'expectedVersion: 1, moment: "2099-01-01T09:00:00Z"'
    ),
    "articlePublish": _of_article("articlePublish", "expectedVersion: 1"),
    "articleWithdraw": _of_article("articleWithdraw", about="article"),
    "articlePictureAdd": _with("articlePictureAdd", 'altFr: "Chat", ', "ticket", "article_ticket"),
    "articleClaimsOverride": _of_article(
        "articleClaimsOverride", 'expectedVersion: 1, reason: "Cité."'
    ),
}
CALLS: dict[str, Call] = {**PUBLIC, **OWN, **PETS, **BUYING, **DESK, **ADVICE}
__all__ = ["CALLS", "World"]
