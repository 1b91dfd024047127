"""Each thing that is missing is found by its name; a shop that lacks nothing is told so."""

import json
import tomllib
from collections import namedtuple
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
import stripe
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.management import CommandError, call_command
from django.db import connection
from django_ox.models import OxTask

from accounts.models import Login
from advice import search as advice_search
from catalog import search
from catalog.models import Picture, PriceChange, Product, Stock, VatRate
from clinic import details
from clinic.models import Clinic, OpeningHours, Place
from clinic.vocabulary import LegalKind
from kernel.animals import Language
from orders.models import Payment, SlotRule, StripeEvent, Zone
from shop.doctor import service_checks
from shop.doctor.checking import Severity
from shop.doctor.clinic_checks import CLINIC
from shop.doctor.examining import CHECKS, examine
from shop.doctor.settings_checks import SETTINGS
from shop.opening import sheet
from shop.opening.writing import open_clinic
from tests.builders import NOW, Pack, make_clinic, published
from tests.orders.world import cart_with, placed
from tests.serving import NO_REDIS, redis_caches
from tests.shop.outside import post_office, stripe_with_nothing_to_tell

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).parent.parent.parent
DISK = namedtuple("DISK", "total used free")


@pytest.fixture
def production(settings, tmp_path):
    """The settings of a shop that may face the public."""
    settings.PRODUCTION = settings.STAFF_SECOND_FACTOR = settings.SECURE_SSL_REDIRECT = True
    settings.SECRET_KEY = "x" * 50
    settings.PUBLIC_URL, settings.STOREFRONT_URL = "https://api.shop.fr", "https://shop.fr"
    settings.ALLOWED_HOSTS = ["api.shop.fr"]
    settings.STRIPE_SECRET_KEY, settings.STRIPE_PUBLISHABLE_KEY = "rk_live_1", "pk_live_1"
    settings.STRIPE_WEBHOOK_SECRET = "whsec_1"
    settings.DEFAULT_FROM_EMAIL = "Clinique <boutique@shop.fr>"
    settings.DATA_DIR, settings.BACKUP_DIR = tmp_path, tmp_path / "backups"
    return settings


@pytest.fixture
def outside(production, monkeypatch):
    """A post office and a Stripe that answer."""
    with post_office() as post, stripe_with_nothing_to_tell() as told:
        monkeypatch.setattr(stripe, "DEFAULT_API_BASE", f"http://127.0.0.1:{told.port}")
        smtp = "django.core.mail.backends.smtp.EmailBackend"
        options = {"host": "127.0.0.1", "port": post.port, "timeout": 5}
        production.MAILERS = {"default": {"BACKEND": smtp, "OPTIONS": options}}
        yield post


@pytest.fixture
def clinic():
    """A clinic that has said and done all that is asked of it."""
    example = (ROOT / "docs" / "opening" / "clinic.toml").read_text()
    given = {**tomllib.loads(example), "legal_texts": ""}
    open_clinic(sheet=sheet.read(given, folder=ROOT), at=NOW)
    for kind in LegalKind:
        for language in Language:
            details.publish_legal_text(
                kind=kind, language=language, title="T", body="Words.", effective_from=NOW
            )
    login = Login.objects.get()
    Authenticator.objects.create(user=login, type=Authenticator.Type.TOTP, data={})
    product = published("croquettes", Pack(sku="A", stock=3))
    Picture.objects.create(product=product, alt_fr="Un sac", width=1, height=1)
    return Place.objects.get()


@pytest.fixture
def services(outside, production, monkeypatch):
    """All that the shop leans on; the clocks of the tests are not those of servers."""
    monkeypatch.setattr(service_checks, "_MOST_SKEW", timedelta.max)
    details.note_heartbeat(at=NOW)
    search.rebuild()
    advice_search.rebuild()
    StripeEvent.objects.create(event_id="evt_1", kind="x", object_id="x", received_at=NOW)
    (production.BACKUP_DIR / "shop-20261122T031500Z").mkdir(parents=True)
    return outside


def found(checks, code):
    (check,) = [each for each in checks if each.code == code]
    return check.finds(NOW)


