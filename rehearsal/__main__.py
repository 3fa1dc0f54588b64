"""`python -m rehearsal COMMAND [STACK]`."""

from rehearsal.cli import main

main()
