"""One error type for everything a user of the rehearsal can put right."""


class RehearsalError(Exception):
    """What was wrong, what was tried, and what to do next; the command line prints it without a traceback."""

    def __init__(self, problem: str, *, tried: list[str] | None = None, ways_out: list[str] | None = None) -> None:
        super().__init__(problem)
        self.problem = problem
        self.tried = tried or []
        self.ways_out = ways_out or []

    def __str__(self) -> str:
        lines = [self.problem]
        lines += [f"  tried: {attempt}" for attempt in self.tried]
        lines += [f"  next:  {way}" for way in self.ways_out]
        return "\n".join(lines)
