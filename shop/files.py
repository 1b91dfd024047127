"""Files sent to their one-time address, and fetched from their signed one."""

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe
from django.views.static import serve

from accounts import exporting
from kernel import uploads
from kernel.refusals import NotFound
from kernel.uploads import UploadRefused

_CHUNK = 64 * 1024


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
def download_export(_request: HttpRequest, token: str) -> HttpResponseBase:
    """A person's archive; the signed address is the permission, and is kept nowhere on the way."""
    try:
        archive = exporting.open_export(token, at=timezone.now())
    except NotFound as refusal:
        response: HttpResponseBase = HttpResponse(
            refusal.message, content_type="text/plain; charset=utf-8", status=404
        )
    else:
        response = FileResponse(archive, as_attachment=True, filename="clinic-shop-data.zip")
    response["Cache-Control"] = "no-store, private"
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return response
