from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class ShopConfig(AppConfig):
    name = "shop"

    def ready(self) -> None:
        autodiscover_modules("reactions")
        autodiscover_modules("personal_data")
