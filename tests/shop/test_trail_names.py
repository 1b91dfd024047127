"""Whatever the trail of changes may say has a name that people read."""

import ast
from pathlib import Path

from django.conf import settings

from accounts.admin import ACTION_NAMES
from orders.vocabulary import DisputeState, DocumentKind
from pets.vocabulary import HistoryKind

ROOT = Path(__file__).parent.parent.parent


def recorded(path):
    """The actions that a module records, read off its calls of `audit.record`."""
    tree = ast.parse(path.read_text())
    constants = {
        target.id: node.value.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute):
            if (call.func.attr, getattr(call.func.value, "id", "")) != ("record", "audit"):
                continue
            value = next(each.value for each in call.keywords if each.arg == "action")
            if isinstance(value, ast.Name):
                yield constants.get(value.id, f"?{value.id}")
            else:
                yield value.value if isinstance(value, ast.Constant) else ast.unparse(value)


def test_every_action_of_the_trail_has_a_name_that_people_read():
    found = {
        action
        for app in settings.OUR_APPS
        for path in (ROOT / app).rglob("*.py")
        for action in recorded(path)
    }
    worded = {
        # Actions that are put together, each with all that it may become.
        "f'history.{fact.kind}'": {f"history.{kind}" for kind in HistoryKind},
        "f'{kind}.issue'": {f"{kind}.issue" for kind in DocumentKind},
        "f'dispute.{dispute.state}'": {f"dispute.{state}" for state in DisputeState},
        "f'shipment.{state}'": {"shipment.ready", "shipment.shipped", "shipment.delivered"},
        "?_BEGUN": {"demo.begun"},
        "?_DONE": {"demo.loaded"},
        "?action": {
            *("pet.archive", "pet.restore", "login.appoint", "login.dismiss", "login.rest"),
            *("approval.agree", "approval.decline"),
            *("login.wake", "product.attributes", "product.nutrition", "product.rations"),
        },
    }
    actions = set().union(*(worded.get(action, {action}) for action in found))
    assert len(actions) > 60
    assert {action for action in actions if action not in ACTION_NAMES} == set()
