from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core.files.storage import storages
from django.core.signing import Signer

from kernel.refusals import ErrorCode
from kernel.uploads import (
    LIMITS,
    VALID_FOR,
    Ticket,
    UploadPurpose,
    UploadReason,
    UploadRefused,
    forget_stale,
    issue,
    receive,
    take,
)

NOW = datetime(2026, 3, 2, 10, 0, 0, 250_000, tzinfo=UTC)
OVER = datetime(2026, 3, 2, 11, 0, 0, tzinfo=UTC)
LATER = NOW + timedelta(minutes=1)
OWNER = "person:12"
PICTURE = UploadPurpose.PRODUCT_PICTURE


@pytest.fixture
def root(settings, tmp_path) -> Path:
    """The folder of private storage, one a test."""
    backend = "django.core.files.storage.FileSystemStorage"
    private = {"BACKEND": backend, "OPTIONS": {"location": tmp_path, "base_url": None}}
    settings.STORAGES = {**settings.STORAGES, "private": private}
    return tmp_path


def ticket(size_bytes: int = 5, *, at: datetime = NOW) -> Ticket:
    return issue(
        purpose=PICTURE, content_type="image/png", size_bytes=size_bytes, owner=OWNER, at=at
    )


def sent(content: bytes = b"hello") -> str:
    token = ticket(len(content)).token
    receive(token, [content], at=LATER)
    return token


def kept(root: Path) -> list[bytes]:
    """What storage holds, but for the marks of what was taken."""
    return [path.read_bytes() for path in root.glob("uploads/*") if path.suffix != ".taken"]


def refusal(call) -> UploadReason:
    with pytest.raises(UploadRefused) as raised:
        call()
    assert raised.value.code is ErrorCode.UPLOAD_REFUSED
    return raised.value.reason


def test_a_file_sent_with_its_ticket_is_taken_by_its_owner(root):
    token = ticket(11).token
    receive(token, iter([b"hello ", b"", b"world"]), at=LATER)
    assert kept(root) == [b"hello world"]
    assert take(token, purpose=PICTURE, owner=OWNER, at=LATER) == b"hello world"
    assert kept(root) == []


def test_a_ticket_says_where_and_until_when():
    given = ticket()
    assert given.path == f"/uploads/{given.token}"
    assert given.expires_at == OVER


def test_two_tickets_never_share_a_place(root):
    first, second = sent(b"first"), sent(b"second")
    assert take(second, purpose=PICTURE, owner=OWNER, at=LATER) == b"second"
    assert take(first, purpose=PICTURE, owner=OWNER, at=LATER) == b"first"


@pytest.mark.parametrize(
    "content_type", ["image/svg+xml", "image/gif", "text/html", "", "IMAGE/PNG"]
)
def test_a_type_that_the_purpose_does_not_take_gets_no_ticket(content_type):
    with pytest.raises(UploadRefused) as raised:
        issue(purpose=PICTURE, content_type=content_type, size_bytes=5, owner=OWNER, at=NOW)
    assert raised.value.reason is UploadReason.CONTENT_TYPE
    assert raised.value.facts["accepted"] == "image/jpeg, image/png, image/webp"


@pytest.mark.parametrize("size_bytes", [0, -1])
def test_an_empty_file_gets_no_ticket(size_bytes):
    assert refusal(lambda: ticket(size_bytes)) is UploadReason.EMPTY


def test_a_file_of_just_the_limit_gets_a_ticket_and_one_byte_more_does_not():
    most = LIMITS[PICTURE].max_bytes
    assert ticket(most).expires_at == OVER
    with pytest.raises(UploadRefused) as raised:
        ticket(most + 1)
    assert (raised.value.reason, raised.value.facts["limit"]) == (UploadReason.TOO_HEAVY, most)


@pytest.mark.parametrize("purpose", list(UploadPurpose))
def test_every_purpose_has_its_limit(purpose):
    assert LIMITS[purpose].max_bytes > 0


def test_a_ticket_is_sent_once(root):
    token = sent(b"hello")
    assert refusal(lambda: receive(token, [b"other"], at=LATER)) is UploadReason.ALREADY_USED
    assert kept(root) == [b"hello"]


def test_a_file_already_sent_is_refused_before_a_byte_is_read(root):
    token = sent(b"hello")
    chunks = iter([b"other"])
    assert refusal(lambda: receive(token, chunks, at=LATER)) is UploadReason.ALREADY_USED
    assert list(chunks) == [b"other"]


def test_of_two_sendings_at_once_the_first_to_be_whole_is_kept(root):
    token = ticket(5).token

    def overtaken() -> Iterator[bytes]:
        receive(token, [b"first"], at=LATER)
        yield b"later"

    assert refusal(lambda: receive(token, overtaken(), at=LATER)) is UploadReason.ALREADY_USED
    assert kept(root) == [b"first"]


def test_a_file_is_taken_once(root):
    token = sent()
    take(token, purpose=PICTURE, owner=OWNER, at=LATER)
    again = refusal(lambda: take(token, purpose=PICTURE, owner=OWNER, at=LATER))
    assert again is UploadReason.ALREADY_USED


def test_a_ticket_whose_file_was_taken_is_not_sent_again(root):
    token = sent()
    take(token, purpose=PICTURE, owner=OWNER, at=LATER)
    assert refusal(lambda: receive(token, [b"hello"], at=LATER)) is UploadReason.ALREADY_USED
    assert kept(root) == []


