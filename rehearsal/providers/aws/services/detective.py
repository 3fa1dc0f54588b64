"""The behaviour graph of Detective."""

from rehearsal.providers.aws import tags
from rehearsal.providers.aws.entry import Entry

ENTRIES = (
    Entry(
        type="aws:detective/graph:Graph",
        service="detective",
        level="validated",
        operation="CreateGraph",
        id=lambda r, answer: r.arn("arn:{partition}:detective:{region}:{account}:graph:") + r.invented("", 32),
        delete=lambda r: r.api("DeleteGraph", GraphArn=r.id),
        outputs=lambda r, live: {"graphArn": r.id, "createdTime": r.state.get("createdTime", "")},
        alone=True,
        tags=tags.mapped(resource="ResourceArn", of=lambda r: r.id, send="Tags", members="Tags", keys="TagKeys"),
        twin="AWS::Detective::Graph",
    ),
)
