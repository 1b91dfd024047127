"""Markdown becomes HTML that nobody can hurt a reader with."""

import re

import pytest

from advice import markdown
from advice.markdown import Block, Heading, Target


def html(body, **targets):
    return markdown.render(body, {k.replace("_", ":", 1): v for k, v in targets.items()}).html


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>\n"),
        ('a <b onclick="x()">c</b>', '<p>a &lt;b onclick="x()"&gt;c&lt;/b&gt;</p>\n'),
        ("[a](javascript:alert(1))", "<p>[a](javascript:alert(1))</p>\n"),
        ("[a](JaVaScRiPt&#58;alert(1))", "<p>[a](JaVaScRiPt:alert(1))</p>\n"),
        ("[a](data:text/html;base64,PHM+)", "<p>[a](data:text/html;base64,PHM+)</p>\n"),
        ("![a](data:image/png;base64,AAAA)", "<p>a</p>\n"),
        ("[a](vbscript:x)", "<p>[a](vbscript:x)</p>\n"),
        ("[a](file:///etc/passwd)", "<p>[a](file:///etc/passwd)</p>\n"),
        ("[a](ftp://host/x)", '<p><a rel="noopener">a</a></p>\n'),
        ("![a](https://elsewhere.example/x.png)", "<p>a</p>\n"),
        ("<javascript:alert(1)>", "<p>&lt;javascript:alert(1)&gt;</p>\n"),
        ("a&#0;b", "<p>a\ufffdb</p>\n"),
        (
            '[a](https://b.example "x\\" onmouseover=\\"y")',
            '<p><a href="https://b.example" title="x&quot; onmouseover=&quot;y" '
            'rel="noopener">a</a></p>\n',
        ),
    ],
)
def test_what_could_run_or_call_home_is_made_safe(body, shown):
    assert html(body) == shown


HOSTILE = (
    "<img src=x onerror=alert(1)>\n\n<svg/onload=alert(1)>\n\n[x]: javascript:alert(1)\n\n[x]\n\n"
    "<a href='java\nscript:alert(1)'>\n\n`<script>`\n\n# <script>\n\n[^1]\n\n[^1]: <iframe src=//x>"
)


def test_no_tag_nor_attribute_of_a_writer_reaches_the_reader():
    shown = html(HOSTILE)
    tags = set(re.findall(r"<(\w+)", shown))
    attributes = set(re.findall(r"<[^>]*?\s([\w-]+)=", shown))
    assert tags == {"p", "code", "h2", "sup", "a", "hr", "section", "ol", "li"}
    assert attributes <= {"class", "id", "href", "rel"}


def test_headings_have_anchors_of_their_own_and_begin_below_the_title():
    found = markdown.render("# Été à l'ombre\n\n## Été à l’ombre\n\n### 1\n\n##### 5", {})
    assert found.headings == (
        Heading(2, "Été à l'ombre", "ete-a-l-ombre"),
        Heading(2, "Été à l’ombre", "ete-a-l-ombre-1"),
        Heading(3, "1", "1"),
    )
    assert found.html.startswith('<h2 id="ete-a-l-ombre">Été à l\'ombre</h2>\n')


def test_tables_keep_their_columns_and_footnotes_their_way_back():
    table = html("| a | b |\n| :-- | --: |\n| 1 | 2 |")
    assert '<td class="align-left">1</td>\n<td class="align-right">2</td>' in table
    note = html("Mot[^n].\n\n[^n]: La source.")
    assert (
        '<sup class="footnote-ref"><a href="#fn1" id="fnref1" rel="noopener">[1]</a></sup>' in note
    )
    assert '<li id="fn1" class="footnote-item"><p>La source. <a href="#fnref1"' in note


def test_a_picture_by_reference_is_shown_in_its_widths():
    target = Target("/m/2.webp", "Chat", "/m/1.webp 320w, /m/2.webp 640w", 640, 480, "Léa <3")
    assert html("![](picture:ab12)", picture_ab12=target) == (
        '<figure class="picture"><img src="/m/2.webp" '
        'srcset="/m/1.webp 320w, /m/2.webp 640w" sizes="100vw" width="640" height="480" '
        'alt="Chat" loading="lazy"><figcaption>Léa &lt;3</figcaption></figure>\n'
    )
    assert html("a ![b](picture:ab12)", picture_ab12=Target("/m/2.webp", "Chat")) == (
        '<p>a <img src="/m/2.webp" alt="b" loading="lazy"></p>\n'
    )


def test_a_product_by_reference_is_a_card_that_works_without_scripts():
    target = Target("https://shop.example/produits/x", "Croquettes <Chat>")
    assert html("![](product:x)", product_x=target) == (
        '<figure class="product" data-product="x"><a href="https://shop.example/produits/x" '
        'rel="noopener">Croquettes &lt;Chat&gt;</a></figure>\n'
    )


def test_a_reference_to_nothing_leaves_its_words():
    assert html("[voir](article:perdu) ![](product:x)") == '<p><a rel="noopener">voir</a> </p>\n'


def test_references_are_told_once_each_and_those_out_of_place_are_not():
    body = "![](product:a) ![](product:a) [b](article:b) ![](article:c) [d](video:d) ![](picture:e)"
    assert markdown.references(body) == ("product:a", "article:b", "picture:e")
    assert markdown.foreign_pictures(body + " ![](http://x.example/y)") == (
        "article:c",
        "http://x.example/y",
    )


def test_the_text_is_known_block_by_block():
    body = "# T\n\nUn *mot*\nsur deux\n\n- ![](product:a)\n\n| c |\n|---|\n| d |"
    assert markdown.blocks(body) == [
        Block("T", heading_level=2),
        Block("Un mot sur deux"),
        Block("", shows=("product:a",)),
        Block("c"),
        Block("d"),
    ]


def test_questions_are_headings_with_what_answers_them():
    body = "Avant.\n\n## Quand ?\n\nTôt.\n\n- Le matin.\n\n### Ou\n\nTard.\n\n## Vide ?"
    assert markdown.questions(body) == [("Quand ?", "Tôt.\nLe matin.\nOu\nTard.")]


@pytest.mark.parametrize(("words", "minutes"), [(0, 1), (200, 1), (299, 1), (301, 2), (1000, 5)])
def test_reading_takes_a_minute_for_two_hundred_words(words, minutes):
    assert markdown.minutes_to_read("mot " * words) == minutes


@pytest.mark.parametrize("piece", ["[](", "*a_ ", ">", "![", "`", "<", "|-", "[^1]", "- ", "\\"])
@pytest.mark.timeout(20)
def test_a_long_text_of_nothing_but_marks_does_not_hold_the_shop_up(piece):
    body = (piece * 60_000)[:60_000]
    assert isinstance(html(body), str)
