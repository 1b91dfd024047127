"""Every test gets folders of its own, and a process that remembers nothing of the last one."""

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.utils import translation

from advice import search as advice_search
from catalog import search
from clinic import details
from orders import zones
from shop import kept
from shop.stripe_stand_in.server import standing_in
from tests.builders import NOW
from tests.stripe_holder import Holder


@pytest.fixture(scope="session")
def django_db_modify_db_settings(tmp_path_factory, django_db_modify_db_settings):
    """A database file of this run's own, so that threads and other runs are as in production."""
    if connection.vendor == "sqlite":
        name = str(tmp_path_factory.mktemp("database") / "test.sqlite3")
        connection.settings_dict["TEST"]["NAME"] = name


@pytest.fixture(autouse=True)
def _own_folders(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.PRIVATE_ROOT = tmp_path / "private"
    settings.TEXT_INDEX_ROOT = tmp_path / "index"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.SECURE_SSL_REDIRECT = False
    settings.STORAGES = {
        **settings.STORAGES,
        "private": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path / "private", "base_url": None},
        },
    }
    cache.clear()
    search.index.cache_clear()
    search._synonyms.cache_clear()
    advice_search.index.cache_clear()
    advice_search._synonyms.cache_clear()
    details.public_details.cache_clear()
    zones.kept_zones.cache_clear()
    kept.forget()


@pytest.fixture(scope="session")
def _stripe_server():
    with standing_in() as server:
        yield server


@pytest.fixture
def stripe_stand_in(_stripe_server, settings):
    """A Stripe of this test's own, to which the shop speaks; gives who holds the card."""
    settings.STRIPE_SECRET_KEY = settings.STRIPE_WEBHOOK_SECRET = ""
    settings.STRIPE_STAND_IN_URL = _stripe_server.world.address
    holder = Holder(_stripe_server.world.address)
    holder.reset()
    return holder


@pytest.fixture
def told_by_stripe(stripe_stand_in, live_server):
    """The same, with every event posted to the shop's own webhook, over HTTP."""
    stripe_stand_in.listen(f"{live_server.url}/stripe/webhook")
    yield stripe_stand_in
    stripe_stand_in.reset()
    stripe_stand_in.settle()


@pytest.fixture(autouse=True)
def _the_moment_of_the_tests(request):
    """The clocks that the edges read start at the moment that worlds are built for, whatever day it
    is; processes that a test starts have their own.
    """
    if request.node.get_closest_marker("slow"):
        yield
        return
    with time_machine.travel(NOW, tick=True):
        yield


@pytest.fixture(autouse=True)
def _french():
    """A request leaves its language behind in the thread: each test begins with the shop's own."""
    translation.deactivate()
