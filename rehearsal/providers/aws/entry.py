"""One declarative entry per AWS resource type: the calls, what forces replacement, the id, what the emulator loses.

`Call`s are functions of a `Live` resource (live.py): `lambda r: r.api("ScheduleKeyDeletion", KeyId=r.id)`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from rehearsal.providers.provider import Failure

if TYPE_CHECKING:
    from rehearsal.providers.aws.live import Live
    from rehearsal.providers.aws.tags import Tags

#: emulated: AWS call accepted by the emulator and read back; validated: request checked against botocore's service
#: model, then recorded, because the emulator lacks the call; recorded: no AWS call exists for it.
Level = Literal["emulated", "validated", "recorded"]
Call = Callable[["Live"], Any]


@dataclass(frozen=True, kw_only=True)
class Entry:
    """How one resource type is rehearsed. Property names are Pulumi's, member names AWS's."""

    type: str
    service: str
    level: Level = "emulated"

    #: The call whose input the properties are placed in and checked against; `root` is the member they go into.
    operation: str = ""
    root: str = ""
    #: More members of that request: a function of the inputs (identifiers of parents, constants).
    also: Call | None = None
    #: Replaces the plain `operation` call where creating takes more than one.
    create: Call | None = None
    #: The resource's id: a JMESPath into the answer of `operation`, or a function of the resource and that answer.
    id: str | Callable[["Live", Any], str] = ""
    #: The live resource as AWS tells it, or None (or a NotFound error) when it is gone.
    read: Call | None = None
    #: Property -> how to change it; "*" for all others. A change nobody handles is an error, never lost in silence.
    update: Mapping[str, Call] = field(default_factory=dict[str, Call])
    delete: Call | None = None

    replace: tuple[str, ...] = ()
    #: Set by their `update` call right after creation, because `operation` cannot take them.
    after: tuple[str, ...] = ()
    #: Known to the provider only; no request carries them.
    not_sent: tuple[str, ...] = ()
    #: Fields the emulator drops or corrupts: the recorded input wins on every read.
    lost: tuple[str, ...] = ()
    #: Where names differ: Pulumi path -> member of the calls ("A.B" leads inside, "" leaves out), for reading as well.
    rename: Mapping[str, str] = field(default_factory=dict[str, str])
    #: Outputs that are not members of the answer under a like name.
    outputs: Callable[["Live", Any], Mapping[str, Any]] | None = None
    arn: str = ""
    defaults: Mapping[str, Any] = field(default_factory=dict[str, Any])
    #: Members inside an input object that AWS fills in (dotted): unknown until the resource exists.
    filled_in: tuple[str, ...] = ()
    #: Further rules that AWS enforces and neither schema nor service model knows.
    check: Callable[[Mapping[str, Any]], list[Failure]] | None = None
    #: Rules that hold for a resource that is to be created, not for one that exists.
    check_new: Callable[[Mapping[str, Any]], list[Failure]] | None = None
    tags: "Tags | None" = None
    #: Inputs that the official provider fills in by itself when the program leaves them out: sent, judged and kept.
    presets: Mapping[str, Any] = field(default_factory=dict[str, Any])
    #: The property that is the physical name; filled in from the URN when the program leaves it out.
    name: str = ""
    name_limit: int = 64
    #: Only one can exist at a time (of a parent, in an account): the old one goes before its replacement comes.
    alone: bool = False
    #: Tags belong into `root`, not beside it.
    tags_in_root: bool = False
    #: What must hold beside AWS's own record once it exists (machines, definitions): run after creation and after
    #: adoption of what an interrupted run left half made, so it finds its work done or does it.
    settle: Call | None = None
    #: Finds the id of a resource that exists under its fixed name, for adoption after an interrupted creation.
    find: Callable[["Live"], str | None] | None = None

    #: The CloudFormation type the second witness translates to, "" where there is none; renames for that side.
    twin: str = ""
    twin_rename: Mapping[str, str] = field(default_factory=dict[str, str])
    #: What CloudFormation demands and the official provider fills in by itself.
    twin_defaults: Mapping[str, Any] = field(default_factory=dict[str, Any])

    def updater(self, name: str) -> Call | None:
        if name in ("tags", "tagsAll") and self.tags is not None:
            return self.tags.update
        return self.update.get(name) or self.update.get("*")
