"""Fields of the short forms: big enough for a thumb, with the keyboards of a phone."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    INPUT_CLASSES,
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminFileFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from kernel.money import Money

_INPUT = " ".join(INPUT_CLASSES)


class TicksWidget(UnfoldAdminCheckboxSelectMultipleWidget):
    """Boxes to tick, as many beside one another as the screen takes."""

    template_name = "admin/catalog/ticks.html"


class MoneyField(forms.CharField):
    """An amount in euros, `12,90` or `12.90`, as Money; None when it may be empty and is."""

    def __init__(self, **kwargs: Any) -> None:
        given = {"inputmode": "decimal", "autocomplete": "off", "placeholder": "0,00"}
        kwargs.setdefault("widget", UnfoldAdminTextInputWidget(attrs={**given, "suffix": "€"}))
        super().__init__(max_length=20, **kwargs)

    def clean(self, value: Any) -> Money | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            return Money.parse(text)
        except ValueError:
            raise ValidationError(_("An amount such as 12,90.")) from None


class DayField(forms.DateField):
    """A day, chosen in the phone's own calendar."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": _INPUT})
        super().__init__(widget=widget, **kwargs)


class MomentField(forms.DateTimeField):
    """A moment of the clinic's clock, chosen in the phone's own calendar."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateTimeInput(
            format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local", "class": _INPUT}
        )
        super().__init__(widget=widget, **kwargs)


class NumberField(forms.IntegerField):
    def __init__(self, **kwargs: Any) -> None:
        attrs = {"class": _INPUT, "inputmode": "numeric"}
        super().__init__(widget=forms.NumberInput(attrs=attrs), **kwargs)


class TextField(forms.CharField):
    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", UnfoldAdminTextInputWidget())
        super().__init__(**kwargs)


class ChoiceField(forms.ChoiceField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=UnfoldAdminSelectWidget(), **kwargs)


class TicksField(forms.MultipleChoiceField):
    """Several words of a vocabulary, each with a box to tick."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        super().__init__(widget=TicksWidget(), **kwargs)


class UploadField(forms.FileField):
    """A file; `accept` lets a phone offer its camera or only the right files."""

    def __init__(self, *, accept: str, **kwargs: Any) -> None:
        widget = UnfoldAdminFileFieldWidget(attrs={"accept": accept})
        super().__init__(widget=widget, **kwargs)
