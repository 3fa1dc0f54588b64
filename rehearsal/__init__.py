"""The rehearsal: a whole environment on one machine, offline, with the real engine.

    toolchain/    gets the engine, the Kubernetes control plane, kwok and etcd
    processes/    starts, checks and ends the emulators
    languagehost/ runs the Pulumi program for the engine
    providers/    rehearsal stand-ins for the provider plugins
    witness/      a second opinion on the AWS resources
    cli.py        what `make` calls

Nothing in `__main__.py`, `components/`, `systems/` or `rendering/` knows this package.
"""
