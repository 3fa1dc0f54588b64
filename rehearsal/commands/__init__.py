"""What the commands of the rehearsal do; cli.py says how they are called.

stage.py      everything an engine run needs: tools, emulators, plugins, a sound state
deploy.py     up, preview, policy
teardown.py   down, clean
look.py       status, outputs, logs, env, tools
measure.py    prove, bench
reporting.py    what a preview means, in the terminal and as files
telling.py    the engine's story in the words of the terminal
"""
