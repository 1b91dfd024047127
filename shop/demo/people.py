"""Names, streets and words of the demonstration's clients: all invented."""

from typing import Final

_FIRST_NAMES = """
Adèle Agathe Alain Alice Aline Amélie Anaïs André Anne Antoine Armelle Arthur Aurélie Axel
Baptiste Bastien Béatrice Benoît Bérénice Brigitte Camille Capucine Caroline Cécile Céline Charles
Chloé Christine Claire Clément Coralie Damien Daniel Delphine Denis Diane Édouard Élise Élodie
Émile Emma Éric Estelle Étienne Eva Fabien Fanny Flavie Florence Francis Gabriel Gaëlle Georges
Gilles Guillaume Hélène Henri Hugo Inès Irène Isabelle Jacques Jeanne Jérôme Jules Julie Karine
Laure Léa Léo Lina Louis Louise Lucas Lucie Manon Marc Margaux Marie Marius Mathilde Maxime
Mélanie Nadia Nathan Nicolas Noémie Odile Olivier Pauline Philippe Quentin Raphaël Rémi Romane
Sabine Salomé Samir Sandrine Simon Solène Sophie Sylvain Théo Thomas Valérie Victor Violette Yann
Yasmine Yves Zoé
"""
FIRST_NAMES: Final = tuple(_FIRST_NAMES.split())
#: Family names are a beginning and an ending, so that they are nobody's.
_NAME_BEGINNINGS = """
Balm Brév Carv Corm Dalv Drom Estr Fauv Garm Grév Jalv Kerm Lanv Lorm Maltr Marv Nolv Orv Palm
Pordr Quév Ralv Sarm Selv Tarm Trév Valm Vorm
"""
NAME_BEGINNINGS: Final = tuple(_NAME_BEGINNINGS.split())
_NAME_ENDINGS = """
adieu agnot ambière andeau aquin ardière assot auvin égan elbois elou endrec énault ériau estel
iandre ibert iquet oisnel olaye ontier orvais oudec ouvière uchon urmand
"""
NAME_ENDINGS: Final = tuple(_NAME_ENDINGS.split())
STREETS: Final = tuple(
    f"{way} {name}"
    for way in ("rue", "allée", "impasse", "chemin", "place", "square")
    for name in (
        "du Lavoir Bleu",
        "des Trois Chaudrons",
        "du Moulin Perdu",
        "de la Fontaine aux Grives",
        "des Quatre Rouets",
        "du Puits Moussu",
        "des Ajoncs Dorés",
        "de la Haie Longue",
        "du Four à Cidre",
        "des Belles Écuelles",
        "de la Ruche Vide",
        "du Vieux Pressoir Rond",
    )
)
MAIL_HOSTS: Final = ("courrier.example", "boite.example", "facteur.example", "enveloppe.example")
#: Ranges that Arcep keeps for works of fiction; four digits follow.
PHONE_RANGES: Final = (
    *("+33639981", "+33639982", "+33639983", "+33639984", "+33639985", "+33639986"),
    *("+33261911", "+33261912", "+33261913", "+33199001"),
)
_PET_NAMES = """
Alto Arlo Atlas Bagheera Balou Biscotte Bulle Cachou Caramel Chaussette Chipie Choupette Cookie
Cosmo Crevette Daïka Dobby Duchesse Éclair Elfe Fanfan Félix Filou Flocon Fripouille Gaïa Galopin
Gribouille Griotte Guizmo Happy Hermès Iris Isis Jazz Joy Jumbo Kali Kiwi Lasco Lola Luna Lupin
Mambo Mimosa Minette Mirza Mistral Moka Muesli Nala Neige Nino Noisette Nuage Oslo Ouzo Pacha
Pacôme Pépite Plume Pollux Praline Puce Pixel Quenotte Réglisse Rocky Rouky Salsa Samba Sherlock
Simba Socrate Sushi Tango Tigrou Titus Tokyo Truffe Ulysse Vanille Virgule Voyou Wasabi Xéna Yuki
Zadig Zeste Zorro
"""
PET_NAMES: Final = tuple(_PET_NAMES.split())
#: By species: the breeds that are drawn, with how often; dogs by size.
BREEDS: Final = {
    "cat": (
        *("europeen:60", "chat-croise:14", "maine-coon:6", "chartreux:3", "sacre-de-birmanie:4"),
        *("persan:2", "british-shorthair:3", "siamois:2", "bengal:2", "ragdoll:2", "norvegien:2"),
    ),
    "rabbit": ("lapin-croise:4", "belier-nain:4", "lapin-nain-de-couleur:3", "tete-de-lion:2"),
    "dog mini": (
        *("croise-de-petite-taille:28", "yorkshire-terrier:12", "chihuahua:12", "shih-tzu:9"),
        *("jack-russell-terrier:9", "bichon-maltais:6", "cavalier-king-charles:6", "teckel:6"),
        *("spitz-nain:4", "coton-de-tulear:3", "carlin:3", "westie:2"),
    ),
    "dog medium": (
        *("croise-de-taille-moyenne:30", "bouledogue-francais:12", "border-collie:12"),
        *("berger-australien:12", "cocker-anglais:9", "epagneul-breton:8", "beagle:8"),
        *("caniche-moyen:4", "whippet:3", "shiba-inu:2"),
    ),
    "dog maxi": (
        *("croise-de-grande-taille:24", "labrador-retriever:18", "golden-retriever:14"),
        *(
            "berger-allemand:12",
            "berger-belge-malinois:9",
            "beauceron:7",
            "boxer:6",
            "setter-anglais:5",
        ),
        *("rottweiler:3", "dalmatien:2"),
    ),
    "dog giant": ("dogue-allemand:4", "leonberg:3", "terre-neuve:3", "saint-bernard:2"),
}
VACCINES: Final = {
    "dog": "Rappel : maladie de Carré, hépatite, parvovirose, leptospirose",
    "cat": "Rappel : typhus, coryza, leucose",
    "rabbit": "Rappel : myxomatose, maladie hémorragique virale",
}
VISITS: Final = (
    "Consultation annuelle",
    "Détartrage",
    "Contrôle du poids",
    "Boiterie passagère",
    "Otite externe",
    "Troubles digestifs passagers",
    "Bilan sanguin",
    "Coupe des griffes",
)
HOME_FOODS: Final = ("Croquettes de supermarché", "Ration ménagère", "Foin et légumes frais")
