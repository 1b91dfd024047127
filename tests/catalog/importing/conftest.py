import pytest

from tests.catalog.importing.builders import open_clinic


@pytest.fixture
def clinic(db):
    """A trading company with one place."""
    return open_clinic()