@pytest.mark.django_db(transaction=True)
def test_a_shop_that_lacks_nothing_is_ready(clinic, services):
    expected = ["counts"] if connection.vendor == "postgresql" else ["database-kind", "counts"]
    told = examine(at=NOW)
    assert [each.code for each in told] == expected
    assert {each.severity for each in told} == {Severity.WARNING}
    out = StringIO()
    call_command("doctor", stdout=out)
    verdict = f"Ready: 0 errors, {len(expected)} warnings of {len(CHECKS)} checks.\n"
    assert out.getvalue().endswith(verdict)


def test_every_check_has_a_name_of_its_own_and_says_what_mends_it():
    assert len({each.code for each in CHECKS}) == len(CHECKS)
    assert [each.code for each in CHECKS if not each.mend] == []


@pytest.mark.parametrize(
    ("name", "value", "code", "said"),
    [
        ("PRODUCTION", False, "mode", "The shop runs in development: its guards are down."),
        ("SECRET_KEY", "short", "secret", "SECRET_KEY is too short."),
        (
            "SECRET_KEY",
            "for-development-only-" + "0" * 40,
            "secret",
            "SECRET_KEY is the one of development.",
        ),
        ("ALLOWED_HOSTS", ["*"], "hosts", "ALLOWED_HOSTS answers to any name."),
        (
            "ALLOWED_HOSTS",
            ["shop.fr"],
            "hosts",
            "",
        ),
        (
            "ALLOWED_HOSTS",
            ["other.fr"],
            "hosts",
            "ALLOWED_HOSTS does not name api.shop.fr, the host of PUBLIC_URL.",
        ),
        (
            "STOREFRONT_URL",
            "http://shop.fr",
            "https",
            "Not all is https: STOREFRONT_URL is http://shop.fr.",
        ),
        (
            "SECURE_SSL_REDIRECT",
            False,
            "https",
            "Not all is https: SECURE_SSL_REDIRECT is off.",
        ),
        (
            "STAFF_SECOND_FACTOR",
            False,
            "staff-factor",
            "Staff may act with a password alone: STAFF_SECOND_FACTOR is off.",
        ),
        (
            "STRIPE_SECRET_KEY",
            "",
            "stripe-keys",
            "STRIPE_SECRET_KEY is not set: payments go to the stand-in, no money moves.",
        ),
        (
            "STRIPE_SECRET_KEY",
            "sk_test_1",
            "stripe-keys",
            "STRIPE_SECRET_KEY is a test key: no money moves.",
        ),
        (
            "STRIPE_WEBHOOK_SECRET",
            "",
            "stripe-keys",
            "STRIPE_WEBHOOK_SECRET is not set: what Stripe tells is refused.",
        ),
        (
            "STRIPE_PUBLISHABLE_KEY",
            "",
            "stripe-keys",
            "STRIPE_PUBLISHABLE_KEY is not set: no front end can take a card.",
        ),
        (
            "STRIPE_PUBLISHABLE_KEY",
            "pk_test_1",
            "stripe-keys",
            "STRIPE_PUBLISHABLE_KEY is not of the same mode as STRIPE_SECRET_KEY.",
        ),
        (
            "DEFAULT_FROM_EMAIL",
            "boutique@clinique.example",
            "sender",
            "DEFAULT_FROM_EMAIL is boutique@clinique.example: nobody's.",
        ),
    ],
)
def test_a_setting_that_is_not_for_the_public_is_named(production, name, value, code, said):
    assert [each.code for each in SETTINGS if each.finds(NOW)] == []
    setattr(production, name, value)
    assert found(SETTINGS, code) == said


def rest(model, **of):
    return lambda: model.objects.filter(**of).delete()


