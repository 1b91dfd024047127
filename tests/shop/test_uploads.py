import pytest
from django.test import Client
from django.utils import timezone

from accounts.roles import Role
from kernel import uploads
from kernel.uploads import UploadPurpose
from tests.builders import answered, staff

pytestmark = pytest.mark.django_db
CREATE = """mutation { uploadCreate(input: {purpose: PRODUCT_PICTURE, contentType: "image/png",
    bytes: 5}) { ticket url userErrors { code message } } }"""


def test_a_file_is_sent_to_its_one_time_address_and_taken_once():
    login = staff(Role.CATALOGUE)
    payload = answered(CREATE, login=login)["uploadCreate"]
    path = payload["url"].removeprefix("http://127.0.0.1:8000")
    client = Client()
    assert client.put(path, b"12345", content_type="image/png").status_code == 204
    again = client.put(path, b"12345", content_type="image/png")
    assert (again.status_code, again.json()["code"]) == (422, "UPLOAD_REFUSED")
    taken = uploads.take(
        payload["ticket"],
        purpose=UploadPurpose.PRODUCT_PICTURE,
        owner=f"login:{login.pk}",
        at=timezone.now(),
    )
    assert taken == b"12345"


def test_more_bytes_than_stated_are_refused():
    payload = answered(CREATE, login=staff())["uploadCreate"]
    path = payload["url"].removeprefix("http://127.0.0.1:8000")
    assert Client().put(path, b"123456", content_type="image/png").status_code == 422


def test_a_type_that_is_no_picture_is_refused_in_the_payload():
    query = CREATE.replace("image/png", "text/html")
    payload = answered(query, login=staff())["uploadCreate"]
    assert (payload["ticket"], payload["userErrors"][0]["code"]) == (None, "UPLOAD_REFUSED")


@pytest.mark.parametrize("method", ["get", "post", "delete"])
def test_files_are_put_and_nothing_else(method):
    assert getattr(Client(), method)("/uploads/x").status_code == 405
