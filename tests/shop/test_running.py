"""What the page on running a shop hands out fits the shop."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
RUNNING = ROOT / "docs" / "running"
PAGE = (ROOT / "docs" / "running.md").read_text()
COMMANDS = {path.stem for path in ROOT.glob("*/management/commands/*.py")}


def test_every_command_of_the_page_exists():
    named = set(re.findall(r"(?:^|&& |`)shop ([a-z_]+)", PAGE, re.MULTILINE))
    assert len(named) > 8
    assert named - COMMANDS == {"migrate", "changepassword"}


@pytest.mark.parametrize("unit", sorted(RUNNING.glob("*.service")), ids=lambda unit: unit.name)
def test_units_start_commands_that_exist(unit):
    text = unit.read_text()
    (command,) = re.findall(r"^ExecStart=\S+/python manage\.py (\w+)", text, re.MULTILINE)
    assert command in COMMANDS


def test_the_environment_names_settings_that_are_read():
    names = re.findall(r"^([A-Z0-9_]+)=", (RUNNING / "shop.env").read_text(), re.MULTILINE)
    read = (ROOT / "shop" / "settings.py").read_text()
    assert len(names) > 15
    assert [name for name in names if f'"{name}"' not in read] == []


def test_the_page_hands_out_every_file():
    assert [path.name for path in RUNNING.iterdir() if f"running/{path.name}" not in PAGE] == []
