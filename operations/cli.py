"""The command line of the operations: `python -m operations health STACK`."""

import os

import typer

from operations import completion, delivery, releasing, state
from operations.health.cli import health

app = typer.Typer(
    name="operations",
    help="Act on environments that stand, or ask them how they are.",
    no_args_is_help=True,
    add_completion=completion.VARIABLE in os.environ,
    pretty_exceptions_enable=False,
)
app.command()(health)
app.command(hidden=True)(completion.completion)
state.register(app)
delivery.register(app)
releasing.register(app)


@app.callback()
def _operations() -> None:  # pyright: ignore[reportUnusedFunction]
    """Act on environments that stand, or ask them how they are."""


def main() -> None:
    app(prog_name=completion.program_name())
