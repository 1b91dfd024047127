"""Files sent to their one-time address."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

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
