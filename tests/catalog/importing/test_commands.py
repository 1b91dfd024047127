import pytest
from django.core.management import CommandError, call_command

from tests.catalog.importing.builders import folder, holdings, shop_of, supplier_file
from tests.catalog.importing.test_medicines import SOUND, listing

pytestmark = pytest.mark.usefixtures("clinic")


def say(capsys, *args):
    call_command("import_catalogue", *map(str, args))
    return capsys.readouterr().out.splitlines()


def test_the_second_run_says_that_nothing_changed(tmp_path, capsys):
    path = folder(tmp_path)
    assert say(capsys, path) == ["1 new, 0 changed, 0 withdrawn, 0 unchanged, 0 refused"]
    assert say(capsys, path) == [
        "0 new, 0 changed, 0 withdrawn, 1 unchanged, 0 refused",
        "Nothing changed.",
    ]


def test_a_dry_run_prints_the_difference_field_by_field(tmp_path, capsys):
    say(capsys, folder(tmp_path))
    path = folder(tmp_path, products=[{"name_fr": "Autres"}, {"product_id": "P2"}])
    with (path / "variants.csv").open("a") as file:
        file.write("V2,P2,S2,,3 kg,3000,g,1,29.99,20.0,3090,6,,\n")
    before = holdings()
    assert say(capsys, path, "--dry-run") == [
        "changed P1",
        "    name: 'Croquettes' -> 'Autres'",
        "new P2",
        "1 new, 1 changed, 0 withdrawn, 0 unchanged, 0 refused",
    ]
    assert holdings() == before


def test_a_dry_run_of_nothing_says_so(tmp_path, capsys):
    say(capsys, folder(tmp_path))
    assert say(capsys, tmp_path, "--dry-run")[-1] == "Nothing would change."


def test_a_long_difference_says_where_the_rest_is(tmp_path, capsys):
    said = say(capsys, folder(tmp_path, **shop_of(42)), "--dry-run")
    assert len(said) == 42
    assert said[40].startswith("and 2 more differences: see import ")


def test_a_refused_row_is_printed_with_its_place(tmp_path, capsys):
    said = say(capsys, folder(tmp_path, variants=[{}, {"variant_id": "V2", "price_ttc": "-1"}]))
    assert said == [
        "refused variants.csv:3 price_ttc: read '-1', expected a number of at least 0.01",
        "1 new, 0 changed, 0 withdrawn, 0 unchanged, 1 refused",
    ]


def test_strict_refuses_all_and_fails(tmp_path, capsys):
    path = folder(tmp_path, variants=[{}, {"variant_id": "V2", "price_ttc": "-1"}])
    before = holdings()
    with pytest.raises(CommandError) as raised:
        say(capsys, path, "--strict")
    assert str(raised.value) == "1 rows refused, nothing imported"
    assert holdings() == before


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("f.csv", "", "f.csv:1: read '', expected a file that is not empty"),
        ("f.xlsx", "sku;name", "f.xlsx:1: read '', expected an XLSX workbook"),
    ],
)
def test_a_file_that_cannot_be_read_fails_in_words(tmp_path, capsys, name, content, said):
    path = supplier_file(tmp_path / name, content)
    with pytest.raises(CommandError) as raised:
        say(capsys, path, "--supplier", "grossiste")
    assert str(raised.value) == said


def test_a_path_that_is_not_there_fails_in_words(tmp_path, capsys):
    for command in ("import_catalogue", "import_medicines"):
        with pytest.raises(CommandError) as raised:
            call_command(command, str(tmp_path / "no"))
        assert str(raised.value) == f"{tmp_path / 'no'} does not exist."


def test_medicines_are_counted(tmp_path, capsys):
    call_command("import_medicines", str(listing(tmp_path, SOUND)))
    assert capsys.readouterr().out == "1 packs known, 0 refused for a wrong check digit.\n"


def test_a_list_that_is_none_fails_in_words(tmp_path):
    path = supplier_file(tmp_path / "f.xml", "<x/>")
    with pytest.raises(CommandError) as raised:
        call_command("import_medicines", str(path))
    assert str(raised.value) == "f.xml:1: read 'no medicine', expected the ANMV list"
