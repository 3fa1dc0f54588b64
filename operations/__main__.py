"""`python -m operations COMMAND`: what acts on environments that stand."""

from operations.cli import main

main()
