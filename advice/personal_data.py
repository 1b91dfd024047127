"""What advice keeps of people: who of the staff wrote, and which vet let a word stand."""

from django.utils.translation import gettext_lazy as _

from accounts import privacy
from accounts.privacy import PersonalData
from accounts.vocabulary import Fate
from advice.models import (
    Article,
    ArticleCard,
    CardTag,
    ClaimOverride,
    Revision,
    SlugHistory,
)
from pets.personal_data import AUTHORED

#: From each table to who wrote.
_WRITTEN = {
    Article: "revisions__by",
    Revision: "by",
    SlugHistory: "article__revisions__by",
    ArticleCard: "article__revisions__by",
    CardTag: "card__article__revisions__by",
}

privacy.register(
    *(
        PersonalData(
            model=model,
            person=person,
            fate=Fate.KEEP,
            reason=_("What you wrote for the clinic as a colleague."),
            article=AUTHORED,
        )
        for model, person in _WRITTEN.items()
    ),
    PersonalData(
        model=ClaimOverride,
        person="by",
        fate=Fate.KEEP,
        reason=_("What you answered for as a vet."),
        article=AUTHORED,
    ),
)
