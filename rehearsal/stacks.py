"""Stack files: read, checked, and rewritten for the rehearsal with encrypted values replaced by generated ones."""

import hashlib
import json
import os
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from rehearsal import paths
from rehearsal.engine import Engine
from rehearsal.engine.checkpoint import Checkpoint
from rehearsal.errors import RehearsalError

#: The account of a stack whose file names none.
_DUMMY_ACCOUNT = "123456789012"


@dataclass(frozen=True)
class StackFile:
    """`Pulumi.<stack>.yaml` as it stands in the project."""

    project: str
    stack: str
    file: Path
    config: dict[str, Any]

    @property
    def account(self) -> str:
        """The AWS account the stack says it belongs to."""
        allowed = self.config.get("aws:allowedAccountIds")
        if isinstance(allowed, str):
            allowed = re.findall(r"\d{12}", allowed)
        named = [self.config.get("lifeline:awsAccountId"), *(allowed if isinstance(allowed, list) else [])]
        return next((str(n) for n in named if re.fullmatch(r"\d{12}", str(n))), _DUMMY_ACCOUNT)


def project_name(project: Path = paths.PROJECT) -> str:
    return str(_load(project / "Pulumi.yaml").get("name", ""))


def available(project: Path = paths.PROJECT) -> list[str]:
    return sorted(file.name.removeprefix("Pulumi.").removesuffix(".yaml") for file in project.glob("Pulumi.*.yaml"))


def read(stack: str, project: Path = paths.PROJECT) -> StackFile:
    """The stack file, or an error that names the stacks there are, or the place of the mistake."""
    file = project / f"Pulumi.{stack}.yaml"
    if stack not in available(project):
        there = ", ".join(available(project)) or "none"
        raise RehearsalError(
            f"there is no stack {stack!r} ({file.name} does not exist)",
            ways_out=[f"choose one of: {there}", "for example: make up STACK=prod"],
        )
    config = _load(file).get("config") or {}
    if not isinstance(config, dict):
        raise RehearsalError(f"{file.name}: config should be a mapping of keys to values, not {config!r:.60}")
    bad = [key for key in config if not isinstance(key, str)]
    if bad:
        raise RehearsalError(f"{file.name}: config keys should be text, such as lifeline:system; these are not: {bad}")
    return StackFile(project_name(project), stack, file, config)


def prepare(stack_file: StackFile, engine: Engine) -> None:
    """The stack in the rehearsal's backend, and its file as the engine is to read it."""
    stack = engine.stack
    stack.root.mkdir(parents=True, exist_ok=True)
    paths.engine_state().mkdir(parents=True, exist_ok=True)
    if not Checkpoint(stack_file.project, stack.stack).exists():
        # In a directory of its own: `stack init` writes the salt of its passphrase into the stack file it finds.
        _write(stack.root / "Pulumi.yaml", f"name: {stack_file.project}\nruntime: python\n")
        engine.ask("stack", "init", stack.stack, "--no-select", directory=stack.root)
    _write_config(stack_file, engine)


def _write_config(stack_file: StackFile, engine: Engine) -> None:
    stack = engine.stack
    kept = stack.root / "generated.json"
    remembered: dict[str, Any] = json.loads(kept.read_text()) if kept.exists() else {}
    source = hashlib.sha256(stack_file.file.read_bytes()).hexdigest()
    if remembered.get("source") == source and stack.config.exists():
        return
    before: dict[str, str] = remembered.get("values", {})
    values = {path: before.get(path) or secrets.token_urlsafe(24) for path in _encrypted(stack_file.config)}
    salt = (_load(stack.config) if stack.config.exists() else {}).get("encryptionsalt")
    content = {"config": _without_encrypted(stack_file.config), **({"encryptionsalt": salt} if salt else {})}
    _write(stack.config, yaml.safe_dump(content, sort_keys=False))
    if values:
        settings = [part for path, value in values.items() for part in ("--secret", f"{path}={value}")]
        engine.ask("config", "set-all", "--path", *settings, "--config-file", str(stack.config), "--stack", stack.stack)
    _write(kept, json.dumps({"source": source, "values": values}), mode=0o600)


def _encrypted(config: dict[str, Any]) -> Iterator[str]:
    """Paths of all values that only the real stack's key can decrypt: `name:key.inner[0]`."""
    for key, value in config.items():
        namespace, _, name = key.rpartition(":")
        prefix = f"{namespace}:" if namespace else ""
        plain = re.fullmatch(r"[A-Za-z0-9_-]+", name)
        yield from _encrypted_under(prefix + (name if plain else f"[{json.dumps(name)}]"), value)


def _encrypted_under(path: str, value: Any) -> Iterator[str]:
    if _is_encrypted(value):
        yield path
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _encrypted_under(f"{path}[{json.dumps(str(key))}]", inner)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _encrypted_under(f"{path}[{index}]", inner)


def _without_encrypted(value: Any) -> Any:
    if _is_encrypted(value):
        return ""  # holds the place, in lists above all
    if isinstance(value, dict):
        return {key: _without_encrypted(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_without_encrypted(inner) for inner in value]
    return value


def _is_encrypted(value: Any) -> bool:
    return isinstance(value, dict) and set(value) == {"secure"} and isinstance(value["secure"], str)


def _load(file: Path) -> dict[str, Any]:
    try:
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise RehearsalError(f"there is no {file.name} in {file.parent}") from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = f"{file.name}:{mark.line + 1}:{mark.column + 1}" if mark else file.name
        raise RehearsalError(f"{where}: this is not YAML: {error.problem}") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise RehearsalError(f"{file.name}: this is not YAML: {error}") from None
    if content is None:
        return {}
    if not isinstance(content, dict):
        raise RehearsalError(f"{file.name}: should be a mapping with `config:`, not {content!r:.60}")
    return content


def _write(file: Path, text: str, mode: int = 0o644) -> None:
    temporary = file.with_name(f".{file.name}-{os.getpid()}")
    temporary.touch(mode=mode)
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(file)
