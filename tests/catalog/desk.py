"""A browser at the desk of the back office."""

import io

from django.test import Client
from django.urls import reverse
from PIL import Image

from accounts.models import Person
from accounts.roles import Role
from catalog import gallery
from tests.builders import (
    NOW,
    staff,
)


def back_office(role=Role.MANAGER):
    client = Client(headers={"accept-language": "en"})
    client.force_login(staff(role))
    return client


def acting(client):
    return Person.objects.get(login_id=client.session["_auth_user_id"])


def page(name, *args):
    return reverse(f"admin:{name}", args=args)


def told(response):
    """What the page that follows says."""
    return [str(message) for message in response.context["messages"]]


def filled(response, **changes):
    """What a browser would send back of a page, with some fields changed."""
    sent = {}
    formsets = [each.formset for each in response.context["inline_admin_formsets"]]
    forms = [response.context["adminform"].form]
    for formset in formsets:
        forms += [formset.management_form, *formset.forms]
    for form in forms:
        for field in form:
            value = field.value()
            if value is True:
                sent[field.html_name] = "on"
            elif isinstance(value, list):
                sent[field.html_name] = [str(each) for each in value]
            elif value is not None and value is not False:
                sent[field.html_name] = str(value)
    sent.update(changes)
    return sent


def png(colour="red"):
    data = io.BytesIO()
    Image.new("RGB", (40, 40), colour).save(data, "PNG")
    return data.getvalue()


def picture(product, *, colour="red"):
    made = gallery.add_picture(product=product, data=png(colour), alt=("Sac", ""), by=None, at=NOW)
    gallery.render_picture(made.pk, at=NOW)
    return made
