"""Texts and data that other programs read, as pure functions of a spec: no Pulumi, no network, no clock."""
