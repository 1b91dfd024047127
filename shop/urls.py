from allauth.headless.constants import Client
from django.conf import settings
from django.contrib import admin
from django.http import HttpResponse
from django.urls import URLPattern, URLResolver, include, path, re_path
from django.views.generic import RedirectView

from accounts.password_reset import ResetPassword
from orders import stripe_webhook
from shop import endpoint, feeds, files, health

urlpatterns: list[URLPattern | URLResolver] = [
    path("", RedirectView.as_view(url="/graphql/" if not settings.PRODUCTION else "/admin/")),
    path("graphql/", endpoint.endpoint, name="graphql"),
    path("uploads/<str:token>", files.receive_upload, name="upload"),
    path("exports/<str:token>", files.download_export, name="export"),
    path("attachments/<str:token>", files.show_attachment, name="attachment"),
    path("stripe/webhook", stripe_webhook.receive, name="stripe-webhook"),
    path("documents/<str:token>", files.show_document, name="document"),
    path("feeds/articles.atom", feeds.articles, name="articles-feed"),
    path("sitemap.xml", feeds.sitemap, name="sitemap"),
    path("captions/<slug:slug>/<str:language>.vtt", feeds.captions, name="captions"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.prometheus, name="metrics"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("favicon.ico", lambda _request: HttpResponse(status=204)),
    path("admin/", admin.site.urls),
    *(
        path(f"auth/{each.value}/v1/auth/password/reset", ResetPassword.as_api_view(client=each))
        for each in Client
    ),
    path("auth/", include("allauth.headless.urls")),
    path("account/", include("allauth.account.urls")),
    path("account/2fa/", include("allauth.mfa.urls")),
    path("account/sessions/", include("allauth.usersessions.urls")),
]
if settings.STORAGES["default"]["BACKEND"].endswith("FileSystemStorage"):
    urlpatterns += [
        re_path(r"^media/(?P<path>pictures/.*)$", files.show_picture, name="picture"),
        re_path(r"^media/(?P<path>videos/.*)$", files.show_video, name="video"),
    ]
