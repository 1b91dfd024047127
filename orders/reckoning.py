"""What a cart comes to at a moment, and what keeps it from being bought: for cart and checkout."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from accounts.people import is_known_client
from catalog import listing, regulation
from catalog.cards import current_price
from catalog.listing import CardBody, Reading
from catalog.models import Stock
from catalog.product_facts import product_facts_of_card
from catalog.suitability import Unsuitability, unsuitable
from catalog.vocabulary import Path, Severity
from catalog.wording import said_of
from clinic.details import PARIS
from clinic.vocabulary import ClientGate
from kernel.animals import Language, Species
from kernel.money import Money
from kernel.refusals import NotFound
from orders.carriers import Parcel
from orders.delivery import Choice, NoPointThere, NoSlotChosen, Terms, terms_of
from orders.models import Cart, CartLine
from orders.slots import NoDayOpen, SlotGone
from orders.totals import ZERO, Line, LineTotal, Totals, total_of
from orders.vocabulary import DeliveryMethod, ProblemCode
from orders.zones import ZoneNotServed
from pets.facts import facts_of, household_of
from pets.health import PetFacts
from pets.models import Pet

WORDS: Mapping[ProblemCode, str | Promise] = {
    ProblemCode.EMPTY: _("The cart is empty."),
    ProblemCode.OUT_OF_STOCK: _("Only %(left)d of %(what)s are left."),
    ProblemCode.PRICE_CHANGED: _("The price of %(what)s changed: it is %(after)s € now."),
    ProblemCode.WITHDRAWN: _("%(what)s is no longer sold."),
    ProblemCode.NOT_SOLD_ONLINE: _("%(what)s is not sold online: ask the clinic for it."),
    ProblemCode.CONTACT_MISSING: _("Tell us whom to write to."),
    ProblemCode.ADDRESS_MISSING: _("Tell us where to deliver."),
    ProblemCode.DELIVERY_MISSING: _("Choose how you receive your order."),
    ProblemCode.SLOT_GONE: _("Choose a day: the one chosen is no longer free."),
    ProblemCode.ZONE_NOT_SERVED: _("We do not deliver to %(what)s."),
    ProblemCode.GATE_CLOSED: _(
        "%(what)s is for animals that the clinic knows: sign in, or ask us."
    ),
    ProblemCode.UNSUITABLE: _("%(what)s: %(reason)s"),
    ProblemCode.PET_MISSING: _("Say for which animal %(what)s is."),
    ProblemCode.APPROVAL_NEEDED: _("A vet of the clinic approves %(what)s before it is sent."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Something that keeps the cart from being bought, or that must be read first."""

    code: ProblemCode
    line_id: int | None = None
    is_blocking: bool = True
    reason: str = ""
    article: str | None = None
    facts: Mapping[str, object] = field(default_factory=dict)

    @property
    def message(self) -> str:
        return str(WORDS[self.code]) % self.facts


@dataclass(frozen=True, slots=True)
class ReckonedLine:
    """A line of a cart at today's price; without a pack where it is no longer sold."""

    line: CartLine
    body: CardBody | None
    pack: Mapping[str, Any] | None
    unit: Money
    list_price: Money
    left: int
    total: LineTotal | None

    @property
    def name(self) -> str:
        return str(self.body.brief["name"]) if self.body else self.line.variant.sku

    @property
    def needs_approval(self) -> bool:
        if self.body is None or self.pack is None or self.body.detail is None:
            return False
        rule = regulation.rule_for(self.pack["class"])
        asked = bool(self.body.detail["needs_vet_approval"])
        return rule.vet_approval is regulation.VetApproval.ALWAYS or (
            rule.vet_approval is regulation.VetApproval.PER_PRODUCT and asked
        )


@dataclass(frozen=True, slots=True)
class Reckoning:
    """A cart as it would be bought now."""

    cart: Cart
    lines: tuple[ReckonedLine, ...]
    totals: Totals
    weight_g: int
    terms: Terms | None
    problems: tuple[Problem, ...]

    @property
    def blocking(self) -> tuple[Problem, ...]:
        return tuple(each for each in self.problems if each.is_blocking)

    @property
    def goods(self) -> Money:
        return self.totals.goods


