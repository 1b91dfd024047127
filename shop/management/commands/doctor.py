"""Say what is missing before going live."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from smtplib import SMTPException
from typing import Any

from django.core.mail import send_mail
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from shop.doctor.checking import Finding, Severity
from shop.doctor.examining import CHECKS, examine


class Command(BaseCommand):
    help = "Examine the shop: what is missing, and what to type; ends with 1 while an error stands."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="For machines.")
        parser.add_argument("--send-test", metavar="ADDRESS", help="Send a mail there too.")
        parser.add_argument("--never-fails", action="store_true", help="End with 0 all the same.")

    def handle(self, *_args: Any, **options: Any) -> None:
        if options["send_test"]:
            self._send_test(options["send_test"])
        found = examine(at=timezone.now())
        errors = sum(each.severity is Severity.ERROR for each in found)
        if options["json"]:
            told = {"is_ready": not errors, "findings": [asdict(each) for each in found]}
            self.stdout.write(json.dumps(told, indent=1))
        else:
            self._tell(found, errors)
        if errors and not options["never_fails"]:
            raise SystemExit(1)

    def _tell(self, found: list[Finding], errors: int) -> None:
        for each in found:
            is_error = each.severity is Severity.ERROR
            style = self.style.ERROR if is_error else self.style.WARNING
            self.stdout.write(f"{style(f'{each.severity:8}')}{each.code:15} {each.what}")
            self.stdout.write(f"{'':24}{each.mend}")
        warnings = len(found) - errors
        verdict = "Not ready" if errors else "Ready"
        self.stdout.write(
            f"{verdict}: {errors} errors, {warnings} warnings of {len(CHECKS)} checks."
        )

    def _send_test(self, address: str) -> None:
        try:
            send_mail("Test", "The clinic's shop can send mail.", None, [address])
        except (OSError, SMTPException) as error:
            raise CommandError(f"The mail was not sent: {error}") from None
        self.stdout.write(f"A mail left for {address}: see that it arrives, and not as spam.")
