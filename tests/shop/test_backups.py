"""Everything is lost, and comes back; what was damaged is refused by its name."""

import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from django.db import connection

from shop.backups import databases, making, manifest
from shop.backups.manifest import BackupRefused, Manifest
from shop.backups.restoring import restore
from tests.builders import NOW

ROOT = Path(__file__).parent.parent.parent
#: Made of the others, or moved by the restore itself.
APART = ("clinic_publicrevision", "text_index", "sqlite_sequence")
WORLD = """
import django
django.setup()
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.management import call_command
call_command("migrate", verbosity=0)
from tests.builders import make_clinic, owner, pet_of, published, Pack
make_clinic()
published("croquettes", Pack(sku="A"), Pack(sku="B"))
pet_of(owner("Ada", "Lovelace"))
storages["default"].save("pictures/croquettes.webp", ContentFile(b"a picture"))
call_command("rebuild_index", verbosity=0)
storages["private"].save("documents/2026/F-1.pdf", ContentFile(b"an invoice"))
"""


class Shop:
    """A shop in a folder and a database of its own, run by processes of its own."""

    def __init__(self, folder, address):
        self.folder, self.address = folder, address
        self.backups = folder.with_name("backups")

    def run(self, *command, **more):
        values = {
            **os.environ,
            "DATA_DIR": str(self.folder),
            "DATABASE_URL": self.address,
            "BACKUP_DIR": str(self.backups),
            "DJANGO_SETTINGS_MODULE": "shop.settings",
            **more,
        }
        return subprocess.run(
            [sys.executable, *command],
            cwd=ROOT,
            env=values,
            capture_output=True,
            text=True,
            check=False,
        )

    def manage(self, *command, **more):
        done = self.run("manage.py", *command, **more)
        return done.returncode, (done.stdout + done.stderr).strip()

    def query(self, statement):
        if self.address.startswith("sqlite"):
            with closing(sqlite3.connect(self.folder / "shop.sqlite3")) as link:
                return link.execute(statement).fetchall()
        with psycopg.connect(self.address) as link:
            return link.execute(statement).fetchall()

    def rows(self):
        """Every row of every table that is not made of the others."""
        tables = (
            "SELECT name FROM sqlite_master WHERE type = 'table'"
            if self.address.startswith("sqlite")
            else "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        )
        names = sorted(name for (name,) in self.query(tables) if not name.startswith(APART))
        return {name: sorted(map(repr, self.query(f"SELECT * FROM {name}"))) for name in names}

    def files(self):
        return {
            str(path.relative_to(self.folder)): path.read_bytes()
            for name in ("media", "private")
            for path in (self.folder / name).rglob("*")
            if path.is_file()
        }

    def lose(self):
        shutil.rmtree(self.folder)
        if not self.address.startswith("sqlite"):
            forget(self.address)
            create(self.address)


def server(address):
    return psycopg.connect(address.rpartition("/")[0] + "/postgres", autocommit=True)


def create(address):
    with server(address) as link:
        link.execute(f"CREATE DATABASE {address.rpartition('/')[2]}")


def forget(address):
    with server(address) as link:
        link.execute(f"DROP DATABASE IF EXISTS {address.rpartition('/')[2]} WITH (FORCE)")


def address_of(folder):
    """A database of this test's own, of the kind that the suite runs on."""
    if connection.vendor == "sqlite":
        return f"sqlite:///{folder}/shop.sqlite3"
    known = connection.settings_dict
    who = known["USER"] + (f":{known['PASSWORD']}" if known["PASSWORD"] else "")
    return f"postgres://{who}@{known['HOST']}:{known['PORT']}/backup_{uuid4().hex[:12]}"


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    folder = tmp_path_factory.mktemp("shop") / "data"
    shop = Shop(folder, address_of(folder))
    is_server = not shop.address.startswith("sqlite")
    if is_server:
        create(shop.address)
    made = shop.run("-c", WORLD)
    assert made.returncode == 0, made.stderr
    yield shop
    if is_server:
        forget(shop.address)


@pytest.fixture(scope="module")
def backup(shop):
    code, told = shop.manage("backup")
    assert code == 0, told
    (made,) = making.backups(shop.backups)
    assert told.startswith(f"{made}: 3 files, ")
    assert told.endswith(
        "1 accounts_login, 1 accounts_person, 1 pets_pet, 1 catalog_product, 0 orders_order, "
        "0 orders_payment, 0 orders_document"
    )
    return made


@pytest.mark.slow
def test_all_that_was_lost_comes_back(shop, backup):
    rows, files = shop.rows(), shop.files()
    assert len(rows["catalog_variant"]) == 2
    assert files == {
        "media/pictures/croquettes.webp": b"a picture",
        "private/documents/2026/F-1.pdf": b"an invoice",
    }
    before = shop.query("SELECT number, token FROM clinic_publicrevision")
    code, told = shop.manage("restore", str(backup), "--yes")
    assert (code, "Not empty: the database" in told, "add --replace" in told) == (1, True, True)
    shop.lose()
    code, told = shop.manage("restore", str(backup), "--yes")
    assert code == 0, told
    assert "1 products indexed." in told
    assert (shop.rows(), shop.files()) == (rows, files)
    after = shop.query("SELECT number, token FROM clinic_publicrevision")
    assert after[0][0] > before[0][0]
    assert after[0][1] != before[0][1]
    again = shop.manage("restore", str(backup), "--yes", "--replace")
    assert again[0] == 0, again
    assert (shop.rows(), shop.files()) == (rows, files)


@pytest.mark.slow
def test_a_shop_that_runs_is_not_overwritten(shop, backup):
    with (
        closing(sqlite3.connect(shop.folder / "shop.sqlite3"))
        if shop.address.startswith("sqlite")
        else psycopg.connect(shop.address)
    ) as running:
        running.execute("SELECT count(*) FROM django_migrations").fetchone()
        told = shop.manage("restore", str(backup), "--yes", "--replace")
    assert told[0] == 1
    assert "The shop is running on this database: stop every serve and worker first." in told[1]


@pytest.mark.slow
def test_only_the_owner_of_the_shop_reads_a_backup(backup):
    modes = {path: path.stat().st_mode & 0o777 for path in [backup, *backup.rglob("*")]}
    assert {mode for path, mode in modes.items() if path.is_dir()} == {0o700}
    assert {mode for path, mode in modes.items() if path.is_file()} == {0o600}


PICTURE, INVOICE = "media/pictures/croquettes.webp", "private/documents/2026/F-1.pdf"


@pytest.fixture
def copy(tmp_path):
    """A whole backup of nothing that ever was."""
    folder = tmp_path / "shop-20261122T120000Z"
    for name, content in ((PICTURE, b"a picture"), (INVOICE, b"an invoice"), ("base", b"rows")):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    told = Manifest(
        made_at=NOW,
        database=databases.database().file,
        files_in="folders",
        migrations=("clinic.0001_initial",),
        rows={"catalog_product": 1},
        files=manifest.sum_up(folder),
    )
    manifest.write(folder, told)
    return folder


def test_a_whole_backup_is_proved(copy):
    told = manifest.check(copy)
    assert (told.made_at, told.rows) == (NOW, {"catalog_product": 1})
    assert {name: each.size for name, each in told.files.items()} == {
        PICTURE: 9,
        INVOICE: 10,
        "base": 4,
    }


def flip(path):
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def cut(path):
    path.write_bytes(path.read_bytes()[:-1])


def link_instead(path):
    elsewhere = path.with_name("elsewhere")
    path.rename(elsewhere.parent.parent.parent / "elsewhere")
    path.symlink_to(elsewhere)


@pytest.mark.parametrize(
    ("name", "damage", "said"),
    [
        ("media/pictures/croquettes.webp", flip, "is damaged (9 bytes, 9 expected)"),
        ("media/pictures/croquettes.webp", cut, "is damaged (8 bytes, 9 expected)"),
        ("private/documents/2026/F-1.pdf", Path.unlink, "is missing"),
        ("private/documents/2026/F-2.pdf", Path.touch, "does not belong to it"),
        ("media/pictures/croquettes.webp", link_instead, "is damaged (0 bytes, 9 expected)"),
        ("manifest.json", flip, "is damaged. Take another backup"),
        ("manifest.sha256", Path.unlink, "is no whole backup"),
    ],
)
def test_a_damaged_backup_is_refused_with_the_name_of_the_file(copy, name, damage, said):
    damage(copy / name)
    with pytest.raises(BackupRefused) as refused:
        manifest.check(copy)
    assert said in str(refused.value)
    assert name.partition(".sha")[0] in str(refused.value) or name.endswith(".sha256")


@pytest.mark.slow
def test_a_damaged_database_is_refused_and_nothing_is_touched(shop, backup, tmp_path):
    copy = shutil.copytree(backup, tmp_path / backup.name)
    (database,) = copy.glob("database.*")
    flip(database)
    rows, files = shop.rows(), shop.files()
    code, told = shop.manage("restore", str(copy), "--yes", "--replace")
    size = database.stat().st_size
    expected = f"{database.name} is damaged ({size} bytes, {size} expected). Nothing was restored"
    assert (code, expected in told) == (1, True)
    assert (shop.rows(), shop.files()) == (rows, files)


def written_again(copy, **changes):
    told = manifest.read(copy)
    facts = {name: getattr(told, name) for name in manifest.Manifest.__dataclass_fields__}
    manifest.write(copy, manifest.Manifest(**{**facts, **changes}))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {"migrations": ("clinic.0001_initial", "clinic.9999_later")},
            "A newer version of the shop made this backup (it has clinic.9999_later): install",
        ),
        ({"files_in": "s3"}, "The files of this backup are in s3, the shop's are in folders: "),
        ({"database": "database.other"}, "This backup holds a database.other, DATABASE_URL wants"),
    ],
)
def test_a_backup_of_another_shop_is_refused(copy, changes, said):
    written_again(copy, **changes)
    with pytest.raises(BackupRefused) as refused:
        restore(copy, replace=True)
    assert str(refused.value).startswith(said)


