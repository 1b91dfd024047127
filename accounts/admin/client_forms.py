"""Short forms about a client: contact, address, consent."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminEmailInputWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanWidget,
)

from accounts.admin import labels
from accounts.admin.fields import ChoiceField, TextField
from accounts.countries import COUNTRIES
from accounts.vocabulary import Purpose
from kernel.animals import Language

_PHONE = {"inputmode": "tel", "autocomplete": "off", "placeholder": "06 12 34 56 78"}


class PhoneField(TextField):
    def __init__(self, **kwargs: Any) -> None:
        widget = UnfoldAdminTextInputWidget(attrs=_PHONE)
        super().__init__(label=_("Phone"), required=False, max_length=40, widget=widget, **kwargs)


class MailField(TextField):
    """The verb says what is no address: the field only brings the right keyboard."""

    def __init__(self, **kwargs: Any) -> None:
        widget = UnfoldAdminEmailInputWidget(attrs={"autocomplete": "off"})
        kwargs.setdefault("label", _("E-mail"))
        super().__init__(max_length=254, widget=widget, **kwargs)


class BoxField(forms.BooleanField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, widget=UnfoldBooleanWidget(), **kwargs)


class ContactForm(forms.Form):
    last_name = TextField(label=_("Last name"), max_length=80)
    first_name = TextField(label=_("First name"), max_length=80, required=False)
    phone = PhoneField()
    email = MailField(required=False)
    language = ChoiceField(label=_("Language"), choices=list(labels.LANGUAGES.items()))
    expected_version = forms.IntegerField(widget=forms.HiddenInput())


class AddressForm(forms.Form):
    """Postal code before commune, as carriers write them; twenty addresses at most."""

    recipient = TextField(label=_("Recipient"), max_length=120)
    line1 = TextField(label=_("Street and number"), max_length=120)
    line2 = TextField(label=_("Building, floor, door"), max_length=120, required=False)
    postal_code = TextField(label=_("Postal code"), max_length=12)
    city = TextField(label=_("Commune"), max_length=80)
    country = ChoiceField(
        label=_("Country"),
        choices=[(code, each.label_name.title()) for code, each in COUNTRIES.items()],
    )
    phone = PhoneField()
    company = TextField(label=_("Company"), max_length=120, required=False)
    label = TextField(label=_("What the owner calls it"), max_length=40, required=False)
    instructions = TextField(
        label=_("Instructions for the carrier"), max_length=200, required=False
    )
    is_default = BoxField(label=_("Usual address"))


class AddressEditForm(AddressForm):
    address = forms.IntegerField(widget=forms.HiddenInput())


class WhichAddressForm(forms.Form):
    address = forms.IntegerField(widget=forms.HiddenInput())


class ConsentForm(forms.Form):
    purpose = ChoiceField(
        label=_("For what"), choices=labels.choices(Purpose, labels.PURPOSES.__getitem__)
    )
    granted = ChoiceField(
        label=_("What the client says"), choices=[("yes", _("agrees")), ("no", _("does not agree"))]
    )


class EraseForm(forms.Form):
    preview_token = forms.CharField(widget=forms.HiddenInput())


class DeskForm(forms.Form):
    """A client at the counter: a name and a way to reach them are enough."""

    last_name = TextField(label=_("Last name"), max_length=80)
    first_name = TextField(label=_("First name"), max_length=80, required=False)
    phone = PhoneField()
    email = MailField(required=False)
    language = ChoiceField(
        label=_("Language"), choices=list(labels.LANGUAGES.items()), initial=Language.FR
    )
    line1 = TextField(
        label=_("Street and number"),
        max_length=120,
        required=False,
        help_text=_("Only if it is delivered there; postal code and commune go with it."),
    )
    postal_code = TextField(label=_("Postal code"), max_length=12, required=False)
    city = TextField(label=_("Commune"), max_length=80, required=False)
    even_if_known = BoxField(
        label=_("Another person of the same name"),
        help_text=_("Only if a file with this name and this contact is somebody else's."),
    )
