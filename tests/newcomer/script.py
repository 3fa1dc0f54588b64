"""What somebody new does in the first hour: the commands of the README's chapter, in its order, as data."""

from dataclasses import dataclass

STACK = "being-staging"


@dataclass(frozen=True, kw_only=True)
class Step:
    """One command. `keeps` says which lines of its answer the transcript holds; the others are many, or none of its.
    `shows` must stand in the answer and `hides` must not, whatever the width of its columns."""

    says: str
    command: str
    keeps: str
    shows: tuple[str, ...] = ()
    hides: tuple[str, ...] = ()
    codes: tuple[int, ...] = (0,)
    whole_only: bool = False
    """Costs minutes of two cores: left out where only half an hour is there."""


STEPS = (
    Step(
        says="What can be made",
        command="make",
        keeps=r"make (help|up|down|status|policy|health) |Each takes",
        shows=("make up ", "Each takes STACK=<name>"),
    ),
    Step(
        says="An environment, from nothing",
        command=f"make up STACK={STACK}",
        keeps="^[✓✗]",
        shows=(f"✓ {STACK} is up",),
        whole_only=True,
    ),
    Step(
        says="What runs",
        command=f"make status STACK={STACK}",
        keeps="process|moto|etcd|kube|kwok|being-staging",
        shows=("kube-apiserver", f"{STACK}: "),
        hides=("does not answer", "gone"),
        whole_only=True,
    ),
    Step(
        says="Whether it is well",
        command=f"make health STACK={STACK} REHEARSED=1",
        keeps="^[✓✗]|^being-staging|/crisis/988/status",
        shows=("✓ database", "✓ cache", "✓ DNS", "? 988", " sound, "),
        hides=("✗",),
        whole_only=True,
    ),
    Step(
        says="A rule broken on purpose: the database gets a public address",
        command='sed -i.sound \'s/"publicly_accessible": False/"publicly_accessible": True/\' '
        "components/aws/postgres.py",
        keeps=".",
    ),
    Step(
        says="What the rules say to that",
        command=f"make policy STACK={STACK}",
        keeps="LL-FWL-030|^reports:|^make: ",
        shows=("aws:rds/instance:Instance database-primary: ", "LL-FWL-030", "Fix: publicly_accessible=False"),
        codes=(2,),
    ),
    Step(
        says="Mended",
        command="mv components/aws/postgres.py.sound components/aws/postgres.py",
        keeps=".",
    ),
    Step(
        says="Asked again",
        command=f"make policy STACK={STACK}",
        keeps="LL-FWL-030|^reports:",
        shows=("reports: ",),
        hides=("LL-FWL-030",),
        codes=(0, 2),  # 2 as long as the stack itself has other findings
    ),
    Step(
        says="And gone again",
        command=f"make down STACK={STACK}",
        keeps="is down",
        shows=(f"✓ {STACK} is down",),
    ),
)
