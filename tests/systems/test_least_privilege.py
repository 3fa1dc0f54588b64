"""What holds for every platform, whatever its document: nobody who answers requests can change the schema."""

import pytest

from systems import registry


@pytest.mark.parametrize("name", registry.names())
def test_the_owners_login_reaches_no_running_application(name: str) -> None:
    system = registry.load(name)
    owners = [secret for secret in system.secrets.secrets if secret.name == "database-owner"]
    assert owners, "migrations need an owner apart from the application"
    assert [secret.readers for secret in owners] == [("platform",)]
