"""Wrong inputs by service: the type, valid inputs but for one thing, where the refusal points and who refuses."""