def reckon(cart: Cart, reading: Reading, *, person: Person | None) -> Reckoning:
    """Price a cart, and find all its problems; nothing is written.

    Six statements at most beside the revision: lines, their pets, cards, stock, the pets'
    histories, the household.
    """
    lines = list(cart.lines.select_related("variant").prefetch_related("pets__pet__breed"))
    read = _read(lines, cart, reading)
    sold = [each for each in read if each.pack is not None]
    weight_g = sum(each.line.variant.shipping_weight_g * each.line.quantity for each in sold)
    goods_lines = [_line(each) for each in sold]
    bare = total_of(goods_lines)
    terms, refused = _terms(cart, weight_g=weight_g, goods=bare.goods, reading=reading)
    totals = total_of(goods_lines, delivery=terms.price if terms else ZERO)
    by_key = {each.key: each for each in totals.lines}
    priced = tuple(_with_total(each, by_key.get(str(each.line.pk))) for each in read)
    problems = [
        *_problems_of_cart(cart, lines, refused),
        *(problem for each in priced for problem in _problems_of_line(each)),
        *_problems_of_gate(cart, priced, reading, person),
        *_problems_of_eaters(priced, reading, person),
    ]
    return Reckoning(cart, priced, totals, weight_g, terms, tuple(problems))


def _read(lines: Sequence[CartLine], cart: Cart, reading: Reading) -> list[ReckonedLine]:
    products = sorted({line.variant.product_id for line in lines})
    bodies = listing.cards_for(products, reading, with_detail=True) if products else []
    packs = {pack["id"]: (body, pack) for body in bodies for pack in body.brief["variants"]}
    stocks = Stock.objects.filter(variant__in=[line.variant_id for line in lines], place=cart.place)
    left = {stock.variant_id: stock.on_hand - stock.reserved for stock in stocks} if lines else {}
    found = []
    for line in lines:
        body, pack = packs.get(line.variant_id, (None, None))
        now = _price(pack, reading) if pack else None
        found.append(
            ReckonedLine(
                line=line,
                body=body,
                pack=pack,
                unit=Money(now["cents"]) if now else ZERO,
                list_price=Money(now["list"]) if now else ZERO,
                left=left.get(line.variant_id, 0),
                total=None,
            )
        )
    return found


def _parcel_of(cart: Cart, *, weight_g: int, goods: Money) -> Parcel:
    """What is to be sent, and where to: home, to a relay point, or nowhere when it is fetched."""
    is_relay = cart.method == DeliveryMethod.RELAY
    where = cart.relay_point if is_relay else cart.address
    return Parcel(
        country=where.get("country", "FR"),
        postal_code=where.get("postal_code", cart.place.postal_code),
        weight_g=weight_g,
        goods=goods,
    )


def _terms(
    cart: Cart, *, weight_g: int, goods: Money, reading: Reading
) -> tuple[Terms | None, ProblemCode | None]:
    """What the way of delivery chosen costs and promises, or what keeps it from being one."""
    if not cart.method or (cart.method == DeliveryMethod.HOME and not cart.address):
        return None, None
    if cart.method == DeliveryMethod.RELAY and not cart.relay_point:
        return None, ProblemCode.DELIVERY_MISSING
    choice = Choice(
        method=DeliveryMethod(cart.method),
        slot=cart.slot,
        point_id=str(cart.relay_point.get("id", "")),
    )
    parcel = _parcel_of(cart, weight_g=weight_g, goods=goods)
    try:
        terms = terms_of(
            choice, place=cart.place, parcel=parcel, at=reading.at, as_of=reading.revision
        )
    except ZoneNotServed:
        return None, ProblemCode.ZONE_NOT_SERVED
    except (NoSlotChosen, NoPointThere):
        return None, ProblemCode.DELIVERY_MISSING
    except (SlotGone, NoDayOpen, NotFound):
        return None, ProblemCode.SLOT_GONE
    return terms, None


def price_now(pack: Mapping[str, Any], reading: Reading) -> Money:
    return Money(_price(pack, reading)["cents"])


def _price(pack: Mapping[str, Any], reading: Reading) -> Mapping[str, Any]:
    return current_price(
        pack["prices"], at=reading.stamp, reductions=reading.clinic.reductions_allowed
    )


def _line(each: ReckonedLine) -> Line:
    assert each.pack is not None  # noqa: S101  (sold lines alone)
    return Line(
        key=str(each.line.pk),
        unit_price=each.unit,
        quantity=each.line.quantity,
        vat_rate=Decimal(each.pack["vat"] or 20),
        may_be_reduced=regulation.rule_for(each.pack["class"]).may_be_reduced,
    )


def _with_total(each: ReckonedLine, total: LineTotal | None) -> ReckonedLine:
    return ReckonedLine(
        each.line, each.body, each.pack, each.unit, each.list_price, each.left, total
    )


