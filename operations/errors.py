"""What a user can put right: told without a traceback, with the next step."""


class OperationsError(Exception):
    """What was wrong, and one line for each way out."""

    def __init__(self, problem: str, *ways_out: str) -> None:
        super().__init__("\n".join([problem, *(f"  next: {way}" for way in ways_out)]))
