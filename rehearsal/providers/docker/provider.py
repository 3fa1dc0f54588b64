"""The Image of pulumi-docker. Everything else of Docker acts on a daemon and is not rehearsed."""

import hashlib
import json
import logging
import platform
import re
from pathlib import Path
from typing import Any

from rehearsal.providers import schema
from rehearsal.providers.differences import Change, changes
from rehearsal.providers.docker import daemon
from rehearsal.providers.docker.context import Context
from rehearsal.providers.docker.dockerfile import Dockerfile
from rehearsal.providers.provider import Failure, Provider, Refused, Resource
from rehearsal.providers.wire import UNKNOWN, Secret, has_unknown

Values = dict[str, Any]

IMAGE = "docker:index/image:Image"
_ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}
_BUILDERS = ("BuilderV1", "BuilderBuildKit")
_DOMAIN = r"(?:localhost|[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+|[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*:[0-9]+|localhost:[0-9]+)"
_COMPONENT = r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*"
_IMAGE_NAME = re.compile(rf"(?:({_DOMAIN})/)?{_COMPONENT}(?:/{_COMPONENT})*(?::\w[\w.-]{{0,127}})?")
#: The registry of an emulated account exists nowhere; the real one of that name must not be touched.
_EMULATED_REGISTRY = re.compile(r"\d{12}\.dkr[.-]ecr\..+|public\.ecr\.aws")


class DockerProvider(Provider):
    package = "docker"

    def __init__(self) -> None:
        super().__init__()
        self.version = schema.sdk_version("docker")
        described = schema.load("docker", [IMAGE]).resource(IMAGE)
        if described is None:
            raise LookupError(f"pulumi_docker {self.version} has no {IMAGE}")
        self._schema = described

    def check(self, resource: Resource, news: Values, olds: Values) -> tuple[Values, list[Failure]]:
        _supported(resource)
        given = {name: value for name, value in news.items() if value is not None}
        if isinstance(given.get("build"), dict):
            given["build"] = {name: value for name, value in given["build"].items() if name != "contextDigest"}
        failures = schema.check(self._schema, given)
        if failures:
            return news, failures
        failures = _name_problems(given)
        build = given.get("build", {})
        if build is UNKNOWN or has_unknown([build.get("context"), build.get("dockerfile")]):
            return _with_secrets(given), failures
        failures += _build_problems(build)
        if not failures:
            digest = Context(Path(build.get("context", ".")), _dockerfile(build)).digest()
            given["build"] = {"platform": _own_platform(), **build, "contextDigest": digest}
        return _with_secrets(given), failures

    def diff(self, resource: Resource, old_inputs: Values, olds: Values, news: Values) -> list[Change]:
        return changes(_compared(old_inputs), _compared(news))

    def create(self, resource: Resource, inputs: Values, preview: bool) -> tuple[str, Values]:
        _supported(resource)
        return ("" if preview else inputs["imageName"]), self._built(inputs, preview)

    def update(
        self, resource: Resource, old_inputs: Values, olds: Values, news: Values, preview: bool
    ) -> dict[str, Any]:
        return self._built(news, preview)

    def read(self, resource: Resource, inputs: Values, state: Values) -> tuple[Values, Values] | None:
        if not state:
            raise Refused("a docker Image cannot be imported: what it was built from cannot be told from its name")
        return inputs, state

    def _built(self, inputs: Values, preview: bool) -> Values:
        build = inputs["build"]
        name = inputs["imageName"]
        outputs: Values = {
            "imageName": name,
            "baseImageName": UNKNOWN,
            "repoDigest": UNKNOWN,
            "registryServer": UNKNOWN,
        }
        if build is UNKNOWN:
            return outputs | dict.fromkeys(("context", "dockerfile", "platform"), UNKNOWN)
        outputs |= {"platform": build.get("platform", UNKNOWN), "context": build.get("context", ".")}
        outputs["dockerfile"] = build.get("dockerfile", UNKNOWN)
        if has_unknown(inputs) or (preview and not inputs.get("buildOnPreview")):
            return outputs
        outputs["dockerfile"] = str(_dockerfile(build))
        outputs["baseImageName"] = name
        registry = inputs.get("registry") or {}
        outputs["registryServer"] = registry.get("server") or ""
        computed = f"sha256:{_image_digest(build)}"
        if not inputs.get("skipPush"):
            computed = f"{_repository(name)}@{computed}"
        outputs["repoDigest"] = self._make(inputs, preview) or computed
        return outputs

    def _make(self, inputs: Values, preview: bool) -> str | None:
        """Builds and pushes where that is possible; None leaves the image with the computed digest."""
        name, build = inputs["imageName"], inputs["build"]
        if reason := daemon.absent():
            logging.info("%s: %s; its digest is computed from the build context", name, reason)
            return None
        login = _login(inputs)
        daemon.build(
            daemon.Build(
                name=name,
                context=Path(build.get("context", ".")),
                dockerfile=_dockerfile(build),
                platform=build["platform"],
                target=build.get("target", ""),
                network=build.get("network", ""),
                builder_version=build.get("builderVersion", ""),
                arguments=build.get("args") or {},
                add_hosts=tuple(build.get("addHosts") or ()),
                cache_from=tuple((build.get("cacheFrom") or {}).get("images") or ()),
            ),
            login,
        )
        if inputs.get("skipPush"):
            return daemon.image_id(name)
        if preview:
            return None
        if _EMULATED_REGISTRY.fullmatch(_domain(name)):
            logging.info("%s: built, not pushed: the registry of an emulated account does not exist", name)
            return None
        return daemon.push(name, login)


