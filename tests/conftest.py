"""What the tests share: one embedded store a process, since the engine allows no second one, and a running bayon.

The fixture `bayon` comes from `bayon.testing`, as it does for anybody's tests.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bayon.store.store import Store

pytest_plugins = ["bayon.testing", "state_databases"]


@pytest.fixture(scope="session")
def _opened_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    store = Store.open(f"chdb://{tmp_path_factory.mktemp('store')}", durable=False)
    yield store
    store.close()


@pytest.fixture
def store(_opened_store: Store) -> Store:
    """An empty embedded store."""
    _opened_store.reset()
    return _opened_store
