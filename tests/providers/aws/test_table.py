"""docs/resource-types.md says what the code does."""

from rehearsal import paths
from rehearsal.providers.aws import table


def test_the_committed_table_is_current() -> None:
    committed = (paths.PROJECT / "docs" / "resource-types.md").read_text()
    assert committed == table.markdown(), "run: python -m rehearsal.providers.aws.table > docs/resource-types.md"
