"""Give each role its pages of the back office; to run after every upgrade."""

from typing import Any

from django.core.management.base import BaseCommand

from accounts import roles


class Command(BaseCommand):
    help = "Make a group of each role, with the pages that it opens; repeatable."

    def handle(self, *_args: Any, **_options: Any) -> None:
        roles.prepare_groups()
        self.stdout.write(f"{len(roles.Role)} roles are ready.")
