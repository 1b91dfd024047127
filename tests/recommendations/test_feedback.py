"""What became of suggestions, and what the week's report makes of it."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEntry
from accounts.roles import Role
from catalog.models import Variant
from kernel import events
from kernel.refusals import Invalid, LimitReached
from orders.events import OrderPaid
from orders.models import OrderLine
from recommendations import feedback, histories, report, tokens
from recommendations.drafting import places
from recommendations.models import Dismissal, Impression, PetShelf
from recommendations.report import Contest
from recommendations.vocabulary import ReasonKind, Shelf, Team
from tests.builders import NOW, make_clinic, owner, staff
from tests.recommendations.world import bought, food, grown, had, shelves_of, trained

pytestmark = pytest.mark.django_db


@pytest.fixture
def rex():
    make_clinic()
    kibble, treats = food("kibble"), food("treats", form="treat")
    for number in range(3):
        had(grown(owner(f"N{number}")), kibble, treats)
    pet = grown(owner("Ada"))
    had(pet, kibble)
    trained()
    return pet


def token_of(pet):
    return tokens.sign(shelves_of(pet).fresh[0].suggested)


def test_a_token_says_what_was_shown_and_fits_a_carts_line(rex):
    shown = shelves_of(rex).fresh[0].suggested
    token = tokens.sign(shown)
    assert len(token) < 200
    assert tokens.read(token) == shown
    assert (shown.shelf, shown.reason, shown.position) == (Shelf.NEW, ReasonKind.BOUGHT, 0)
    assert tokens.read(token + "x") is None


def test_what_was_seen_counts_once(rex):
    shown = shelves_of(rex).fresh[0].suggested
    token = tokens.sign(shown)
    assert feedback.note_seen(given=[token], by=None, at=NOW) == 1
    assert feedback.note_seen(given=[token, token], by=None, at=NOW) == 0
    row = Impression.objects.get()
    assert (row.pet, row.shelf, row.position, row.team) == (rex, "new", 0, shown.team)
    assert row.version.is_serving


def test_what_the_shop_did_not_give_is_refused_and_writes_nothing(rex):
    with pytest.raises(Invalid):
        feedback.note_seen(given=[token_of(rex), "made-up"], by=None, at=NOW)
    with pytest.raises(LimitReached):
        feedback.note_seen(given=["x"] * 101, by=None, at=NOW)
    assert Impression.objects.count() == 0


def test_the_first_opening_counts(rex):
    token = token_of(rex)
    feedback.note_opened(token=token, by=None, at=NOW)
    feedback.note_opened(token=token, by=None, at=NOW + timedelta(hours=1))
    assert Impression.objects.get().opened_at == NOW


@pytest.mark.parametrize(("days", "owes"), [(1, True), (13, True), (15, False)])
def test_a_purchase_within_two_weeks_owes_to_what_was_seen(rex, days, owes):
    ada = rex.guardians.get().person
    shown = shelves_of(rex).fresh[0]
    feedback.note_seen(given=[tokens.sign(shown.suggested)], by=ada, at=NOW)
    treats = food_named("treats")
    order = bought(ada, treats, days_ago=-days)
    histories.attribute_order(order)
    assert feedback.note_bought(order) == int(owes)
    assert feedback.note_bought(order) == 0
    row = Impression.objects.get()
    assert row.line == (order.lines.get() if owes else None)


def food_named(slug):
    return Variant.objects.get(product__slug=slug)


def test_a_line_with_its_token_owes_to_that_very_suggestion(rex):
    ada = rex.guardians.get().person
    first, second = token_of(rex), tokens.sign(shelves_of(rex).again[0].suggested)
    feedback.note_seen(given=[first, second], by=ada, at=NOW)
    order = bought(ada, food_named("treats"), days_ago=-1)
    OrderLine.objects.filter(order=order).update(from_suggestion=second)
    feedback.note_bought(order)
    owing = Impression.objects.get(bought_at__isnull=False)
    assert owing.token_hash == tokens.hash_of(second)


def test_a_paid_order_is_attributed_and_its_pet_computed_anew(rex):
    ada = rex.guardians.get().person
    order = bought(ada, food_named("treats"), days_ago=0)
    for handler in events._handlers[OrderPaid]:
        if handler.__module__ == "recommendations.reactions":
            handler(OrderPaid(order_id=str(order.pk)))
            handler(OrderPaid(order_id=str(order.pk)))
    stored = PetShelf.objects.get(pet=rex)
    treats = food_named("treats").product_id
    assert treats in {row["product"] for row in stored.again}
    assert treats not in {row["product"] for row in stored.fresh}


def test_turning_down_is_written_once_with_its_trail(rex):
    ada = rex.guardians.get().person
    treats = food_named("treats").product
    AuditEntry.objects.all().delete()
    for _ in range(2):
        feedback.dismiss(pet=rex, product=treats, by=ada, at=NOW)
    assert Dismissal.objects.count() == 1
    assert [row.action for row in AuditEntry.objects.all()] == ["suggestion.dismiss"]


def test_one_list_in_ten_is_drafted_and_stays_so_for_a_week():
    mine, popular = [1, 2, 3], [4, 5, 2]
    drafted = [
        number
        for number in range(2000)
        if places(mine, lambda: popular, seed=(number, 1, 2026, 47), first=4)[0].is_interleaved
    ]
    assert 150 < len(drafted) < 250
    again = places(mine, lambda: popular, seed=(drafted[0], 1, 2026, 47), first=4)
    assert again == places(mine, lambda: popular, seed=(drafted[0], 1, 2026, 47), first=4)
    assert {each.facts["propensity"] for each in again} == {0.5}
    assert {each.team for each in again} == {Team.MODEL, Team.POPULARITY}


def seen(pet, product, *, team=Team.MODEL, opened=False, interleaved=True, days_ago=1):
    when = NOW - timedelta(days=days_ago)
    return Impression.objects.create(
        token_hash=f"{Impression.objects.count():064d}",
        shelf=Shelf.NEW,
        reason=ReasonKind.BOUGHT,
        team=team,
        is_interleaved=interleaved,
        position=0,
        propensity=0.5,
        product=product,
        pet=pet,
        seen_at=when,
        opened_at=when if opened else None,
    )


def test_the_week_counts_shelves_reasons_and_who_was_followed(rex):
    treats = food_named("treats").product
    seen(rex, treats, opened=True)
    seen(rex, treats, team=Team.POPULARITY)
    seen(rex, treats, days_ago=8, opened=True)
    week = report.week_to(NOW)
    line = week.lines[0]
    assert (line.shelf, line.reason, line.rates.seen, line.rates.opened) == (
        Shelf.NEW,
        ReasonKind.BOUGHT,
        2,
        1,
    )
    assert (line.rates.opened_percent, line.rates.bought_percent) == (50.0, 0.0)
    assert week.contest == Contest(model=1, popularity=0, ties=0)
    assert (week.covered, week.served) == (1, 4)


def test_the_sign_test_says_how_likely_chance_is():
    assert Contest(model=8, popularity=2, ties=5).chance == pytest.approx(112 / 1024)
    assert Contest(model=0, popularity=0, ties=3).chance == 1.0


@pytest.mark.parametrize(
    ("role", "status"), [(Role.MANAGER, 200), (Role.CATALOGUE, 200), (Role.VET, 403)]
)
def test_the_report_is_for_those_who_keep_the_shelves(rex, role, status):
    client = Client()
    client.force_login(staff(role))
    assert client.get("/admin/recommendations/impression/").status_code == status
    assert client.get("/admin/recommendations/modelversion/").status_code == status


def test_the_report_shows_its_figures(rex):
    row = seen(rex, food_named("treats").product, opened=True)
    Impression.objects.filter(pk=row.pk).update(seen_at=timezone.now() - timedelta(hours=1))
    client = Client()
    client.force_login(staff())
    page = client.get("/admin/recommendations/impression/").content.decode()
    assert "Nouveau pour l’animal" in page
    assert "proche de ce qu’il a eu" in page
    assert "100,0 %" in page
