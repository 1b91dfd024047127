"""Files sent to their one-time address, and fetched from their signed one."""

import re

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe
from django.views.static import serve

from accounts import exporting
from conversations import attachments
from kernel import uploads
from kernel.refusals import NotFound
from kernel.uploads import UploadRefused
from orders import document_files

_CHUNK = 64 * 1024
_SECONDS_TO_WAIT = 2
_RANGE = re.compile(r"bytes=([0-9]{0,15})-([0-9]{0,15})")
_LONGEST_STRETCH = 2 * 1024 * 1024


@csrf_exempt
@require_http_methods(["PUT"])
def receive_upload(request: HttpRequest, token: str) -> HttpResponse:
    """Store the bytes that a ticket was issued for; the signed address is the permission."""
    chunks = iter(lambda: request.read(_CHUNK), b"")
    try:
        uploads.receive(token, chunks, at=timezone.now())
    except UploadRefused as refusal:
        return JsonResponse({"code": refusal.code, "message": refusal.message}, status=422)
    return HttpResponse(status=204)


@require_safe
def show_picture(request: HttpRequest, path: str) -> HttpResponseBase:
    """A rendition; its name is that of its content, so it may be kept for ever."""
    response = serve(request, path, document_root=str(settings.MEDIA_ROOT))
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


@require_safe
def show_video(request: HttpRequest, path: str) -> HttpResponseBase:
    """A video, whole or the stretch of bytes that a player asks for (RFC 9110, section 14).

    Its name is that of its content, so it may be kept for ever.
    """
    response = serve(request, path, document_root=str(settings.MEDIA_ROOT))
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    response["Accept-Ranges"] = "bytes"
    asked = _RANGE.fullmatch(request.headers.get("Range", ""))
    file = response.file_to_stream if isinstance(response, FileResponse) else None
    if file is None or asked is None or not any(asked.groups()):
        return response
    size = int(response["Content-Length"])
    first, last = _stretch(asked[1], asked[2], size)
    if first > last:
        response.close()
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    file.seek(first)
    part = HttpResponse(
        file.read(last - first + 1), status=206, content_type=response["Content-Type"]
    )
    part["Content-Range"] = f"bytes {first}-{last}/{size}"
    for name in ("Cache-Control", "Accept-Ranges"):
        part[name] = response[name]
    response.close()
    return part


def _stretch(first: str, last: str, size: int) -> tuple[int, int]:
    """The first and the last byte; without a first the last so many. At most 2 MB at a time."""
    if not first:
        start, end = max(0, size - int(last)), size - 1
    else:
        start, end = int(first), min(int(last), size - 1) if last else size - 1
    return start, min(end, start + _LONGEST_STRETCH - 1)


@require_safe
def download_export(_request: HttpRequest, token: str) -> HttpResponseBase:
    """A person's archive; the signed address is the permission, and is kept nowhere on the way."""
    try:
        archive = exporting.open_export(token, at=timezone.now())
    except NotFound as refusal:
        return _in_confidence(_told(refusal.message, status=404))
    return _in_confidence(
        FileResponse(archive, as_attachment=True, filename="clinic-shop-data.zip")
    )


@require_safe
def show_document(_request: HttpRequest, token: str) -> HttpResponseBase:
    """An invoice or a credit note; one that is not on paper yet comes back by itself."""
    try:
        document = document_files.find_document(token, at=timezone.now())
    except NotFound as refusal:
        return _in_confidence(_told(refusal.message, status=404))
    file = document_files.open_document(document)
    if file is None:
        response = _told(_("This document is being prepared: one moment."), status=202)
        response["Refresh"] = response["Retry-After"] = str(_SECONDS_TO_WAIT)
        return _in_confidence(response)
    return _in_confidence(
        FileResponse(file, content_type="application/pdf", filename=f"{document.number}.pdf")
    )


@require_safe
def show_attachment(_request: HttpRequest, token: str) -> HttpResponseBase:
    """What was sent in a conversation: a picture as it was drawn, a document to be kept."""
    try:
        file, content_type = attachments.open_attachment(token, at=timezone.now())
    except NotFound as refusal:
        return _in_confidence(_told(refusal.message, status=404))
    is_document = content_type == attachments.PDF
    name = "document.pdf" if is_document else "picture.webp"
    response = FileResponse(
        file, content_type=content_type, as_attachment=is_document, filename=name
    )
    # Whatever a document holds, no page of this host runs it.
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["X-Content-Type-Options"] = "nosniff"
    return _in_confidence(response)


def _told(words: str, *, status: int) -> HttpResponse:
    return HttpResponse(words, content_type="text/plain; charset=utf-8", status=status)


def _in_confidence(response: HttpResponseBase) -> HttpResponseBase:
    """Kept by nobody on the way, and its address told to nobody."""
    response["Cache-Control"] = "no-store, private"
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return response
