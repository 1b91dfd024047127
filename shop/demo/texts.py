"""The words of the demonstration clinic."""

from typing import Final

CATEGORY_NAMES: Final = {
    "chien": ("Chien", "Dogs"),
    "chat": ("Chat", "Cats"),
    "chien-chat": ("Chien et chat", "Dogs and cats"),
    "nac": ("Petits animaux", "Small animals"),
    "alimentation": ("Alimentation", "Food"),
    "croquettes": ("Croquettes", "Dry food"),
    "patee": ("Pâtée", "Wet food"),
    "dietetique": ("Aliments diététiques", "Dietetic food"),
    "lait": ("Lait maternisé", "Milk replacer"),
    "friandises": ("Friandises", "Treats"),
    "complements": ("Compléments", "Supplements"),
    "antiparasitaires": ("Antiparasitaires", "Parasite control"),
    "ordonnance": ("Sur ordonnance", "On prescription"),
    "hygiene": ("Hygiène et soins", "Hygiene and care"),
    "litiere": ("Litière", "Litter"),
    "accessoires": ("Accessoires", "Accessories"),
    "soins": ("Soins", "Care"),
    "transport": ("Transport", "Carriers"),
    "promenade": ("Promenade", "Walking"),
    "repas": ("Repas", "Feeding"),
    "jeux": ("Jeux", "Toys"),
    "couchage": ("Couchage", "Beds"),
}

LEGAL_TEXTS: Final = (
    (
        "TERMS_OF_SALE",
        "fr",
        "Conditions générales de vente",
        "Démonstration : texte à remplacer par celui de la clinique avant toute vente. "
        "Les prix sont TTC. La commande vaut obligation de paiement.",
    ),
    (
        "TERMS_OF_SALE",
        "en",
        "Terms of sale",
        "Demonstration: to be replaced by the clinic's own text before any sale. Prices include "
        "VAT. Placing an order obliges to pay.",
    ),
    (
        "PRIVACY",
        "fr",
        "Vie privée",
        "Démonstration : les données servent aux commandes et, avec votre accord, aux rappels.",
    ),
    (
        "PRIVACY",
        "en",
        "Privacy",
        "Demonstration: data serve your orders and, if you agree, reminders.",
    ),
    (
        "WITHDRAWAL",
        "fr",
        "Droit de rétractation",
        "Quatorze jours à compter de la réception, par la fonction « renoncer au contrat ici ».",
    ),
    (
        "WITHDRAWAL",
        "en",
        "Right of withdrawal",
        "Fourteen days from receipt, through the function “withdraw from the contract here”.",
    ),
    (
        "RANKING",
        "fr",
        "Classement des produits",
        "Une recherche range d'abord les produits dont le nom contient vos mots, puis la marque, "
        "le rayon et le besoin. Sans recherche, les plus récents viennent d'abord. Aucun "
        "classement n'est payé, aucun prix n'est personnalisé.",
    ),
    (
        "RANKING",
        "en",
        "How products are ranked",
        "A search puts first the products whose name has your words, then brand, category and "
        "need. Without a search, the newest come first. No rank is paid for, no price is "
        "personal.",
    ),
)

TYPO_QUERY: Final = (
    '{ products(search: "crocquettes chiot", first: 3) '
    "{ corrected nodes { name variants { pack price { amount } } } } }"
)

PETS_QUERY: Final = (
    "{ pets { name species conditions weightG history(first: 3) { nodes { title happenedOn } } } }"
)

THINGS_TO_TRY: Final = """
Four things to try:
  1. A search with a typo     {url}/graphql/
     {query}
  2. The back office          {url}/admin/    {manager} / {password}
  3. An owner of two animals  {owner} / {password}
     {pets}
  4. Is everything well?      {url}/readyz
"""
