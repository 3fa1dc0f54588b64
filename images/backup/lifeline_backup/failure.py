"""How a run says that it did not do what it is for: in words for whoever is called, never with the data in them."""


class Failure(Exception):
    """A backup that is none, or a backup that does not restore. The text is all the log says."""
