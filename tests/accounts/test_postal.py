from pathlib import Path

import pytest
from django.core.management import call_command
from hypothesis import given
from hypothesis import strategies as st

from accounts import countries, mail_labels, postal
from accounts.addresses import AddressGiven
from accounts.countries import COUNTRIES
from accounts.postal import AddressWarning, Commune
from accounts.vocabulary import AddressDoubt

OFFICIAL = Path(__file__).parents[3] / "shared/data/open/postal/codes_postaux_fr.csv"
RENNES = Commune("35000", "Rennes", "RENNES")


def written_to(**fields):
    return AddressGiven(
        **{
            "recipient": "Ada Lovelace",
            "line1": "12 rue de Brest",
            "postal_code": "35000",
            "city": "Rennes",
            **fields,
        }
    )


def test_a_postal_code_tells_its_communes():
    assert postal.communes_of("35000") == (RENNES,)
    assert postal.communes_of("35400") == (Commune("35400", "Saint-Malo", "SAINT MALO"),)
    assert [each.name for each in postal.communes_of("20000")] == ["Ajaccio", "Lecci"]
    assert postal.communes_of("00000") == ()
    assert len(postal.communes_of("51300")) == 46


@pytest.mark.parametrize(
    ("code", "city"),
    [
        ("35000", "RENNES"),
        ("35000", "Rennes Cedex"),
        ("75011", "Paris"),
        ("75011", "Paris 11e"),
        ("75011", "PARIS 11EME ARRONDISSEMENT"),
        ("75001", "Paris 1er"),
        ("35510", "Cesson-Sévigné"),
        ("35510", "cesson sevigne"),
        ("35400", "St-Malo"),
        ("35400", "ST MALO"),
        ("13008", "Marseille"),
        ("13008", "Marseille 08"),
        ("69003", "Lyon 3"),
        ("97400", "Saint Denis"),
        ("97490", "Sainte Clotilde"),
        ("20000", "Ajaccio"),
        ("20167", "Mezzavia"),
        ("77000", "La Rochette"),
        ("13100", "Aix en Provence"),
        ("06230", "Villefranche s/ Mer"),
    ],
)
def test_a_commune_is_known_however_it_is_written(code, city):
    assert postal.check(code, city, "FR") == []


def test_a_commune_of_another_code_is_doubted_with_those_that_it_has():
    assert postal.check("35000", "Brest", "FR") == [
        AddressWarning(AddressDoubt.CITY_NOT_IN_POSTAL_CODE, "city", (RENNES,))
    ]


def test_a_cedex_code_is_doubted_with_the_codes_of_its_commune():
    (doubt,) = postal.check("35042", "RENNES CEDEX 7", "FR")
    assert (doubt.reason, doubt.field) == (AddressDoubt.UNKNOWN_POSTAL_CODE, "postalCode")
    assert [each.postal_code for each in doubt.suggestions] == ["35000", "35200", "35700"]


def test_other_countries_are_not_looked_up():
    assert postal.check("98000", "Monaco", "MC") == []
    assert postal.check("10115", "Berlin", "DE") == []


@pytest.mark.parametrize(
    ("code", "typed", "kept"),
    [
        ("35042", "RENNES CEDEX 7", "Rennes"),
        ("35000", "RENNES", "Rennes"),
        ("35400", "st malo", "Saint-Malo"),
        ("75008", "Paris CEDEX 08", "Paris"),
        ("20167", "Mezzavia", "Mezzavia"),
        ("35000", "Nowhere", "Nowhere"),
        ("35000", "Cedex", "Cedex"),
    ],
)
def test_a_commune_is_spelt_as_the_official_list_does(code, typed, kept):
    assert postal.spelled(code, typed, "FR") == kept


@pytest.mark.parametrize(
    ("country", "typed", "kept"),
    [
        ("FR", "35 000", "35000"),
        ("FR", "F-35000", "35000"),
        ("FR", "3500", None),
        ("FR", "2A004", None),
        ("NL", "1012ab", "1012 AB"),
        ("PT", "1100 148", "1100-148"),
        ("LU", "L-1009", "1009"),
        ("MC", "98000", "98000"),
        ("MC", "35000", None),
        ("IE", "d02af30", "D02 AF30"),
    ],
)
def test_a_postal_code_takes_the_form_of_its_country(country, typed, kept):
    assert countries.postal_code(typed, COUNTRIES[country]) == kept


@pytest.mark.parametrize("country", sorted(COUNTRIES))
def test_the_example_of_a_country_is_one_of_its_codes(country):
    example = COUNTRIES[country].example
    assert countries.postal_code(example, COUNTRIES[country]) == example


def test_the_union_and_monaco_are_served():
    assert len(COUNTRIES) == 28


def test_a_label_ends_with_the_commune_in_capitals():
    assert mail_labels.label_lines(
        written_to(company="Chez Ada", line2="Bât. B", city="Cesson-Sévigné", postal_code="35510")
    ) == ["Chez Ada", "Ada Lovelace", "Bât. B", "12 rue de Brest", "35510 CESSON SEVIGNE"]


def test_a_label_for_abroad_ends_with_the_country():
    lines = mail_labels.label_lines(written_to(postal_code="10115", city="Berlin", country="DE"))
    assert lines[-2:] == ["10115 BERLIN", "ALLEMAGNE"]


def test_a_long_street_takes_a_line_more_and_is_told():
    street = "1234 rue du Professeur Charles-Édouard de La Condamine prolongée"
    address = written_to(line1=street)
    assert mail_labels.label_lines(address) == [
        "Ada Lovelace",
        "1234 rue du Professeur Charles-Édouard",
        "de La Condamine prolongée",
        "35000 RENNES",
    ]
    assert mail_labels.warnings_of(address) == [AddressWarning(AddressDoubt.LINE_TOO_LONG, "line1")]


def test_every_commune_of_france_fits_on_its_line():
    long = [
        commune
        for code in postal._packed()
        for commune in postal.communes_of(code)
        if len(mail_labels.label_lines(written_to(postal_code=code, city=commune.name))[-1]) > 38
        or mail_labels.warnings_of(written_to(postal_code=code, city=commune.name))
    ]
    assert long == []


@given(
    st.builds(
        AddressGiven,
        recipient=st.text(min_size=1, max_size=120),
        company=st.text(max_size=120),
        line1=st.text(min_size=1, max_size=120),
        line2=st.text(max_size=120),
        postal_code=st.from_regex(r"[0-9]{5}", fullmatch=True),
        city=st.text(min_size=1, max_size=80),
        country=st.sampled_from(sorted(COUNTRIES)),
    )
)
def test_a_label_is_never_more_than_six_lines_of_thirty_eight(address):
    lines = mail_labels.label_lines(address)
    assert len(lines) <= 6
    assert max(map(len, lines)) <= 38


@given(st.text(max_size=80))
def test_any_text_is_compared_to_communes(city):
    assert postal.folded(postal.folded(city)) == postal.folded(city)
    assert {doubt.field for doubt in postal.check("35000", city, "FR")} <= {"city"}


def test_the_list_is_what_the_command_builds(tmp_path, monkeypatch):
    if not OFFICIAL.exists():
        pytest.skip("The official list is not here.")
    monkeypatch.setattr("accounts.management.commands.build_communes.LIST", tmp_path / "built.csv")
    call_command("build_communes", str(OFFICIAL), verbosity=0)
    assert (tmp_path / "built.csv").read_bytes() == postal.LIST.read_bytes()
