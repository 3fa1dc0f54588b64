"""Programs that show every rehearsed AWS type being created, updated and replaced; run by test_contract.py."""