@pytest.mark.parametrize(
    ("harm", "code", "said"),
    [
        (
            lambda: Group.objects.get(name="vet").delete(),
            "roles",
            "Roles without a group: vet.",
        ),
        (
            lambda: Login.objects.update(is_active=False),
            "manager",
            "Nobody is a manager of the back office.",
        ),
        (
            rest(Authenticator),
            "manager-factor",
            "No manager has a second factor yet: ada@trois-rivieres.example.",
        ),
        (rest(Clinic), "clinic", "Nothing is known of the clinic."),
        (
            lambda: Clinic.objects.update(siret="0" * 14, emergency_phone=""),
            "clinic",
            "The clinic lacks: siret, emergency_phone.",
        ),
        (
            lambda: Clinic.objects.update(vat_number="FR00000000000"),
            "vat-number",
            "The clinic has no VAT number, which invoices show.",
        ),
        (
            lambda: Place.objects.update(is_active=False),
            "places",
            "No place is open to the public.",
        ),
        (rest(OpeningHours), "places", "No opening hours: Rennes."),
        (
            lambda: (Zone.objects.all().delete(), SlotRule.objects.all().delete()),
            "delivery",
            "Nothing can be delivered: no zone, no slot.",
        ),
        (
            lambda: Product.objects.update(status="DRAFT"),
            "catalogue",
            "No product is published.",
        ),
        (rest(PriceChange), "prices", "1 packs on sale lack a price, such as A."),
        (rest(VatRate), "vat-rates", "1 packs on sale lack a VAT rate, such as A."),
        (
            rest(Picture),
            "pictures",
            "1 published products have no picture, such as croquettes.",
        ),
        (lambda: Stock.objects.update(on_hand=0), "stock", "Nothing is in stock: nobody can buy."),
    ],
)
def test_what_the_clinic_lacks_is_named(clinic, harm, code, said):
    assert [each.code for each in CLINIC if each.finds(NOW)] == []
    harm()
    assert found(CLINIC, code) == said


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("Texte à compléter.", "'à compléter'"),
        ("Our shop, [name of the clinic], sells.", "'[name of the clinic]'"),
        ("Démonstration : à lire.", "'Démonstration'"),
    ],
)
def test_a_legal_text_that_nobody_finished_is_named(clinic, body, why):
    later = NOW + timedelta(hours=1)
    details.publish_legal_text(
        kind=LegalKind.PRIVACY, language=Language.EN, title="T", body=body, effective_from=NOW
    )
    details.publish_legal_text(
        kind=LegalKind.RANKING, language=Language.FR, title="T", body=body, effective_from=later
    )
    assert found(CLINIC, "legal-texts") == f"Legal texts: PRIVACY en is not finished ({why})."
    assert found(CLINIC, "other-texts") == ""


def test_a_link_in_a_legal_text_is_no_gap(clinic):
    body = "See [the commission](https://cnil.fr)."
    details.publish_legal_text(
        kind=LegalKind.PRIVACY, language=Language.EN, title="T", body=body, effective_from=NOW
    )
    assert found(CLINIC, "legal-texts") == ""


def test_missing_legal_texts_are_named():
    assert found(CLINIC, "other-texts") == (
        "Legal texts: GUARANTEES fr is missing, GUARANTEES en is missing, "
        "RANKING fr is missing, RANKING en is missing."
    )


def of_services(code):
    return found((*service_checks.FIRST, *service_checks.SERVICES), code)


@pytest.mark.django_db(transaction=True)
def test_services_that_do_not_answer_are_named(production, monkeypatch):
    assert of_services("mail") == "Mail goes to files in DATA_DIR/mail, to nobody."
    smtp = "django.core.mail.backends.smtp.EmailBackend"
    options = {"host": "127.0.0.1", "port": 1}
    production.MAILERS = {"default": {"BACKEND": smtp, "OPTIONS": options}}
    refused = "127.0.0.1:1 does not take mail: [Errno 111] Connection refused"
    assert of_services("mail") == refused
    monkeypatch.setattr(stripe, "DEFAULT_API_BASE", "http://127.0.0.1:1")
    production.STRIPE_SECRET_KEY = "rk_live_2"
    assert of_services("stripe").startswith(
        "Stripe does not answer: Unexpected error communicating with Stripe."
    )
    assert of_services("worker") == "No worker: never seen."
    assert of_services("backup") == f"There is no backup in {production.BACKUP_DIR}."


def test_a_search_without_index_is_named():
    if connection.vendor == "postgresql":
        # Another test may have left one; this one puts it back at its end.
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE IF EXISTS text_index_catalogue_state")
    assert of_services("index") == "The search has no index."


@pytest.mark.django_db(transaction=True)
def test_a_key_that_stripe_refuses_is_named(outside, production):
    assert of_services("stripe") == ""
    production.STRIPE_SECRET_KEY = "rk_live_revoked"
    assert of_services("stripe") == "Stripe does not answer: Expired API key"


def test_without_a_key_nothing_is_asked_of_stripe(production):
    production.STRIPE_SECRET_KEY = ""
    assert of_services("stripe") == ""


