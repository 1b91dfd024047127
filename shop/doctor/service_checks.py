"""What the shop leans on, asked for real: database, mail, Stripe, worker, files, disk, clock."""

import shutil
from datetime import datetime, timedelta
from pathlib import Path
from smtplib import SMTPException
from typing import Final

from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.mail import mailers
from django.core.mail.backends.smtp import EmailBackend
from django.db import DatabaseError, connection
from redis.exceptions import RedisError

from orders import stripe_gateway
from orders.models import Payment, StripeEvent
from shop import condition, health
from shop.backups import making
from shop.doctor.checking import Check, Severity

_LEAST_FREE: Final = 2_000_000_000
_MOST_SKEW: Final = timedelta(seconds=60)
_BACKUP_KEPT_FRESH: Final = timedelta(hours=26)
_WEBHOOK_PATIENCE: Final = timedelta(hours=1)


def database(_at: datetime) -> str:
    try:
        connection.ensure_connection()
    except DatabaseError as error:
        return f"The database does not answer: {str(error).strip()}"
    return ""


def database_kind(_at: datetime) -> str:
    if connection.vendor == "postgresql":
        return ""
    return "The database is SQLite: right for one machine, wrong for several."


def migrations(_at: datetime) -> str:
    return "The database is older than the code." if condition.migrations_pending() else ""


def clock(at: datetime) -> str:
    """SQLite reads the clock of this very machine."""
    if connection.vendor != "postgresql":
        return ""
    with connection.cursor() as cursor:
        cursor.execute("SELECT now()")
        skew = abs(cursor.fetchone()[0] - at)
    seconds = int(skew.total_seconds())
    return f"The database's clock is {seconds} s from this machine's." if skew > _MOST_SKEW else ""


def counts(_at: datetime) -> str:
    backend = settings.CACHES["default"]["BACKEND"]
    if not backend.endswith("RedisCache"):
        return "Attempts to sign in are counted by each process for itself: no CACHE_URL."
    try:
        cache.get("doctor")
    except RedisError as error:
        return f"Redis does not answer: {error}"
    return ""


def mail(_at: datetime) -> str:
    post = mailers["default"]
    if not isinstance(post, EmailBackend):
        return "Mail goes to files in DATA_DIR/mail, to nobody."
    try:
        post.open()
        post.close()
    except (OSError, SMTPException) as error:
        return f"{post.host}:{post.port} does not take mail: {error}"
    return ""


def stripe(_at: datetime) -> str:
    # Without a key there is the stand-in, of which the check of keys tells.
    refused = stripe_gateway.refusal() if settings.STRIPE_SECRET_KEY else ""
    return f"Stripe does not answer: {' '.join(refused.split())[:200]}" if refused else ""


def webhook(_at: datetime) -> str:
    told = StripeEvent.objects.order_by("-received_at").values_list("received_at", flat=True)
    asked = Payment.objects.exclude(intent_id="").order_by("-created_at")
    last, begun = told.first(), asked.values_list("created_at", flat=True).first()
    if last is None:
        return "Stripe never told the shop anything: its webhook was not seen to work."
    if begun is not None and begun > last + _WEBHOOK_PATIENCE:
        return f"Stripe is silent since {last:%Y-%m-%d %H:%M} UTC, though payments were begun."
    return ""


def worker(at: datetime) -> str:
    silence = condition.worker_silence(at)
    if silence is None:
        return "No worker: never seen."
    seconds = int(silence.total_seconds())
    return f"No worker: silent for {seconds} s." if silence >= health.WORKER_SILENCE else ""


def dead_tasks(_at: datetime) -> str:
    dead = condition.tasks_dead()
    return f"{dead} tasks failed for good." if dead else ""


def index(_at: datetime) -> str:
    return "" if all(condition.generations().values()) else "The search has no index."


def files(_at: datetime) -> str:
    for name in ("default", "private"):
        try:
            written = storages[name].save("doctor/probe", ContentFile(b"probe"))
            storages[name].delete(written)
        except (OSError, BotoCoreError, ClientError) as error:
            return f"Files cannot be written ({name}): {error}"
    return ""


def disk(_at: datetime) -> str:
    free = shutil.disk_usage(settings.DATA_DIR).free
    if free >= _LEAST_FREE:
        return ""
    return f"{free // 1_000_000} MB are free under {settings.DATA_DIR}."


def backup(at: datetime) -> str:
    folder = Path(settings.BACKUP_DIR)
    made = making.backups(folder)
    if not made:
        return f"There is no backup in {folder}."
    age = at - making.made_at(made[-1])
    hours = int(age.total_seconds() // 3600)
    return f"The last backup is {hours} hours old." if age > _BACKUP_KEPT_FRESH else ""


#: Without these no other question can be answered.
FIRST: Final = (
    Check(
        "database",
        Severity.ERROR,
        database,
        "Read DATABASE_URL; is the server up? `systemctl status postgresql`",
    ),
    Check(
        "migrations",
        Severity.ERROR,
        migrations,
        "manage.py migrate, then prepare_roles, then rebuild_cards.",
    ),
)
SERVICES: Final = (
    Check(
        "database-kind",
        Severity.WARNING,
        database_kind,
        "Nothing on one machine; for several, docs/running.md.",
    ),
    Check("clock", Severity.ERROR, clock, "`timedatectl set-ntp true` on both machines."),
    Check(
        "counts",
        Severity.WARNING,
        counts,
        "Set CACHE_URL=redis://127.0.0.1:6379/0, and see that Redis runs.",
    ),
    Check(
        "mail",
        Severity.ERROR,
        mail,
        "Set EMAIL_HOST, EMAIL_PORT, EMAIL_HOST_USER, EMAIL_HOST_PASSWORD, EMAIL_USE_TLS; then "
        "manage.py doctor --send-test ADDRESS.",
    ),
    Check(
        "stripe",
        Severity.ERROR,
        stripe,
        "Read STRIPE_SECRET_KEY at dashboard.stripe.com/apikeys: may it read Events?",
    ),
    Check(
        "webhook",
        Severity.WARNING,
        webhook,
        "Send a test event from Stripe to PUBLIC_URL/stripe/webhook: docs/operations.md, Going "
        "live.",
    ),
    Check("worker", Severity.ERROR, worker, "`systemctl start shop-worker`; or manage.py worker"),
    Check("tasks", Severity.WARNING, dead_tasks, "Back office, Tasks: read why, then retry."),
    Check("index", Severity.WARNING, index, "manage.py rebuild_index"),
    Check(
        "files",
        Severity.ERROR,
        files,
        "Give DATA_DIR to the user that runs the shop; or read S3_BUCKET and its key.",
    ),
    Check("disk", Severity.ERROR, disk, "Make room: `du -sh` its folders; backup --keep fewer."),
    Check("backup", Severity.WARNING, backup, "manage.py backup --keep 14, every night by timer."),
)
