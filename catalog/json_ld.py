"""schema.org descriptions of products, for search engines."""

from typing import Any

from catalog import regulation
from catalog.cards import current_price
from catalog.gallery import rendition_url
from catalog.listing import CardBody, Reading
from catalog.vocabulary import Availability
from kernel.money import Money

_SCHEMA = "https://schema.org"


def product(body: CardBody, reading: Reading, *, storefront: str) -> dict[str, Any]:
    """A schema.org Product with an Offer a pack that may be sold.

    Medicines get neither offer nor rating. Source: schema.org/Product; Reg. 2019/6 art. 104.
    """
    brief = body.brief
    detail = body.detail or {}
    address = f"{storefront}/produits/{brief['slug']}"
    offers = [
        _offer(pack, reading, address=address)
        for pack in brief["variants"]
        if regulation.rule_for(pack["class"]).sold_online
    ]
    pictures = detail.get("pictures") or []
    found: dict[str, Any] = {
        "@context": _SCHEMA,
        "@type": "Product",
        "name": brief["name"],
        "url": address,
        "description": detail.get("description", ""),
        "brand": {"@type": "Brand", "name": brief["brand"]["name"]},
        "category": brief["category"]["name"],
    }
    images = [rendition_url(p["renditions"][-1][1]) for p in pictures if p["renditions"]]
    if images:
        found["image"] = images
    if offers:
        found["offers"] = offers
    # Of what may not be reviewed the card has no rating.
    if brief.get("rating"):
        found["aggregateRating"] = {
            "@type": "AggregateRating",
            "ratingValue": brief["rating"]["average"],
            "reviewCount": brief["rating"]["count"],
            "bestRating": 5,
            "worstRating": 1,
        }
    return found


_AVAILABILITY = {
    Availability.IN_STOCK: "InStock",
    Availability.LOW: "LimitedAvailability",
    Availability.OUT: "OutOfStock",
}


def _offer(pack: dict[str, Any], reading: Reading, *, address: str) -> dict[str, Any]:
    now = current_price(
        pack["prices"], at=reading.stamp, reductions=reading.clinic.reductions_allowed
    )
    offer: dict[str, Any] = {
        "@type": "Offer",
        "sku": pack["sku"],
        "url": address,
        "price": str(Money(now["cents"])),
        "priceCurrency": "EUR",
        "availability": f"{_SCHEMA}/{_AVAILABILITY[Availability(pack['availability'])]}",
        "name": pack["label"],
    }
    if pack["gtin"]:
        offer["gtin14"] = pack["gtin"]
    return offer
