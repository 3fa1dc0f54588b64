"""The image of this project's own programs (backups, drills), built with Docker and pushed to the account's registry.

Its tag is what it is made of: the same content is never pushed twice into a registry whose tags cannot be moved;
pods get it by digest. Where the stack names a reference (`lifeline:images.platform`), nothing is built: a pipeline
without Docker, or a release that was tried elsewhere first.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import pulumi
import pulumi_aws as aws
import pulumi_docker as docker
from pulumi import ResourceOptions

from components.aws.registry import Images
from components.naming import Naming
from systems.model import Architecture

PLATFORM = "platform"
#: Of the project; the builder gets it relative, so that a state does not depend on where a checkout lies.
_PROJECT, CONTEXT = Path(__file__).parents[2], "images/backup"
_NOT_CONTENT = {"__pycache__"}


@dataclass(frozen=True, kw_only=True)
class PlatformImageArgs:
    """`pinned` is the stack's own reference; without one the image is built for `architecture`, that of the nodes."""

    images: Images
    account_id: str
    architecture: Architecture
    pinned: str | None = None
    context: str = CONTEXT


class PlatformImage(pulumi.ComponentResource):
    """`reference` is what goes into a pod: a repository of ours with a digest."""

    reference: pulumi.Input[str]

    def __init__(self, name: str, args: PlatformImageArgs, naming: Naming, opts: ResourceOptions | None = None) -> None:
        super().__init__("lifeline:docker:PlatformImage", name, None, opts)
        self._name, self._args, self._naming = name, args, naming
        self.reference = args.images.release(PLATFORM, args.pinned) if args.pinned else self._build()
        self.register_outputs({"reference": self.reference})

    def _build(self) -> pulumi.Output[str]:
        repository = f"{self._args.images.registry}/{self._naming.path(PLATFORM)}"
        built = docker.Image(
            f"{self._name}-build",
            image_name=f"{repository}:{content_tag(_PROJECT / self._args.context)}",
            build={"context": self._args.context, "platform": f"linux/{self._args.architecture.value}"},
            build_on_preview=False,
            registry=self._login(),
            opts=ResourceOptions(parent=self, depends_on=[self._args.images]),
        )
        return built.repo_digest

    def _login(self) -> pulumi.Output[docker.RegistryArgs]:
        """For twelve hours; other credentials make no other image."""
        told = aws.ecr.get_authorization_token_output(
            registry_id=self._args.account_id, opts=pulumi.InvokeOutputOptions(parent=self)
        )
        return told.apply(
            lambda token: docker.RegistryArgs(
                server=self._args.images.registry,
                username=token.user_name,
                password=pulumi.Output.secret(token.password),
            )
        )


def content_tag(context: Path) -> str:
    """The same for the same files, wherever and whenever they were checked out."""
    if not (context / "Dockerfile").is_file():
        raise FileNotFoundError(
            f"{context} has no Dockerfile to build the image {PLATFORM!r} from; "
            f"restore it, or name a built image in lifeline:images.{PLATFORM}"
        )
    digest = hashlib.sha256()
    for file in sorted(each for each in context.rglob("*") if each.is_file() and _NOT_CONTENT.isdisjoint(each.parts)):
        content = hashlib.sha256(file.read_bytes()).hexdigest()
        digest.update(f"{file.relative_to(context).as_posix()} {content}\n".encode())
    return digest.hexdigest()[:16]
