"""Short forms about a pet, for one hand: kilograms, days, words."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from accounts.admin import labels
from accounts.admin.client_forms import BoxField
from accounts.admin.fields import ChoiceField, DayField, TextField, UploadField
from kernel.animals import Condition, ConditionKind, IngredientGroup, Species
from pets.admin.labels import BODY_CONDITIONS, word
from pets.models import Breed
from pets.vocabulary import Activity, Breeding, HistoryKind, Sex

_LONGEST_TEXT = 500
_MEDICAL = tuple(each for each in Condition if each.kind is ConditionKind.MEDICAL)
_LIFESTYLE = tuple(each for each in Condition if each.kind is ConditionKind.LIFESTYLE)
_TOLD = (HistoryKind.VISIT, HistoryKind.VACCINATION, HistoryKind.TREATMENT)


class KilosField(forms.CharField):
    """A weight as people say it, `4,25` or `4.25` kg, as whole grams."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"inputmode": "decimal", "autocomplete": "off", "placeholder": "4,25"}
        widget = UnfoldAdminTextInputWidget(attrs={**attrs, "suffix": "kg"})
        super().__init__(max_length=10, widget=widget, **kwargs)

    def clean(self, value: Any) -> int | None:
        text = super().clean(value).replace(",", ".").replace("kg", "").strip()
        if not text:
            return None
        if not text.replace(".", "", 1).isdecimal() or not text.isascii():
            raise ValidationError(_("A weight in kilograms, such as 4,25."))
        return int(Decimal(text) * 1000)


class WordsField(forms.CharField):
    def __init__(self, **kwargs: Any) -> None:
        widget = UnfoldAdminTextareaWidget(attrs={"rows": 3})
        super().__init__(max_length=_LONGEST_TEXT, widget=widget, **kwargs)


class WeighForm(forms.Form):
    weight_g = KilosField(label=_("Weight"))
    happened_on = DayField(label=_("Day"))


class BodyConditionForm(forms.Form):
    score = ChoiceField(
        label=_("Body condition"), choices=lambda: list(BODY_CONDITIONS.items()), initial=5
    )
    happened_on = DayField(label=_("Day"))


class NoteForm(forms.Form):
    text = WordsField(label=_("What to remember"))
    happened_on = DayField(label=_("Day"))


class ConditionForm(forms.Form):
    condition = ChoiceField(
        label=_("Condition"), choices=labels.choices((*_MEDICAL, *_LIFESTYLE), labels.animal)
    )
    happened_on = DayField(label=_("Since"))
    text = TextField(label=_("In words"), max_length=_LONGEST_TEXT, required=False)


class AllergyForm(forms.Form):
    allergen = ChoiceField(
        label=_("Allergic to"), choices=labels.choices(IngredientGroup, labels.animal)
    )
    happened_on = DayField(label=_("Since"))
    text = TextField(label=_("In words"), max_length=_LONGEST_TEXT, required=False)


class EventForm(forms.Form):
    kind = ChoiceField(label=_("What"), choices=labels.choices(_TOLD, word))
    text = WordsField(label=_("What happened"))
    happened_on = DayField(label=_("Day"))
    ended_on = DayField(
        label=_("Until"), required=False, help_text=_("Of a treatment, once it is over.")
    )


class EndForm(forms.Form):
    ended_on = DayField(label=_("Over since"))
    entry = forms.IntegerField(widget=forms.HiddenInput())


class WhichEntryForm(forms.Form):
    entry = forms.IntegerField(widget=forms.HiddenInput())


class DeathForm(forms.Form):
    died_on = DayField(label=_("Died on"))


class PhotoForm(forms.Form):
    photo = UploadField(
        label=_("Photo"),
        accept="image/jpeg,image/png,image/webp",
        help_text=_("JPEG, PNG or WebP."),
    )


_NEUTERED = [("", _("not known")), ("yes", _("yes")), ("no", _("no"))]


class BreedField(forms.ModelChoiceField):
    """Breeds with their species before them; a form about a pet shows those of its own."""

    def __init__(self, **kwargs: Any) -> None:
        breeds = Breed.objects.order_by("species", "-is_common", "name_fr")
        super().__init__(queryset=breeds, widget=UnfoldAdminSelectWidget(), **kwargs)

    def label_from_instance(self, obj: Breed) -> str:
        return f"{labels.animal(Species(obj.species))} · {obj.name_fr}"


class FileForm(forms.Form):
    """What the file says of a pet; numbers are left empty to remove them."""

    name = TextField(label=_("Name"), max_length=60)
    species = ChoiceField(label=_("Species"), choices=labels.choices(Species, labels.animal))
    breed = BreedField(label=_("Breed"), required=False)
    breed_text = TextField(label=_("Breed, in the owner's words"), max_length=80, required=False)
    sex = ChoiceField(label=_("Sex"), choices=labels.choices(Sex, word, blank=True), required=False)
    is_neutered = ChoiceField(label=_("Neutered"), choices=_NEUTERED, required=False)
    born_on = DayField(label=_("Born on"), required=False)
    is_birth_estimated = BoxField(label=_("The birth date is an estimate"))
    microchip = TextField(label=_("Microchip"), max_length=30, required=False)
    tattoo = TextField(label=_("Tattoo"), max_length=30, required=False)
    passport = TextField(label=_("Passport"), max_length=30, required=False)


class EditForm(FileForm):
    activity = ChoiceField(
        label=_("Activity"), choices=labels.choices(Activity, word, blank=True), required=False
    )
    breeding = ChoiceField(
        label=_("Carries or nurses young"), choices=labels.choices(Breeding, word)
    )
    adult_weight_g = KilosField(label=_("Adult weight"), required=False)
    expected_version = forms.IntegerField(widget=forms.HiddenInput())


class NewPetForm(FileForm):
    weight_g = KilosField(label=_("Weight today"), required=False)
    guardian = forms.IntegerField(widget=forms.HiddenInput())
