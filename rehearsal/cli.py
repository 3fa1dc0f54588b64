"""The command line of the rehearsal: `python -m rehearsal`, what the Makefile's targets call."""

import errno
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console
from rich.markup import escape

from rehearsal import paths
from rehearsal.console import Terminal
from rehearsal.engine import Interrupted
from rehearsal.errors import RehearsalError

INTERRUPTED = 130
_DISK_ERRORS = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM, errno.ENOTDIR}

app = typer.Typer(
    help="Rehearse the production stacks offline: the real engine, an emulated AWS, a real Kubernetes API.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

Stack = Annotated[str, typer.Argument(help="the name of a stack: the * of Pulumi.*.yaml")]
Judged = Annotated[bool, typer.Option("--policy/--no-policy", help="judge the preview by the project's policies/")]
Project = Annotated[Path, typer.Option(help="the directory of another project's Pulumi.yaml", hidden=True)]


@app.command()
def up(stack: Stack = "prod", project: Project = paths.PROJECT, policy: Judged = True) -> None:
    """Make the stack stand in the rehearsal."""
    from rehearsal.commands import deploy

    _run(lambda terminal: deploy.up(stack, project.resolve(), terminal, policy), go_on=f"make up STACK={stack}")


@app.command()
def preview(
    stack: Stack = "prod",
    project: Project = paths.PROJECT,
    diff: Annotated[bool, typer.Option(help="the engine's own account, property by property")] = False,
    plan: Annotated[Path | None, typer.Option(help="where to write the engine's plan")] = None,
    policy: Judged = True,
) -> None:
    """Show what `up` would do."""
    from rehearsal.commands import deploy

    _run(
        lambda terminal: deploy.preview(stack, project.resolve(), terminal, diff, plan, policy),
        go_on=f"make preview STACK={stack}",
    )


@app.command()
def policy(
    stack: Stack = "prod",
    project: Project = paths.PROJECT,
    pack: Annotated[str, typer.Option(help="the directory of the policy pack")] = "policies",
) -> None:
    """Preview the stack under the policy pack."""
    from rehearsal.commands import deploy

    _run(
        lambda terminal: deploy.policy(stack, project.resolve(), terminal, pack),
        go_on=f"make policy STACK={stack}",
    )


@app.command()
def down(
    stack: Stack = "prod",
    project: Project = paths.PROJECT,
    discard: Annotated[bool, typer.Option(help="throw it away without destroying it through the engine")] = False,
) -> None:
    """Take the stack down and leave nothing behind."""
    from rehearsal.commands import teardown

    _run(lambda terminal: teardown.down(stack, project.resolve(), terminal, discard), go_on=f"make down STACK={stack}")


@app.command()
def status(stack: Stack = "prod", project: Project = paths.PROJECT) -> None:
    """Which processes run, and what stands in them."""
    from rehearsal.commands import look

    _run(lambda terminal: look.status(stack, project.resolve(), terminal))


@app.command()
def outputs(
    stack: Stack = "prod",
    project: Project = paths.PROJECT,
    secrets: Annotated[bool, typer.Option(help="show secret ones too")] = False,
) -> None:
    """Print the stack's outputs as JSON."""
    from rehearsal.commands import look

    _run(lambda _terminal: look.outputs(stack, project.resolve(), secrets))


@app.command()
def logs(
    stack: Stack = "prod",
    name: Annotated[str | None, typer.Option(help="one log")] = None,
    follow: Annotated[bool, typer.Option(help="go on printing it")] = False,
    project: Project = paths.PROJECT,
) -> None:
    """List the logs, or print the end of one."""
    from rehearsal.commands import look

    _run(lambda terminal: look.logs(stack, project.resolve(), terminal, name, follow))


@app.command()
def env(stack: Stack = "prod", project: Project = paths.PROJECT) -> None:
    """Print exports after which the plain `pulumi` works on the rehearsal."""
    from rehearsal.commands import look

    _run(lambda terminal: look.env(stack, project.resolve(), terminal))


@app.command()
def tools() -> None:
    """Get the tools: from PATH, the official releases, or built from Go modules."""
    from rehearsal.commands import look

    _run(look.tools, go_on="make tools")


@app.command()
def prove(only: Annotated[str | None, typer.Option(help="campaigns whose name contains this")] = None) -> None:
    """Run the long campaigns."""
    from rehearsal.commands import measure

    _run(lambda terminal: measure.prove(only, terminal), go_on="make prove")


@app.command()
def bench(stack: Stack = "prod", project: Project = paths.PROJECT) -> None:
    """Time each command on a fresh workspace."""
    from rehearsal.commands import measure

    _run(lambda terminal: measure.bench(stack, project.resolve(), terminal))


@app.command()
def clean(
    tools: Annotated[bool, typer.Option(help="remove the cached tools of this user as well")] = False,
) -> None:
    """Throw away all rehearsals of this checkout."""
    from rehearsal.commands import teardown

    _run(lambda terminal: teardown.clean(terminal, tools))


def _run(command: Callable[[Terminal], int], go_on: str | None = None) -> NoReturn:
    """Run a command to its exit code; what the user can put right is told without a traceback."""
    terminal = Terminal(Console(stderr=True, highlight=False))
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.default_int_handler)
    try:
        code = command(terminal)
    except RehearsalError as error:
        problem, *rest = str(error).splitlines()
        terminal.print(f"[bold red]error:[/] {escape(problem)}")
        for line in rest:
            terminal.print(escape(line))
        code = 1
    except OSError as error:
        if error.errno not in _DISK_ERRORS:
            raise
        terminal.print(f"[bold red]error:[/] cannot write {escape(str(error.filename))}: {error.strerror}")
        terminal.print("  next:  free space, or give yourself the right to write there")
        terminal.print("  next:  or set LIFELINE_REHEARSAL (and LIFELINE_CACHE) to a place that has both", markup=False)
        code = 1
    except (KeyboardInterrupt, Interrupted):
        how = f"; go on with: {go_on}" if go_on else ""
        terminal.print(f"interrupted{how}", style="yellow", markup=False)
        code = INTERRUPTED
    sys.exit(code)


def main() -> None:
    app()