def test_a_backup_of_a_newer_form_is_refused(copy, monkeypatch):
    with monkeypatch.context() as later:
        later.setattr(manifest, "FORMAT", 2)
        written_again(copy)
    with pytest.raises(BackupRefused, match=r"\(format 2, known is 1\): install that version"):
        manifest.check(copy)


@pytest.mark.slow
def test_a_shop_in_buckets_backs_up_its_database_alone(shop, tmp_path):
    code, told = shop.manage("backup", "--to", str(tmp_path), S3_BUCKET="pictures")
    assert code == 0, told
    assert told.endswith("The database alone: pictures and documents are in their buckets.")
    (made,) = making.backups(tmp_path)
    told = manifest.check(made)
    assert (told.files_in, list(told.files)) == ("s3", [told.database])


@pytest.fixture
def quick(monkeypatch):
    """Backups of nothing, for what is said of their folder."""
    monkeypatch.setattr(making, "_fill", lambda partial, *, at: (partial / "x").touch())


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_the_newest_are_kept_and_half_a_backup_never_passes_for_one(tmp_path, quick):
    left_behind = tmp_path / ".partial-shop-20260101T000000Z"
    left_behind.mkdir()
    for day in range(4):
        making.make_backup(to=tmp_path, keep=2, at=NOW + timedelta(days=day))
    assert names(tmp_path) == [".lock", "shop-20261124T120000Z", "shop-20261125T120000Z"]
    assert making.made_at(making.backups(tmp_path)[-1]) == datetime(2026, 11, 25, 12, tzinfo=UTC)


def test_a_backup_that_fails_leaves_no_backup(tmp_path, monkeypatch):
    def fails(partial, *, at):
        (partial / "half").touch()
        raise BackupRefused("pg_dump failed")

    monkeypatch.setattr(making, "_fill", fails)
    with pytest.raises(BackupRefused, match="pg_dump failed"):
        making.make_backup(to=tmp_path, keep=1, at=NOW)
    assert making.backups(tmp_path) == []


def test_two_backups_are_not_made_at_once(tmp_path, quick):
    with (
        making._alone(tmp_path),
        pytest.raises(BackupRefused, match="Another backup is being made"),
    ):
        making.make_backup(to=tmp_path, keep=None, at=NOW)


def test_backups_do_not_lie_where_visitors_read(settings, quick):
    with pytest.raises(BackupRefused, match="lies in media, which is itself backed up"):
        making.make_backup(to=settings.MEDIA_ROOT / "backups", keep=None, at=NOW)
