"""Words that mean that an animal may not be able to wait for an answer. Pure; data and one search.

A word too many shows a telephone number for nothing; a word too few may cost a life. So a denial
("pas de convulsions") is not understood, on purpose.
"""

import re
from typing import Final

from kernel.text_index.analysis import fold

#: Folded: small letters without accents, apostrophes as spaces. A word stands for its beginning.
FRENCH: Final = (
    *("convuls", "crise d epilepsie", "inconscien", "evanoui", "ne se releve plus"),
    *("n arrive plus a se lever", "paralys", "etouff", "n arrive plus a respirer"),
    *("respire mal", "respire plus", "mal a respirer", "du mal a respirer", "langue bleue"),
    *("saigne beaucoup", "saigne abondamment", "hemorragi", "vomit du sang", "sang dans les"),
    *("renverse par", "ecrase par", "tombe du balcon", "defenestr", "coup de chaleur"),
    *("ventre gonfle", "ventre dur", "torsion d estomac", "n arrive pas a vomir"),
    *("empoisonn", "intoxi", "raticide", "mort aux rats", "antigel", "mange du chocolat"),
    *("mange des raisins", "mange de l oignon", "paracetamol", "doliprane", "ibuprofene"),
    *("permethrine", "a avale", "ne mange plus depuis", "ne boit plus", "ne fait plus pipi"),
    *("n arrive pas a faire pipi", "n arrive plus a uriner", "n urine plus", "mise bas bloquee"),
    *("morsure de vipere", "mordu par une vipere", "chenille processionnaire", "chenilles process"),
    *("agonis", "en train de mourir", "va mourir"),
)
ENGLISH: Final = (
    *("convulsion", "seizure", "unconscious", "collapsed", "cannot stand", "can t stand"),
    *("paralys", "choking", "cannot breathe", "can t breathe", "struggling to breathe"),
    *("trouble breathing", "bleeding heavily", "won t stop bleeding", "hit by a car"),
    *("fell from", "heatstroke", "heat stroke", "bloated belly", "swollen belly", "poison"),
    *("antifreeze", "ate chocolate", "eaten chocolate", "ate grapes", "eaten grapes"),
    *("rat bait", "swallowed", "has not eaten for", "hasn t eaten for", "stopped eating"),
    *("cannot pee", "can t pee", "cannot urinate", "is dying"),
)
_NO_WORD: Final = re.compile(r"[^a-z0-9]+")


def is_urgent(text: str) -> bool:
    """Whether a text says something that cannot wait for the clinic's hours."""
    folded = " " + _NO_WORD.sub(" ", fold(text)) + " "
    return any(f" {phrase}" in folded for phrase in (*FRENCH, *ENGLISH))
