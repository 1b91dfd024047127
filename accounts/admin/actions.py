"""What people call the actions in the trail; the apps above add theirs."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ACTION_NAMES: dict[str, str | Promise] = {
    "address.add": _("Address added"),
    "address.remove": _("Address removed"),
    "address.update": _("Address changed"),
    "consent.set": _("Consent given or withdrawn"),
    "file.claim": _("File joined to an account"),
    "file.claim_start": _("Code asked for, to join a file"),
    "login.appoint": _("Appointed to a role"),
    "login.dismiss": _("Dismissed from a role"),
    "login.open": _("account opened"),
    "login.rest": _("Account put to rest"),
    "login.wake": _("Account let in again"),
    "person.email": _("address changed"),
    "person.erase": _("File erased"),
    "person.erase_request": _("Erasure asked for"),
    "person.export_request": _("Archive of the data asked for"),
    "person.inactive": _("Told that the file ends soon"),
    "person.known": _("Marked as known"),
    "person.merge": _("Two files merged"),
    "person.open": _("File opened at the counter"),
    "person.read": _("File read"),
    "person.search": _("Clients searched"),
    "person.update": _("Contact details changed"),
    "service_token.give": _("token given"),
    "service_token.revoke": _("token revoked"),
}
