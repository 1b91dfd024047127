from django.apps import AppConfig
from django.tasks.signals import task_finished, task_started
from django.utils.module_loading import autodiscover_modules

from shop import logs


class ShopConfig(AppConfig):
    name = "shop"

    def ready(self) -> None:
        autodiscover_modules("reactions")
        autodiscover_modules("personal_data")
        task_started.connect(logs.enter_task)
        task_finished.connect(logs.leave_task)
