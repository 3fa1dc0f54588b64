"""What each source document asks for, as typed data; nothing in this package knows Pulumi."""
