"""Captions: WebVTT that players show, and the text that the search reads."""

import pytest

from advice.captions import UnsoundCaptions, transcript_of

SOUND = """\ufeffWEBVTT - Peser un chat

NOTE pour nous

STYLE
::cue { color: red }

1
00:00.000 --> 00:02.500 align:start
<v Anne>Bonjour</v>
à tous.

01:00:00.000 --> 01:00:03.000
<b>Pesez</b> &amp; notez.
"""


def test_the_transcript_is_what_is_said():
    assert transcript_of(SOUND) == "Bonjour à tous.\nPesez & notez."
    assert transcript_of(SOUND.replace("\n", "\r\n")) == transcript_of(SOUND)


@pytest.mark.parametrize(
    ("vtt", "block"),
    [
        ("", "1"),
        ("WEBVTTX\n\n00:00.000 --> 00:01.000\na", "1"),
        ("1\n00:00:00,000 --> 00:00:01,000\nSubRip", "1"),
        ("WEBVTT", "1"),
        ("WEBVTT\n\nNOTE rien", "2"),
        ("WEBVTT\n\n00:00.000 --> 00:01.000\n", "2"),
        ("WEBVTT\n\n00:02.000 --> 00:01.000\na", "2"),
        ("WEBVTT\n\n00:00.000 --> 00:01.000\na\n\n00:61.000 --> 00:62.000\nb", "3"),
        ("WEBVTT\n\nnom\nsans temps", "2"),
        ("WEBVTT\n\n00:00.000 --> 00:01.000\n" + "a" * 200_000, "1"),
    ],
)
def test_captions_that_no_player_shows_are_refused_with_their_block(vtt, block):
    with pytest.raises(UnsoundCaptions, match=f"^{block}$"):
        transcript_of(vtt)
