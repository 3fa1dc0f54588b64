"""The shop's stack once more, by somebody who looked twice: still plain resources, still nothing of Lifeline's."""

import account
import data
import inside
import network
import way_in

keys = account.keys()
account.guard(keys)
grounds = network.made(keys)
data.made(keys, grounds)
cluster = way_in.made(keys, grounds)
inside.made(keys, cluster)
