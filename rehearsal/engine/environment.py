"""The environment of every engine run: nothing of the user's own accounts gets in, nothing leaves the machine."""

import contextlib
import json
import os
import secrets
from pathlib import Path

from rehearsal import paths
from rehearsal.paths import STACK_DIRECTORY_VARIABLE, StackPaths

#: Settings of the user's that would lead a plugin to a real account, another state or another interpreter.
_FOREIGN_PREFIXES = ("PULUMI_", "AWS_", "KUBE", "KUBERNETES_", "LIFELINE_REHEARSAL_", "PYTHON")
#: How the Kubernetes provider treats objects, such as those of a cluster that is gone.
_HARMLESS_PREFIX = "PULUMI_K8S_"
_FOREIGN = {"VIRTUAL_ENV", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "GRPC_PROXY", "BOTO_CONFIG"}

#: A port on which nothing listens: what asks AWS before the emulator is up is refused at once.
_NOWHERE = "http://127.0.0.1:1"


def settings(stack: StackPaths) -> dict[str, str]:
    """What the rehearsal sets for the engine and its plugins; `make env` exports the same."""
    passphrase = _passphrase_file()
    return {
        "PULUMI_HOME": str(paths.engine_home()),
        # Sidecar files with checksums nobody reads were a quarter of what the engine had to do for a step.
        "PULUMI_BACKEND_URL": f"{paths.engine_state().as_uri()}?metadata=skip",
        "PULUMI_STACK": stack.stack,
        "PULUMI_CONFIG_PASSPHRASE_FILE": str(passphrase),
        # The state is written once, at the end: written at each step it was nine tenths of what an update of prod cost.
        # What an engine that is killed never wrote down the providers' ledger knows (see recovery.py).
        "PULUMI_SKIP_CHECKPOINTS": "true",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        # A pulumi-resource-aws on the user's PATH would otherwise be preferred to the rehearsal's.
        "PULUMI_IGNORE_AMBIENT_PLUGINS": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "PULUMI_DEBUG_COMMANDS": "true",  # without it the engine has no --event-log
        STACK_DIRECTORY_VARIABLE: str(stack.root),
        "AWS_ACCESS_KEY_ID": "rehearsal",
        "AWS_SECRET_ACCESS_KEY": "rehearsal",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_ENDPOINT_URL": _emulator_address(stack),
        "KUBECONFIG": os.devnull,
    }


def environment(stack: StackPaths) -> dict[str, str]:
    """The user's environment without what is foreign, with the rehearsal's settings."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name.upper().startswith(_HARMLESS_PREFIX)
        or (not name.upper().startswith(_FOREIGN_PREFIXES) and name.upper() not in _FOREIGN)
    }
    kept["PATH"] = f"{paths.binaries()}{os.pathsep}{kept.get('PATH', os.defpath)}"
    return {**kept, **settings(stack)}


def _passphrase_file() -> Path:
    """Made once for all stacks; the link settles who wins when two commands start at once."""
    file = paths.workspace() / "passphrase"
    if file.exists():
        return file
    file.parent.mkdir(parents=True, exist_ok=True)
    temporary = file.with_name(f".passphrase-{os.getpid()}")
    try:
        temporary.touch(mode=0o600)
        temporary.write_text(secrets.token_urlsafe(32))
        with contextlib.suppress(FileExistsError):
            file.hardlink_to(temporary)
    finally:
        temporary.unlink(missing_ok=True)
    return file


def _emulator_address(stack: StackPaths) -> str:
    try:
        return json.loads(stack.endpoints.read_text())["aws"]["url"]
    except (OSError, ValueError, KeyError):
        return _NOWHERE