def _problems_of_cart(
    cart: Cart, lines: Sequence[CartLine], refused: ProblemCode | None
) -> list[Problem]:
    found = []
    if not lines:
        found.append(Problem(code=ProblemCode.EMPTY))
    if not cart.contact:
        found.append(Problem(code=ProblemCode.CONTACT_MISSING))
    if not cart.method:
        found.append(Problem(code=ProblemCode.DELIVERY_MISSING))
    elif cart.method == DeliveryMethod.HOME and not cart.address:
        found.append(Problem(code=ProblemCode.ADDRESS_MISSING))
    if refused is not None:
        chosen = cart.relay_point if cart.method == DeliveryMethod.RELAY else cart.address
        where = chosen.get("postal_code", "")
        found.append(Problem(code=refused, facts={"what": where}))
    return found


def _problems_of_line(each: ReckonedLine) -> list[Problem]:
    line, what = each.line, {"what": each.name}
    if each.pack is None:
        return [Problem(code=ProblemCode.WITHDRAWN, line_id=line.pk, facts=what)]
    rule = regulation.rule_for(each.pack["class"])
    if not rule.sold_online:
        code, article = ProblemCode.NOT_SOLD_ONLINE, rule.article or None
        return [Problem(code=code, line_id=line.pk, facts=what, article=article)]
    found = []
    if each.left < line.quantity:
        facts = {**what, "left": max(each.left, 0)}
        found.append(Problem(code=ProblemCode.OUT_OF_STOCK, line_id=line.pk, facts=facts))
    if line.seen_cents != each.unit.cents:
        facts = {**what, "before": line.seen_cents, "after": each.unit, "cents": each.unit.cents}
        found.append(Problem(code=ProblemCode.PRICE_CHANGED, line_id=line.pk, facts=facts))
    if each.needs_approval:
        needs_pet = not line.pets.all()
        code = ProblemCode.PET_MISSING if needs_pet else ProblemCode.APPROVAL_NEEDED
        found.append(Problem(code=code, line_id=line.pk, is_blocking=needs_pet, facts=what))
    return found


def _problems_of_gate(
    cart: Cart, lines: Sequence[ReckonedLine], reading: Reading, person: Person | None
) -> list[Problem]:
    """What the clinic asks of buyers of dietetic food; plain food is never gated."""
    gate = ClientGate(reading.clinic.clinic.client_gate)
    gated = [
        each
        for each in lines
        if each.pack is not None and regulation.rule_for(each.pack["class"]).client_gate
    ]
    if not gated or gate is ClientGate.OFF:
        return []
    is_open = cart.is_declared
    if gate is not ClientGate.TICK_BOX:
        is_open = person is not None and is_known_client(person)
    if is_open:
        return []
    return [
        Problem(code=ProblemCode.GATE_CLOSED, line_id=each.line.pk, facts={"what": each.name})
        for each in gated
    ]


def _problems_of_eaters(
    lines: Sequence[ReckonedLine], reading: Reading, person: Person | None
) -> list[Problem]:
    """What speaks against each line for each of its pets, by catalog.suitability and its table."""
    pets = {link.pet_id: link.pet for each in lines for link in each.line.pets.all()}
    if not pets:
        return []
    facts = facts_of(list(pets.values()), on=reading.at.astimezone(PARIS).date())
    household = household_of(person) | {each.species for each in facts.values()}
    found = []
    for each in lines:
        for pet in (link.pet for link in each.line.pets.all()):
            found += _unsuited(each, pet, facts[pet.pk], household, reading.language)
    return found


def _unsuited(
    each: ReckonedLine, pet: Pet, facts: PetFacts, household: frozenset[Species], language: Language
) -> list[Problem]:
    if each.body is None or each.pack is None:
        return []
    product = product_facts_of_card(each.body, each.pack)
    reasons: Sequence[Unsuitability] = unsuitable(facts, household, product, Path.CHECKOUT)
    return [
        Problem(
            code=ProblemCode.UNSUITABLE,
            line_id=each.line.pk,
            is_blocking=reason.severity is Severity.BLOCKS
            or (
                reason.severity is Severity.ACKNOWLEDGE
                and str(reason.reason) not in each.line.acknowledged
            ),
            reason=str(reason.reason),
            article=reason.source,
            facts={"what": f"{each.name} — {pet.name}", "reason": said_of(reason, language)},
        )
        for reason in reasons
        if reason.severity is not Severity.INFORMS
    ]