def _supported(resource: Resource) -> None:
    if resource.type != IMAGE:
        raise Refused(
            f"{resource.type} is not rehearsed: of pulumi-docker a rehearsal has {IMAGE} only. "
            "Containers, networks and volumes need a Docker daemon; in a rehearsal applications run on Kubernetes"
        )


def _dockerfile(build: Values) -> Path:
    """Relative to the project, as the official provider has it; without one, the context's own."""
    return Path(build["dockerfile"]) if build.get("dockerfile") else Path(build.get("context", ".")) / "Dockerfile"


def _own_platform() -> str:
    return f"linux/{_ARCHITECTURES.get(platform.machine(), platform.machine())}"


def _name_problems(inputs: Values) -> list[Failure]:
    name = inputs["imageName"]
    if name is UNKNOWN:
        return []
    match = _IMAGE_NAME.fullmatch(name)
    if match is None:
        return [Failure("imageName", "must read [registry/]repository[:tag], lower case but for the tag")]
    if not match[1] and inputs.get("skipPush") is not True and inputs.get("skipPush") is not UNKNOWN:
        advice = "name its registry in full, such as docker.io/repository/image:tag, or set skipPush"
        return [Failure("imageName", f"cannot be pushed: {advice}")]
    return []


def _build_problems(build: Values) -> list[Failure]:
    context, dockerfile = Path(build.get("context", ".")), _dockerfile(build)
    found: list[Failure] = []
    builder = build.get("builderVersion")
    if isinstance(builder, str) and builder not in _BUILDERS:
        found.append(Failure("build.builderVersion", f"must be one of {', '.join(_BUILDERS)}"))
    if not context.is_dir():
        return [*found, Failure("build.context", f"must be a directory; {context} is not, seen from {Path.cwd()}")]
    if not dockerfile.is_file():
        beside = context / dockerfile
        hint = f"; did you mean {beside}?" if beside.is_file() else f", seen from {Path.cwd()}"
        return [*found, Failure("build.dockerfile", f"there is no file {dockerfile}{hint}")]
    try:
        parsed = Dockerfile(dockerfile.read_text(encoding="utf-8"))
    except UnicodeDecodeError:
        return [*found, Failure("build.dockerfile", f"{dockerfile} is not text in UTF-8")]
    lines = [(problem.line, problem.reason) for problem in parsed.problems]
    seen = Context(context, dockerfile)
    lines += [
        (copy.line, reason)
        for copy in parsed.copies
        for source in copy.sources
        if (reason := seen.problem_with(source))
    ]
    found += [Failure("build.dockerfile", f"{dockerfile}:{line}: {reason}") for line, reason in sorted(lines)]
    target = build.get("target")
    if isinstance(target, str) and target and not parsed.has_stage(target):
        stages = ", ".join(filter(None, parsed.stages)) or "none with a name"
        found.append(Failure("build.target", f"is no stage of {dockerfile}; it has {stages}"))
    return found


def _with_secrets(inputs: Values) -> Values:
    """The password of a registry is secret, whether the program says so or not."""
    registry = inputs.get("registry")
    if isinstance(registry, dict) and isinstance(registry.get("password"), str):
        return {**inputs, "registry": {**registry, "password": Secret(registry["password"])}}
    return inputs


def _compared(inputs: Values) -> Values:
    """Who logs in to the registry changes no image."""
    registry = inputs.get("registry")
    if not isinstance(registry, dict):
        return inputs
    server = {name: value for name, value in registry.items() if name == "server"}
    return {**inputs, "registry": server or None}


def _image_digest(build: Values) -> str:
    """Of all that goes into an image; where it lies and who builds it does not."""
    parts = {name: value for name, value in build.items() if name not in ("context", "dockerfile", "cacheFrom")}
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _domain(name: str) -> str:
    match = _IMAGE_NAME.fullmatch(name)
    return (match[1] if match else None) or "docker.io"


def _repository(name: str) -> str:
    directory, slash, last = name.rpartition("/")
    return directory + slash + last.partition(":")[0]


def _login(inputs: Values) -> daemon.Login | None:
    registry = inputs.get("registry") or {}
    if not registry.get("username") or not registry.get("password"):
        return None
    server = registry.get("server") or _domain(inputs["imageName"])
    return daemon.Login(server, registry["username"], registry["password"])
