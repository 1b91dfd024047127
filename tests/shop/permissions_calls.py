"""A call of every root field of the schema; a new field fails the test until it has one here."""

from typing import Any

from tests.orders.world import total_of
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


def _with_token(name: str, given: str) -> Call:
    """Feedback on a suggestion that the shop gave."""
    text = f"mutation($word: String!) {{ {name}(input: {{{given}}}) {_ERRORS} }}"
    return Call(text, lambda world: {"word": world.suggested()})


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
    "popularProducts": Call("{ popularProducts(species: DOG) { token } }"),
    "suggestionsSeen": _with_token("suggestionsSeen", "tokens: [$word]"),
    "suggestionOpened": _with_token("suggestionOpened", "token: $word"),
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
SUGGESTED = {
    "suggestionDismiss": Call(
        "mutation($id: ID!, $product: ID!) "
        f"{{ suggestionDismiss(input: {{petId: $id, productId: $product}}) {_ERRORS} }}",
        lambda world: {
            "id": world.id("Pet", world.pet),
            "product": world.id("Product", world.shown),
        },
        ("id", "Pet"),
    ),
    "orderLinePetsSet": Call(
        "mutation($id: ID!, $pet: ID!) { orderLinePetsSet(input: "
        f"{{lineId: $id, pets: [{{petId: $pet, sharePercent: 100}}]}}) {_ERRORS} }}",
        lambda world: {
            "id": world.id("OrderLine", world.order.lines.get()),
            "pet": world.id("Pet", world.pet),
        },
        ("id", "OrderLine"),
    ),
}
_OF_CART = ("id", "Cart")


def _of_cart(name: str, given: str) -> Call:
    field = f"{name}(input: {{cartId: $id, {given}}}) {_ERRORS}"
    return Call(f"mutation($id: ID!) {{ {field} }}", _named("Cart", "cart"), _OF_CART)


def _of_line(name: str, given: str) -> Call:
    field = f"{name}(input: {{cartId: $id, {given}}}) {_ERRORS}"
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
    "cartLinesUpdate": _of_line("cartLinesUpdate", "lines: [{lineId: $line, quantity: 2}]"),
    "cartLinesRemove": _of_line("cartLinesRemove", "lineIds: [$line]"),
    "cartContactSet": _of_cart(
        "cartContactSet", 'firstName: "A", lastName: "B", email: "a@clients.example"'
    ),
    "cartAddressSet": _of_cart(
        "cartAddressSet", 'recipient: "A", line1: "1 rue", postalCode: "35000", city: "Rennes"'
    ),
    "cartClaim": _of_cart("cartClaim", ""),
}


def _of_order(name: str, attribute: str = "order", given: str = "") -> Call:
    return _change_of(name, "Order", attribute, given, key="orderId")


def _on_line(name: str, given: str = "") -> Call:
    """Staff's change of the order that was paid, about one pack of its line."""
    packs = f"lines: [{{lineId: $line, quantity: 1}}]{given}"
    field = f"{name}(input: {{orderId: $id, {packs}}}) {_ERRORS}"
    return Call(f"mutation($id: ID!, $line: ID!) {{ {field} }}", _order_and_line, ("id", "Order"))


def _order_and_line(world: World) -> dict[str, Any]:
    return {"id": world.id("Order", world.sold), "line": world.id("OrderLine", world.line)}


def _checkout(world: World) -> dict[str, Any]:
    total = total_of(world.cart, viewer=world.viewer("owner")).cents
    return {
        "id": world.id("Cart", world.cart),
        "version": world.cart.version,
        "total": total,
        "key": "4c4b1b5e-2f0a-4e3a-9b57-0d0a5a4a7c11",
    }


