"""The floor that kept answers are held against: as many bytes, at the same place, of nothing."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

PATH: Final = "/constant/"
FILE: Final = Path(settings.DATA_DIR) / "constant.json"


class ConstantAnswer:
    """Middleware: the bytes of a file, read once."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._answer = get_response
        self._body = FILE.read_bytes() if FILE.exists() else b""

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path != PATH:
            return self._answer(request)
        return HttpResponse(self._body, content_type="application/json; charset=utf-8")
