"""Files sent to their one-time address."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe
from django.views.static import serve

from kernel import uploads
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
