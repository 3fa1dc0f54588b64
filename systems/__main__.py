"""`python -m systems`: look at the platforms without building anything."""

import argparse
import sys

from systems import report, requirements
from systems.model import Environment, SpecError
from systems.registry import UnknownSystem, load, names
from systems.sizing import NothingFits


def main(arguments: list[str] | None = None) -> int:
    asked = _parser().parse_args(arguments)
    try:
        print(_answer(asked))
    except (UnknownSystem, SpecError, NothingFits) as error:
        print(error.args[0] if isinstance(error, UnknownSystem) else error, file=sys.stderr)
        return 1
    except BrokenPipeError:
        sys.stderr.close()
    return 0


def _answer(asked: argparse.Namespace) -> str:
    match asked.command:
        case "list":
            return report.table(
                ["system", "platform", "regime", "recovery", "document"],
                [_line(name) for name in names()],
            )
        case "show":
            system = load(asked.system, Environment(asked.environment))
            return report.as_json(system) if asked.json else report.as_text(system)
        case "compare":
            return report.comparison(load(asked.first), load(asked.second))
        case "diff":
            return report.difference(asked.system)
        case _:
            return requirements.as_markdown()


def _line(name: str) -> list[str]:
    system = load(name)
    laws = ", ".join(law.value for law in system.regime.laws) or report.ABSENT
    return [name, system.full_name, laws, system.objectives.recovery_level.value, system.source.document]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m systems", description="What the source documents ask for, as data."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("list", help="all platforms")
    show = commands.add_parser("show", help="every value of a platform, where it was read and why")
    show.add_argument("system")
    show.add_argument(
        "--environment", choices=[each.value for each in Environment], default=Environment.PRODUCTION.value
    )
    show.add_argument("--json", action="store_true")
    compare = commands.add_parser("compare", help="two platforms side by side")
    compare.add_argument("first")
    compare.add_argument("second")
    diff = commands.add_parser("diff", help="production against staging")
    diff.add_argument("system")
    commands.add_parser("requirements", help="docs/requirements.md, from the ledgers")
    return parser


if __name__ == "__main__":
    sys.exit(main())
