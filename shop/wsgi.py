"""The WSGI application, warm before it says that it is ready."""

import gc
import os

from django.core.wsgi import get_wsgi_application

from shop.gate import Gate

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")

application = Gate(get_wsgi_application())


def settle_memory() -> None:
    """Leave what was loaded at the start out of every later garbage collection."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 10, 10)


settle_memory()
