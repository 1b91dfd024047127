"""What is done to a product in one go: publish, withdraw, add a picture."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.admin.acting import Act
from accounts.admin.fields import TextField, UploadField
from accounts.models import Person
from accounts.roles import Duty
from catalog import gallery, products
from catalog.models import Product
from kernel import pictures


class PictureForm(forms.Form):
    picture = UploadField(
        label=_("Picture"),
        accept="image/jpeg,image/png,image/webp",
        help_text=_("JPEG, PNG or WebP."),
    )
    alt_fr = TextField(
        label=_("Text for those who cannot see it (French)"),
        max_length=200,
        help_text=_("What one would say of it on the phone: “Bag of 2 kg, front”."),
    )
    alt_en = TextField(
        label=_("Text for those who cannot see it (English)"), max_length=200, required=False
    )


def _publish(product: Product, _given: dict[str, Any], by: Person, at: datetime) -> Promise:
    products.publish(product=product, by=by, at=at)
    return _("The product is in the shop.")


def _withdraw(product: Product, _given: dict[str, Any], by: Person, at: datetime) -> Promise:
    products.withdraw(product=product, by=by, at=at)
    return _("The product has left the shop.")


def _add_picture(product: Product, given: dict[str, Any], by: Person, at: datetime) -> Promise:
    data = given["picture"].read(pictures.MAX_BYTES + 1)
    alt = (given["alt_fr"], given["alt_en"])
    gallery.add_picture(product=product, data=data, alt=alt, by=by, at=at)
    return _("The picture is in: it shows as soon as the worker has drawn its sizes.")


ACTS: tuple[Act[Product], ...] = (
    Act(
        name="publish",
        title=_("Publish"),
        button=_("Publish"),
        duty=Duty.MANAGE_CATALOGUE,
        carry_out=_publish,
    ),
    Act(
        name="withdraw",
        title=_("Withdraw from the shop"),
        button=_("Withdraw"),
        duty=Duty.MANAGE_CATALOGUE,
        carry_out=_withdraw,
    ),
    Act(
        name="picture",
        title=_("Add a picture"),
        button=_("Add the picture"),
        duty=Duty.MANAGE_CATALOGUE,
        carry_out=_add_picture,
        form=PictureForm,
        tab="#pictures",
    ),
)