def test_a_webhook_that_fell_silent_is_named(stripe_stand_in):
    make_clinic()
    silent = "Stripe never told the shop anything: its webhook was not seen to work."
    assert of_services("webhook") == silent
    told_at = NOW - timedelta(hours=2)
    StripeEvent.objects.create(event_id="evt_1", kind="x", object_id="x", received_at=told_at)
    assert of_services("webhook") == ""
    pack = published("litiere", Pack(sku="B")).variants.get()
    Payment.objects.create(
        order=placed(cart_with((pack, 1))),
        attempt=9,
        amount_cents=1,
        intent_id="pi_1",
        created_at=NOW,
    )
    assert of_services("webhook") == (
        "Stripe is silent since 2026-11-22 10:00 UTC, though payments were begun."
    )


def test_an_old_backup_a_full_disk_and_dead_tasks_are_named(production, monkeypatch):
    (production.BACKUP_DIR / "shop-20261120T120000Z").mkdir(parents=True)
    assert of_services("backup") == "The last backup is 48 hours old."
    monkeypatch.setattr(service_checks.shutil, "disk_usage", lambda _path: DISK(9, 9, 5_000_000))
    assert of_services("disk") == f"5 MB are free under {production.DATA_DIR}."
    OxTask.objects.create(task_path="x", enqueued_at=NOW, status=OxTask.Status.FAILED)
    assert of_services("tasks") == "1 tasks failed for good."


def test_folders_that_cannot_be_written_are_named(settings, tmp_path):
    assert of_services("files") == ""
    assert storages["private"].listdir("doctor")[1] == []
    storages["private"].save("there", ContentFile(b"x"))
    settings.STORAGES = {
        **settings.STORAGES,
        "private": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path / "private" / "there"},
        },
    }
    assert of_services("files").startswith("Files cannot be written (private): ")


def test_clocks_that_differ_are_named():
    if connection.vendor == "postgresql":
        (check,) = [each for each in service_checks.SERVICES if each.code == "clock"]
        with connection.cursor() as cursor:
            cursor.execute("SELECT now()")
            moment = cursor.fetchone()[0]
        assert check.finds(moment + timedelta(seconds=60)) == ""
        told = check.finds(moment + timedelta(seconds=90))
        assert told == "The database's clock is 90 s from this machine's."
    else:
        assert of_services("clock") == ""


def test_counts_are_asked_of_redis(settings):
    settings.CACHES = redis_caches(NO_REDIS)
    assert of_services("counts").startswith("Redis does not answer: ")


def test_without_a_database_that_is_up_to_date_nothing_else_is_asked(production, monkeypatch):
    monkeypatch.setattr(service_checks.condition, "migrations_pending", lambda: True)
    assert [each.code for each in examine(at=NOW)] == ["migrations"]


def test_the_doctor_fails_while_an_error_stands_and_tells_machines(production, monkeypatch):
    monkeypatch.setattr(service_checks.condition, "migrations_pending", lambda: True)
    out = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("doctor", json=True, stdout=out)
    assert ended.value.code == 1
    assert json.loads(out.getvalue()) == {
        "is_ready": False,
        "findings": [
            {
                "code": "migrations",
                "severity": "error",
                "what": "The database is older than the code.",
                "mend": "manage.py migrate, then prepare_roles, then rebuild_cards.",
            }
        ],
    }
    out = StringIO()
    call_command("doctor", never_fails=True, stdout=out)
    assert out.getvalue().splitlines() == [
        "error   migrations      The database is older than the code.",
        f"{'':24}manage.py migrate, then prepare_roles, then rebuild_cards.",
        f"Not ready: 1 errors, 0 warnings of {len(CHECKS)} checks.",
    ]


@pytest.mark.django_db(transaction=True)
def test_a_mail_to_try_is_sent(services, clinic):
    out = StringIO()
    call_command("doctor", send_test="ada@shop.fr", stdout=out)
    assert out.getvalue().startswith("A mail left for ada@shop.fr: see that it arrives")
    (letter,) = services.letters
    assert "To: ada@shop.fr" in letter
    assert "The clinic's shop can send mail." in letter


def test_a_mail_that_cannot_be_sent_says_why(production):
    smtp = "django.core.mail.backends.smtp.EmailBackend"
    options = {"host": "127.0.0.1", "port": 1}
    production.MAILERS = {"default": {"BACKEND": smtp, "OPTIONS": options}}
    with pytest.raises(CommandError, match=r"The mail was not sent: .*Connection refused"):
        call_command("doctor", send_test="ada@shop.fr")
