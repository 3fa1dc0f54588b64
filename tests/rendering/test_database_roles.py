"""The SQL of roles as text: every name quoted whatever it holds. What it does is shown in tests/live/postgres."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rendering import database_roles
from rendering.database_roles import identifier, literal
from systems import registry
from systems.model import Environment, RoleUse, System

SYSTEMS = [registry.load(name, environment) for name in registry.names() for environment in Environment]
_TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1)


@pytest.fixture(params=SYSTEMS, ids=lambda system: f"{system.name}-{system.environment}")
def system(request: pytest.FixtureRequest) -> System:
    return request.param


@given(_TEXTS)
def test_a_quoted_name_ends_where_it_ends(name: str) -> None:
    quoted = identifier(name)
    assert re.fullmatch(r'"([^"]|"")+"', quoted, re.DOTALL)
    assert quoted[1:-1].replace('""', '"') == name


@given(_TEXTS)
def test_a_quoted_text_ends_where_it_ends(text: str) -> None:
    quoted = literal(text)
    body = quoted.removeprefix("E")
    assert re.fullmatch(r"'([^']|'')+'", body, re.DOTALL)
    unquoted = body[1:-1].replace("''", "'")
    assert (unquoted.replace("\\\\", "\\") if quoted.startswith("E") else unquoted) == text


@pytest.mark.parametrize("name", ["", "a\0b"])
def test_what_can_be_no_name_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="cannot be a name"):
        identifier(name)


def test_a_name_that_would_end_a_block_is_refused(system: System) -> None:
    roles = tuple(
        replace(each, name="$lifeline$") if each.use is RoleUse.READ_ONLY else each for each in system.database.roles
    )
    hostile = replace(system, database=replace(system.database, roles=roles))
    with pytest.raises(ValueError, match="ends a block"):
        database_roles.of_database(hostile)


def test_nothing_asks_for_what_an_administrator_of_rds_may_not(system: System) -> None:
    """He is no superuser: naming those attributes at all is refused. Only BYPASSRLS is tried, and may fail."""
    text = database_roles.of_database(system)
    assert not re.search(r"\b(NO)?(SUPERUSER|REPLICATION)\b", text)
    [tried] = [line for line in text.splitlines() if "BYPASSRLS" in line]
    assert "EXCEPTION WHEN insufficient_privilege" in tried


def test_no_password_and_no_everybody(system: System) -> None:
    text = database_roles.of_database(system)
    assert "PASSWORD" not in text
    assert not re.search(r"GRANT [^;]* TO PUBLIC", text)


def test_tables_with_health_data_are_audited_where_the_document_names_them(system: System) -> None:
    named = database_roles.health_tables(system)
    text = database_roles.of_database(system)
    assert all(literal(each) in text for each in named)
    assert ('ON TABLES TO "rds_pgaudit"' in text) is bool(named)
