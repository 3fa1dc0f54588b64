"""The rules, one file an area. docs/policies.md lists them all."""
