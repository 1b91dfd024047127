"""The looks of the back office: names, menu, colours."""

from typing import Any, Final

from django.utils.translation import gettext_lazy as _

UNFOLD: Final[dict[str, Any]] = {
    "SITE_TITLE": "vet-shop",
    "SITE_HEADER": _("Clinic shop"),
    "SITE_SYMBOL": "pets",
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": False,
    "SHOW_BACK_BUTTON": True,
    "SHOW_LANGUAGES": True,
    "DASHBOARD_CALLBACK": "shop.dashboard.show",
    "SIDEBAR": {
        "show_search": False,
        "show_all_applications": False,
        "navigation": "shop.menu.navigation",
    },
    "COLORS": {
        "primary": {
            "50": "oklch(98.4% .014 180.7)",
            "100": "oklch(95.3% .051 180.8)",
            "200": "oklch(91% .096 180.4)",
            "300": "oklch(85.5% .138 181.1)",
            "400": "oklch(77.7% .152 181.9)",
            "500": "oklch(70.4% .14 182.5)",
            "600": "oklch(51.1% .096 186.4)",
            "700": "oklch(43.7% .078 188.2)",
            "800": "oklch(38.6% .063 188.4)",
            "900": "oklch(27.7% .046 192.5)",
            "950": "oklch(22% .04 192.5)",
        }
    },
}
