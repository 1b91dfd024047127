"""What people write: urgent or not, and as plain text whatever they paste."""

import pytest

from conversations.plain_text import plain_text_of
from conversations.urgency import ENGLISH, FRENCH, is_urgent


@pytest.mark.parametrize(
    "text",
    [
        "Mon chien fait des CONVULSIONS",
        "Il ne mange plus depuis trois jours",
        "Elle n’arrive plus à respirer !",
        "Il a avalé un os",
        "Mon chat a mangé du chocolat",
        "My dog had a seizure",
        "She hasn't eaten for two days",
        "He was hit by a car",
    ],
)
def test_what_cannot_wait_is_heard(text):
    assert is_urgent(text)


@pytest.mark.parametrize(
    "text",
    ["Quelle ration pour un chiot ?", "Il mange bien", "Which food for a kitten?", "", "🐶"],
)
def test_what_can_wait_is_not(text):
    assert not is_urgent(text)


def test_the_phrases_are_written_as_texts_are_folded():
    assert [each for each in (*FRENCH, *ENGLISH) if not is_urgent(each)] == []


@pytest.mark.parametrize(
    ("pasted", "plain"),
    [
        ("Bonjour,\nil pèse < 5 kg et > 4 kg.", "Bonjour,\nil pèse < 5 kg et > 4 kg."),
        ("Je l'aime <3 \n\n\n\nAda", "Je l'aime <3\n\nAda"),
        ("<p>Bonjour&nbsp;&amp; merci</p><p>Ada</p>", "Bonjour & merci\n\n Ada"),
        ("<div>Un<br>deux<br/>trois</div>", "Un\ndeux\ntrois"),
        ("<p>Oui</p><script>alert(1)</script><style>p{}</style>", "Oui"),
        ('<p onclick="x()">Oui <img src=x onerror=alert(1)></p>', "Oui"),
        (
            '<p><a href="https://a.example/x">ici</a> <a href="javascript:alert(1)">là</a></p>',
            "ici (https://a.example/x) là",
        ),
        ("<p>Oui</p><blockquote><p>Ancien</p></blockquote>", "Oui"),
        (
            "<p>Oui</p><div>Le lun. 16 nov. 2026 à 10:00, Clinique a écrit :</div><p>Ancien</p>",
            "Oui",
        ),
        ("Oui.\n\nOn Mon, Nov 16, 2026 at 10:00 AM Clinic wrote:\n> Old", "Oui."),
        ("<html><head><title>x</title></head><body>Oui</body></html>", "Oui"),
        ("<svg><script>1</script></svg><p>Oui</p>", "Oui"),
        ("<p>&lt;script&gt;</p>", "<script>"),
    ],
)
def test_a_pasted_mail_becomes_its_words(pasted, plain):
    squeezed = "\n".join(" ".join(line.split()) for line in plain_text_of(pasted).split("\n"))
    wanted = "\n".join(" ".join(line.split()) for line in plain.split("\n"))
    assert squeezed == wanted


def test_a_mail_of_ten_thousand_nested_quotes_is_read():
    assert plain_text_of("<p>Oui</p>" + "<blockquote>" * 10_000 + "x") == "Oui"
