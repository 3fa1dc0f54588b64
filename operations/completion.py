"""Completion for bash, as text to evaluate: targets, stacks and options of `make`, and a command `operations`.

eval "$(make -s completion)"
"""

import os
import shlex
import sys
from pathlib import Path

#: Set while bash asks for completions of the command: Typer's protocol.
VARIABLE = "_OPERATIONS_COMPLETE"

# bash divides `STACK=pr` into three words, since `=` is one of its word breaks.
_SCRIPT = r"""
_lifeline_make() {
    local word="${COMP_WORDS[COMP_CWORD]}" before="" two_before=""
    [ "$COMP_CWORD" -ge 1 ] && before="${COMP_WORDS[COMP_CWORD-1]}"
    [ "$COMP_CWORD" -ge 2 ] && two_before="${COMP_WORDS[COMP_CWORD-2]}"
    if [ "$word" = "=" ]; then word="" two_before="$before" before="="; fi
    if [ "$before" = "=" ]; then
        [ "$two_before" = STACK ] || return 0
        local stacks file
        for file in Pulumi.*.yaml; do file="${file#Pulumi.}"; stacks="$stacks ${file%.yaml}"; done
        COMPREPLY=( $(compgen -W "$stacks" -- "$word") )
        return 0
    fi
    [ -f Makefile ] || return 0
    local targets options
    targets="$(awk -F: '/^[a-z]+:.*## / { print $1 }' Makefile)"
    options="$(grep -o '[A-Z]*=[<1]' Makefile | cut -d= -f1 | sort -u | sed 's/$/=/')"
    COMPREPLY=( $(compgen -W "$targets STACK= $options" -- "$word") )
    case "${COMPREPLY[0]}" in *=) compopt -o nospace ;; esac
}
complete -o default -F _lifeline_make make

operations() { (cd @PROJECT@ && @PYTHON@ -m operations "$@"); }
_lifeline_operations() {
    local IFS=$'\n'
    COMPREPLY=( $(COMP_WORDS="${COMP_WORDS[*]}" COMP_CWORD=$COMP_CWORD @VARIABLE@=complete_bash operations) )
}
complete -o default -F _lifeline_operations operations
"""


def completion() -> None:
    """Print completion for bash, to be evaluated: eval "$(make -s completion)"."""
    project = Path(__file__).resolve().parent.parent
    filled = {"@PROJECT@": shlex.quote(str(project)), "@PYTHON@": shlex.quote(sys.executable), "@VARIABLE@": VARIABLE}
    text = _SCRIPT
    for name, value in filled.items():
        text = text.replace(name, value)
    print(text)


def program_name() -> str | None:
    """Typer answers bash only under the name that bash knows."""
    return "operations" if VARIABLE in os.environ else None
