"""From what Pulumi hands out (the policy SDK, an exported state) to the graph that rules see."""