PAYING = {
    "checkoutComplete": Call(
        "mutation($id: ID!, $version: Int!, $total: Int!, $key: UUID!) { checkoutComplete(input: "
        "{cartId: $id, cartVersion: $version, expectedTotalCents: $total, acceptedTexts: [], "
        f"idempotencyKey: $key}}) {_ERRORS} }}",
        _checkout,
        ("id", "Cart"),
    ),
    "paymentReturn": _of_order("paymentReturn"),
    "paymentRetry": _of_order("paymentRetry"),
    "paymentAbandon": _of_order("paymentAbandon"),
    "orderCancel": _of_order("orderCancel"),
    "withdrawalDeclare": Call(
        "mutation($number: String!, $line: ID!) { withdrawalDeclare(input: {number: $number, "
        'email: "ada@clients.example", lines: [{lineId: $line, quantity: 1}]}) '
        f"{_ERRORS} }}",
        lambda world: {
            "number": world.sold.number,
            "line": world.id("OrderLine", world.line),
        },
    ),
    "withdrawalConfirm": _change("withdrawalConfirm", 'token: "made-up"'),
    "cardSaveBegin": _change("cardSaveBegin", 'email: "ada@clients.example"'),
    "cardSaveComplete": _change("cardSaveComplete", 'setupId: "seti_made_up"'),
    "cardForget": _change_of("cardForget", "SavedCard", "card", key="cardId"),
}
CHOOSING = {
    "deliveryOptions": Call(
        'query($id: ID!) { deliveryOptions(cartId: $id, postalCode: "35000") { method } }',
        _named("Cart", "cart"),
        _OF_CART,
    ),
    "cartDeliverySet": _of_cart("cartDeliverySet", "method: HOME"),
    "cartBillingSet": _of_cart("cartBillingSet", "party: CONSUMER"),
    "cartVoucherApply": _of_cart("cartVoucherApply", 'code: "NOEL"'),
    "cartShare": _of_cart("cartShare", "days: 7"),
    "cartUnshare": _of_cart("cartUnshare", ""),
    "cartVersions": Call(
        "query($id: ID!) { cartVersions(id: $id) { cart } }", _named("Cart", "cart"), _OF_CART
    ),
    "sharedCart": Call(
        "query($word: String!) { sharedCart(token: $word) { version } }",
        lambda world: {"word": world.link()},
    ),
    "sharedCartOpinionGive": _with(
        "sharedCartOpinionGive", 'name: "Max", verdict: AGREES, ', "token", "link"
    ),
}
STAFF = {
    "orders": Call("{ orders { nodes { number } } }"),
    "refundPreview": Call(
        "query($id: ID!, $line: ID!) { refundPreview(input: {orderId: $id, "
        f"lines: [{{lineId: $line, quantity: 1}}]}}) {_ERRORS} }}",
        _order_and_line,
    ),
    "lotRecall": Call('{ lotRecall(lot: "L1") { nodes { name } } }'),
    "shipmentSend": _change_of("shipmentSend", "Shipment", "waiting", key="shipmentId"),
    "shipmentDeliver": _change_of("shipmentDeliver", "Shipment", "sent", key="shipmentId"),
    "orderLeaveOut": _on_line("orderLeaveOut"),
    "orderRefund": _on_line("orderRefund", ", reason: RETURN"),
    "approvals": Call("{ approvals { nodes { petName } } }"),
    "approvalDecide": _change_of(
        "approvalDecide", "Approval", "approval", "agrees: true", key="approvalId"
    ),
    "approvalRequest": Call(
        "mutation($id: ID!, $product: ID!) "
        f"{{ approvalRequest(input: {{petId: $id, productId: $product}}) {_ERRORS} }}",
        lambda world: {
            "id": world.id("Pet", world.pet),
            "product": world.id("Product", world.diet),
        },
        ("id", "Pet"),
    ),
}
REVIEWS = {
    "reviewWrite": _change_of(
        "reviewWrite", "ReviewInvitation", "bought", "rating: 5", key="invitationId"
    ),
    "reviewReport": _change_of("reviewReport", "Review", "review", "reason: OTHER"),
    "reviewModerate": _change_of("reviewModerate", "Review", "review", "refuse: OFF_TOPIC"),
    "reviewAnswer": _change_of("reviewAnswer", "Review", "review", 'text: "Merci !"'),
    "reviewQueue": Call("{ reviewQueue { nodes { productSlug } } }"),
}


def _of_question(name: str, given: str = "") -> Call:
    return _change_of(name, "Question", "question", given)


QUESTIONS = {
    "question": Call(
        "query($id: ID!) { question(id: $id) { title } }",
        _named("Question", "question"),
        ("id", "Question"),
    ),
    "questions": Call("{ questions { nodes { question { title } } } }"),
    "questionInInbox": Call(
        "query($id: ID!) { questionInInbox(id: $id) { isLate } }",
        _named("Question", "question"),
        ("id", "Question"),
    ),
    "publicQuestions": Call("{ publicQuestions { nodes { question } } }"),
    "answerers": Call("{ answerers { name } }"),
    "cannedAnswers": Call("{ cannedAnswers { title } }"),
    "questionAsk": _change("questionAsk", 'text: "Bonjour ?", email: "new@clients.example"'),
    "questionConfirm": _with("questionConfirm", "", "token", "confirmation"),
    "questionReply": _of_question("questionReply", 'text: "Merci"'),
    "questionClose": _of_question("questionClose"),
    "questionAllowPublication": _of_question("questionAllowPublication", "allowed: true"),
    "questionEnter": _change("questionEnter", 'channel: PHONE, name: "Durand", text: "Oui ?"'),
    "questionAnswer": _of_question("questionAnswer", 'text: "Oui."'),
    "questionNote": _of_question("questionNote", 'text: "Non."'),
    "questionAssign": _of_question("questionAssign", "priority: LOW"),
    "questionReopen": _of_question("questionReopen"),
    "questionPublish": _of_question("questionPublish", 'question: "Quoi ?", answer: "Oui."'),
    "questionUnpublish": _of_question("questionUnpublish"),
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
CALLS: dict[str, Call] = {
    **PUBLIC,
    **OWN,
    **PETS,
    **SUGGESTED,
    **BUYING,
    **CHOOSING,
    **PAYING,
    **STAFF,
    **REVIEWS,
    **QUESTIONS,
    **ADVICE,
    **DESK,
}
__all__ = ["CALLS", "World"]
