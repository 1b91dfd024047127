"""Names of breeds out of lists in capitals: accents given back, proper names kept."""

import re

from kernel.text_index.analysis import fold

#: Words whose accents or capitals are lost in lists that are written in capitals.
_SPELT_WORDS = """
Abruzzes Airedale Aires Alaska Alentejo Alpes American Andalusian Ardennes Ariège Artois Asia Asie
Atlas Audemer Australian Austrian Auvergne Azawakh Aïdi Bali Bangkaew Bas Bavarian Bavière
Bedlington Bohemian Bohême Bologne Bolognese Bordeaux Bosnian Bosnie Boston Bourbonnais Brazilian
Bretagne Brie Brittany Bucovina Bucovine Burgos Canaan Canadian Canarian Canaries Cardigan
Caroline Carpathes Carpathian Carélie Castro Caucase Caucasian Charplanina Chesapeake Chinese
Croatian Croatie Danish Dinmont Drente Dutch English Entlebuch Eskimo Estonian Estonie Estrela
Etna European Finnish Flandres French Gascogne Gascony Germain German Glen Greenland Groenland
Halden Hamilton Hanoverian Hanovre Hellenic Herzegovinian Herzégovine Hokkaido Hubert Hungarian
Hygen Iakoutie Ibiza Ibizan Icelandic Imaal Irish Istrian Istrie Italian Japanese Kangal Karelian
Karst Kazakh Kerry Korea Laboreiro Lakeland Lancashire Laponie Lapponian Leonberg Majorca Majorque
Manchester Maremma Maremme Miguel Mioritza Montenegrin Monténégro Münster Norfolk Norman
Norrbotten Norwegian Norwich Nouvelle Nova Pays Peruvian Pharaoh Pharaon Picardie Picardy Polish
Pont Portuguese Posavatz Prague Pyrenean Pyrénées Pérou Rhodésie Romanian Russell Russian Russie
Saarloos Saint Save Schiller Scotia Sealyham Serbian Serra Shetland Siberian Sibérie Skye
Slovakian Småland Spanish Staffordshire Styrian Styrie Sussex Swedish Swiss Taiwan Tatra Tatras
Thai Thaïlande Tibet Tibetan Transylvanian Transylvanie Tuléar Tyrolean Valencian Vendée Visigoths
Welsh Westphalian Westphalie Yakutian Yorkshire Yugoslavian Écosse
agrément américain ariégeois arrêt artésien bouclé brabançon brésilien coréen crête esquimau
européen frisé géant lévrier mâtin méridionale norvégien néerlandais pékinois révérend
saintongeois samoyède suédois tchèque tchécoslovaque thaïlandais tibétain vallée vendéen vénerie
écossais élan épagneul œillé
"""
_SPELT = {fold(word): word for word in _SPELT_WORDS.split()}
_LETTERS = re.compile(r"[^\W\d_]+")
#: French "à poil", "à face", "à crête": a list in capitals writes A.
_WITH = re.compile(r"\bA (?=(?:POIL|FACE|CR[EÊ]TE|LOUTRE)\b)")


def spelt(capitals: str) -> str:
    """`GRAND GRIFFON VENDEEN` as people write it: `Grand griffon vendéen`."""
    line = " ".join(_WITH.sub("À ", capitals).split())
    words = _LETTERS.sub(_in_small, line)
    return words[:1].upper() + words[1:]


def _in_small(found: re.Match[str]) -> str:
    word = found.group()
    return _SPELT.get(fold(word), word.lower())
