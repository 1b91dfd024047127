"""All checks, in the order in which they are best mended."""

from datetime import datetime
from typing import Final

from shop.doctor.checking import Check, Finding
from shop.doctor.clinic_checks import CLINIC
from shop.doctor.service_checks import FIRST, SERVICES
from shop.doctor.settings_checks import SETTINGS

CHECKS: Final = (*SETTINGS, *FIRST, *SERVICES, *CLINIC)


def examine(*, at: datetime) -> list[Finding]:
    """What is wrong; without a database that is up to date, only that and the settings."""
    found = [*_found(SETTINGS, at)]
    for check in FIRST:
        first = _found((check,), at)
        if first:
            return found + first
    return found + _found((*SERVICES, *CLINIC), at)


def _found(checks: tuple[Check, ...], at: datetime) -> list[Finding]:
    asked = ((check, check.finds(at)) for check in checks)
    return [Finding(check.code, check.severity, what, check.mend) for check, what in asked if what]
