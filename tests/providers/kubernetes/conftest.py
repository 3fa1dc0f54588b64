"""A provider on the session's real API server, a namespace for each test, and three simulated nodes in three zones."""

import itertools
from collections.abc import Callable, Iterator

import pytest

from rehearsal.paths import STACK_DIRECTORY_VARIABLE, StackPaths
from rehearsal.providers.kubernetes import nodes, waiting
from rehearsal.providers.kubernetes.client import Client, Endpoint
from rehearsal.providers.kubernetes.provider import Kubernetes
from tests.engine_runs import EngineRun
from tests.providers.kubernetes.program import Program

ZONES = ["us-east-1a", "us-east-1b", "us-east-1c"]
_numbers = itertools.count(1)


@pytest.fixture
def on_the_stack(emulators: StackPaths, monkeypatch: pytest.MonkeyPatch) -> StackPaths:
    """This process counts as a plugin of the session's stack; waits are short."""
    monkeypatch.setenv(STACK_DIRECTORY_VARIABLE, str(emulators.root))
    monkeypatch.setenv(waiting.LIMIT_VARIABLE, "20")
    return emulators


@pytest.fixture
def client(on_the_stack: StackPaths) -> Client:
    """Somebody beside the program, such as an operator with kubectl."""
    return Client(Endpoint.of(on_the_stack))


@pytest.fixture
def program(on_the_stack: StackPaths) -> Program:
    """Resources of one program, driven through the provider's hooks."""
    provider = Kubernetes()
    provider.configure({})
    return Program(provider)


@pytest.fixture
def another_run(on_the_stack: StackPaths) -> Callable[[], Program]:
    """The same program in a new process of the provider, which remembers nothing."""

    def make() -> Program:
        provider = Kubernetes()
        provider.configure({})
        return Program(provider)

    return make


@pytest.fixture
def namespace(client: Client) -> Iterator[str]:
    name = f"test-{next(_numbers)}"
    body = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}
    client.apply(f"/api/v1/namespaces/{name}", body, manager="test")
    yield name
    client.delete(f"/api/v1/namespaces/{name}", {})


@pytest.fixture(scope="session")
def machines(emulators: StackPaths) -> list[str]:
    """Three nodes that any pod may use; 2 vCPU and 8 GiB each."""
    return nodes.join("tests", "cluster", "m7i.large", 2, 8192, 29, ZONES, 3, {}, [], "us-east-1", paths=emulators)


@pytest.fixture
def kubernetes_run(
    engine_run: Callable[..., EngineRun], emulators: StackPaths, on_the_stack: StackPaths
) -> Callable[..., EngineRun]:
    """Like `engine_run`, against the session's cluster."""
    return lambda program, **options: engine_run(program, emulators=emulators, **options)
