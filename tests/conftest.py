"""What holds for all tests, and databases to copy: making their tables takes half a second."""

import gc
import os
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from shutil import copyfile
from uuid import uuid4

import pytest
import sqlalchemy
from anyio.from_thread import BlockingPortal, start_blocking_portal
from hypothesis import HealthCheck, settings

from patrol.checkpoint_key import SiteKey
from patrol.store import Store

# How long a machine took says how busy it was, not whether the code is right: what has to be fast
# is timed by `libong bench`, and by tests of its own.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


def pytest_collection_finish() -> None:
    """Look for rubbish seldom, and not among what was imported: it took a quarter of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 10, 10)


@pytest.fixture(scope="session")
def _migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("migrated") / "patrol.sqlite3"
    with closing(Store(f"sqlite:///{file}")) as store:
        store.migrate()
    return file


@pytest.fixture(scope="session")
def open_store(_migrated_file: Path) -> Callable[..., Store]:
    """Open a store in a file that is not there yet; its tables are, as `migrate` makes them."""

    def opened(file: Path, key: SiteKey | None = None) -> Store:
        copyfile(_migrated_file, file)
        return Store(f"sqlite:///{file}", key)

    return opened


@pytest.fixture(scope="session")
def postgres_server() -> str:
    """The URL of the database LIBONG_TEST_POSTGRES names."""
    server = os.environ.get("LIBONG_TEST_POSTGRES")
    if not server:
        pytest.skip("LIBONG_TEST_POSTGRES names no PostgreSQL server")
    return server


@pytest.fixture(scope="session")
def _migrated_on_server(postgres_server: str) -> Iterator[str]:
    name = f"migrated_{uuid4().hex}"
    _on_server(postgres_server, f"CREATE DATABASE {name}")
    with closing(Store(_named(postgres_server, name))) as store:
        store.migrate()
    yield name
    _on_server(postgres_server, f"DROP DATABASE {name}")


@pytest.fixture(scope="session")
def portal() -> Iterator[BlockingPortal]:
    """One event loop for all requests, as a service has, with threads that are kept."""
    with start_blocking_portal() as running:
        yield running


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database with this version's tables and nothing in them: a file, and one of the server."""
    if request.param == "sqlite":
        file = tmp_path / "patrol.sqlite3"
        copyfile(request.getfixturevalue("_migrated_file"), file)
        yield f"sqlite:///{file}"
        return
    server: str = request.getfixturevalue("postgres_server")
    name, template = f"test_{uuid4().hex}", request.getfixturevalue("_migrated_on_server")
    _on_server(server, f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
    yield _named(server, name)
    _on_server(server, f"DROP DATABASE {name} WITH (FORCE)")


def _named(server: str, database: str) -> str:
    url = sqlalchemy.make_url(server).set(database=database)
    return url.render_as_string(hide_password=False)


def _on_server(server: str, statement: str) -> None:
    engine = sqlalchemy.create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()
