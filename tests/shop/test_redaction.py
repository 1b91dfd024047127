"""What looks like a secret or like a person is taken out; what tells of a bug stays."""

import pytest

from shop.redaction import Redaction

UUID = "0b6a3c1e-5c0e-4d0c-9b7e-0f6a1f2d3c4b"


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("key sk_test_51Habc and rk_live_9x", "key [secret] and [secret]"),
        ("signed with whsec_AbC123", "signed with [secret]"),
        ("pi_3Nx_secret_Zq1 was confirmed", "[secret] was confirmed"),
        ("vs_Ab-cd_efghijklmnopqrstu", "[secret]"),
        ("postgres://shop:p%40ss,w:rd@db:5432/shop", "postgres://shop:[secret]@db:5432/shop"),
        ("redis://:hunter22@cache", "redis://:[secret]@cache"),
        ("Authorization: Bearer abc.def", "Authorization: [secret]"),
        ("{'Cookie': 'sessionid=abc; csrftoken=def'}", "{'Cookie': [secret]"),
        ("sent Bearer abcdefgh to it", "sent Bearer [secret] to it"),
        ('{"password": "correct horse"}', '{"password": "[secret] horse"}'),
        ("X-Session-Token=k3jq88zz&x=1", "X-Session-Token=[secret]&x=1"),
        ("session 1l0ar2xk5ap6gzqkoetv43jh4f4g2vp9 ended", "session [secret] ended"),
        ("link Jb9-xQ2_aaLw8RkT0mNvZyPq4sDfGhJk1lXcVbNm5_E", "link [secret]"),
        (
            "eyJhIjoxfQ:1vKabc:2Qx9wYb7mZJrVt4nLk8sDf6hGj3pQw1eRtYuIoPaSdF",
            "[secret]",
        ),
        ("no mail to Ada.Lovelace+shop@clients.example.", "no mail to [e-mail]."),
        ("/confirm/ada%40clients.example/", "/confirm/[e-mail]/"),
        ("called 06 12 34 56 78, +33612345678", "called [phone], [phone]"),
        ("+33 (0)6 12 34 56 78", "[phone]"),
        (
            'null value in "x"\nDETAIL:  Failing row contains (7, Ada,\nLovelace).\n',
            'null value in "x"\nDETAIL: [not told]',
        ),
        (
            "DETAIL:  Key (email)=(x) already exists.\n\nThe above exception was",
            "DETAIL: [not told]\n\nThe above exception was",
        ),
        ("opened by a-literal-secret here", "opened by [secret] here"),
    ],
)
def test_it_is_taken_out(text, left):
    assert Redaction(["a-literal-secret", "", "short"])(text) == left


@pytest.mark.parametrize(
    "text",
    [
        f"order 2026-00012 of cart {UUID}",
        'violates "accounts_person_login_id_5f3a9c1b_fk_accounts_login_id"',
        'File "/srv/shop/orders/checkout.py", line 212, in place_order_of_a_cart_that_was_frozen',
        "2026-11-22T16:04:03.970+00:00 took 1234567890 ns",
        "GTIN 3182550702201 in lot 20261122-7 at 127.0.0.1:5432",
        "request 18b85d88514e495b",
        "short",
    ],
)
def test_what_tells_of_a_bug_stays(text):
    assert Redaction(["short"])(text) == text
