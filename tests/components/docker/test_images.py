"""The image that this project builds: when it is, under which name, and what pods are given."""

from pathlib import Path

import pytest

from components.aws.registry import Images, ImagesArgs
from components.docker.images import PlatformImage, PlatformImageArgs, content_tag
from components.naming import Naming
from systems import registry
from systems.model import Architecture
from tests.components.recording import Registered, of, only, registrations

ACCOUNT, V2 = "111122223333", registry.load("astral-core-v2")
REGISTRY = f"{ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com"
PINNED = "ghcr.io/lifeline/platform@sha256:" + "5" * 64
NAMING = Naming(system=V2.name, environment="production", account_id=ACCOUNT, owner="someone")


@pytest.fixture
def context(tmp_path: Path) -> Path:
    (tmp_path / "program").mkdir()
    (tmp_path / "Dockerfile").write_text("FROM scratch\nCOPY program /program\n")
    (tmp_path / "program" / "main.py").write_text("print()\n")
    return tmp_path


def made(context: Path, pinned: str | None = None) -> tuple[list[Registered], list[str]]:
    references: list[str] = []

    def program() -> None:
        args = ImagesArgs(
            system=V2, account_id=ACCOUNT, region="us-east-1", key_arn="arn:key", releases={}, third_party={}
        )
        images = Images("images", args, NAMING)
        image = PlatformImage(
            "platform-image",
            PlatformImageArgs(
                images=images,
                account_id=ACCOUNT,
                architecture=Architecture.ARM64,
                pinned=pinned,
                context=str(context),
            ),
            NAMING,
        )
        if pinned:
            references.append(str(image.reference))

    return registrations(program), references


def test_it_is_built_for_the_nodes_under_a_tag_of_its_content(context: Path) -> None:
    image = only(made(context)[0], "docker:index/image:Image").inputs
    assert image["imageName"] == f"{REGISTRY}/astral-core-v2/prod/platform:{content_tag(context)}"
    assert image["build"] == {"context": str(context), "platform": "linux/arm64"}
    assert image["buildOnPreview"] is False


def test_its_repository_is_there_before_it_and_takes_no_tag_twice(context: Path) -> None:
    repository = only(made(context)[0], "repository:Repository", "-platform").inputs
    assert repository["name"] == "astral-core-v2/prod/platform"
    assert repository["imageTagMutability"] == "IMMUTABLE"


def test_an_image_the_stack_names_is_not_built_again(context: Path) -> None:
    found, references = made(context, PINNED)
    assert of(found, "docker:index/image:Image") == []
    assert references == [f"{REGISTRY}/astral-core-v2/prod/platform@sha256:{'5' * 64}"]


def test_the_tag_follows_the_content_alone(context: Path) -> None:
    before = content_tag(context)
    (context / "program" / "__pycache__").mkdir()
    (context / "program" / "__pycache__" / "main.pyc").write_bytes(b"compiled")
    (context / "program" / "main.py").touch()
    assert content_tag(context) == before
    (context / "program" / "main.py").write_text("print(1)\n")
    assert content_tag(context) != before


def test_a_context_that_is_not_whole_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"no Dockerfile .*lifeline:images\.platform"):
        content_tag(tmp_path)