def test_a_file_taken_while_it_was_sent_again_is_not_taken_twice(root):
    token = ticket(5).token

    def taken_meanwhile() -> Iterator[bytes]:
        receive(token, [b"hello"], at=LATER)
        assert take(token, purpose=PICTURE, owner=OWNER, at=LATER) == b"hello"
        yield b"again"

    receive(token, taken_meanwhile(), at=LATER)
    again = refusal(lambda: take(token, purpose=PICTURE, owner=OWNER, at=LATER))
    assert again is UploadReason.ALREADY_USED


def test_of_two_who_take_at_once_one_gets_the_file(root, monkeypatch):
    token = sent()
    storage = storages["private"]
    size, first = storage.size, []

    def overtaken(name: str) -> int:
        monkeypatch.setattr(storage, "size", size)
        first.append(take(token, purpose=PICTURE, owner=OWNER, at=LATER))
        return 5

    monkeypatch.setattr(storage, "size", overtaken)
    second = refusal(lambda: take(token, purpose=PICTURE, owner=OWNER, at=LATER))
    assert (first, second) == ([b"hello"], UploadReason.ALREADY_USED)
    assert len(list(root.glob("uploads/*"))) == 1


def test_reading_stops_at_the_first_byte_too_many(root):
    token = ticket(5).token
    chunks = iter([b"hell", b"o!", b"never read"])
    with pytest.raises(UploadRefused) as raised:
        receive(token, chunks, at=LATER)
    assert (raised.value.reason, raised.value.facts["limit"]) == (UploadReason.MORE_THAN_STATED, 5)
    assert list(chunks) == [b"never read"]
    assert kept(root) == []


def test_a_file_cut_short_is_not_kept_and_may_be_sent_again(root):
    token = ticket(5).token
    assert refusal(lambda: receive(token, [b"hell"], at=LATER)) is UploadReason.LESS_THAN_STATED
    assert kept(root) == []
    receive(token, [b"hello"], at=LATER)
    assert kept(root) == [b"hello"]


def test_a_file_still_being_written_is_not_taken(root):
    token = sent()
    [path] = root.glob("uploads/*")
    path.write_bytes(b"hel")
    early = refusal(lambda: take(token, purpose=PICTURE, owner=OWNER, at=LATER))
    assert early is UploadReason.NOT_SENT
    assert kept(root) == [b"hel"]


def test_a_file_never_sent_is_not_taken(root):
    token = ticket().token
    missing = refusal(lambda: take(token, purpose=PICTURE, owner=OWNER, at=LATER))
    assert missing is UploadReason.NOT_SENT
    assert list(root.iterdir()) == []


@pytest.mark.parametrize("token", ["", ":", "../../etc/passwd", "été", ".eJw:x"])
def test_a_token_that_nobody_signed_is_unknown(root, token):
    assert refusal(lambda: receive(token, [b"hello"], at=LATER)) is UploadReason.UNKNOWN
    unknown = refusal(lambda: take(token, purpose=PICTURE, owner=OWNER, at=LATER))
    assert unknown is UploadReason.UNKNOWN
    assert list(root.iterdir()) == []


def test_a_token_signed_for_something_else_is_unknown(root):
    said = [PICTURE, "image/png", 5, OWNER, "4102444800-" + "0" * 32]
    token = Signer(salt="another").sign_object(said)
    assert refusal(lambda: receive(token, [b"hello"], at=LATER)) is UploadReason.UNKNOWN


def test_a_changed_token_is_unknown(root):
    token = ticket().token
    forged = ("X" if token[0] != "X" else "Y") + token[1:]
    assert refusal(lambda: receive(forged, [b"hello"], at=LATER)) is UploadReason.UNKNOWN
    assert list(root.iterdir()) == []


def test_an_expired_ticket_neither_sends_nor_takes(root):
    token = sent()
    before = OVER - timedelta(microseconds=1)
    assert refusal(lambda: receive(ticket().token, [b"hello"], at=OVER)) is UploadReason.EXPIRED
    expired = refusal(lambda: take(token, purpose=PICTURE, owner=OWNER, at=OVER))
    assert expired is UploadReason.EXPIRED
    assert take(token, purpose=PICTURE, owner=OWNER, at=before) == b"hello"


def test_the_ticket_of_someone_else_is_unknown(root):
    token = sent()
    other = refusal(lambda: take(token, purpose=PICTURE, owner="person:1", at=LATER))
    assert other is UploadReason.UNKNOWN
    assert kept(root) == [b"hello"]


def test_what_was_never_taken_is_forgotten_once_it_expired(root):
    sent(b"early")
    late = ticket(4, at=NOW + timedelta(minutes=30))
    receive(late.token, [b"late"], at=late.expires_at - timedelta(minutes=1))
    assert forget_stale(at=OVER - timedelta(seconds=1)) == 0
    assert forget_stale(at=OVER) == 1
    assert kept(root) == [b"late"]
    assert take(late.token, purpose=PICTURE, owner=OWNER, at=OVER) == b"late"


def test_the_mark_of_a_taken_file_is_forgotten_too(root):
    take(sent(), purpose=PICTURE, owner=OWNER, at=LATER)
    assert forget_stale(at=NOW + VALID_FOR) == 1
    assert list(root.glob("uploads/*")) == []


def test_nothing_to_forget_is_no_failure(root):
    assert forget_stale(at=OVER) == 0


def test_a_file_that_is_no_upload_is_left_alone(root):
    (root / "uploads").mkdir()
    (root / "uploads" / "readme").write_bytes(b"kept")
    (root / "uploads" / "x-1").write_bytes(b"kept")
    assert forget_stale(at=OVER) == 0
    assert kept(root) == [b"kept", b"kept"]
