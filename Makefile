# Every target sets up what it needs: .venv from the pinned lock, then the tools (cached per user).
STACK ?= prod
PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python
REHEARSAL := $(RUN) -m rehearsal

.DEFAULT_GOAL := help
.PHONY: help up preview down status outputs logs env tools policy health completion test lint prove bench clean lock bootstrap backend plan comment deploy drift gates rollout close reopen aftermath approvals evidence keep
# An interrupted command must not take the environment with it.
.PRECIOUS: $(VENV)/.installed

help: ## list what can be made (this is the default)
	@awk -F ':.*## ' '/^[a-z]+:.*## / { gsub(/\$$\$$/, "$$"); printf "  make %-10s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))
	@echo "  Each takes STACK=<name>; the default is prod."

up: $(VENV)/.installed ## make the stack stand, offline: real engine, emulated AWS, real Kubernetes API (NO_POLICY=1: whatever the policies say)
	@$(REHEARSAL) up $(STACK) $(if $(NO_POLICY),--no-policy)

preview: $(VENV)/.installed ## show what up would do (DIFF=1: property by property, NO_POLICY=1: unjudged)
	@$(REHEARSAL) preview $(STACK) $(if $(DIFF),--diff) $(if $(NO_POLICY),--no-policy)

down: $(VENV)/.installed ## destroy the stack, end its processes, leave nothing (DISCARD=1: without destroying)
	@$(REHEARSAL) down $(STACK) $(if $(DISCARD),--discard)

status: $(VENV)/.installed ## which processes run, and what stands in them
	@$(REHEARSAL) status $(STACK)

outputs: $(VENV)/.installed ## the stack's outputs as JSON (SECRETS=1: secret ones too)
	@$(REHEARSAL) outputs $(STACK) $(if $(SECRETS),--secrets)

logs: $(VENV)/.installed ## list the logs (NAME=<log>: print one, FOLLOW=1: and go on)
	@$(REHEARSAL) logs $(STACK) $(if $(NAME),--name $(NAME)) $(if $(FOLLOW),--follow)

env: $(VENV)/.installed ## exports for the plain pulumi command: eval "$$(make -s env)"
	@$(REHEARSAL) env $(STACK)

tools: $(VENV)/.installed ## get the tools: from PATH, official releases, or built from Go modules
	@$(REHEARSAL) tools

policy: $(VENV)/.installed ## preview the stack under the policy pack (PACK=<directory>)
	@$(REHEARSAL) policy $(STACK) $(if $(PACK),--pack $(PACK))

health: $(VENV)/.installed ## smoke checks of what stands (REHEARSED=1: of the rehearsal, STRICT=1, JSON=1, WITHIN=<seconds>)
	@$(RUN) -m operations health $(STACK) $(if $(REHEARSED),--rehearsal) $(if $(STRICT),--strict) $(if $(JSON),--json) \
		$(if $(WITHIN),--within $(WITHIN)) $(if $(OUTPUTS),--outputs $(OUTPUTS))

completion: $(VENV)/.installed ## completion for bash: eval "$$(make -s completion)"
	@$(RUN) -m operations completion

bootstrap: $(VENV)/.installed ## make the place of the real stack's state in its account: bucket, keys (CHECK=1: only look)
	@$(RUN) -m operations state $(if $(CHECK),check,create) $(STACK)

backend: $(VENV)/.installed ## where the real stack's state lives: export PULUMI_BACKEND_URL="$$(make -s backend)"
	@$(RUN) -m operations state backend $(STACK)

plan: $(VENV)/.installed ## preview the real stack under the policy pack, with the page of what it would do
	@$(RUN) -m operations plan $(STACK)

comment: $(VENV)/.installed ## put the plans of all stacks on a pull request (PULL=<number>)
	@$(RUN) -m operations comment $(PULL)

deploy: $(VENV)/.installed ## make the real stack what the program says, under the policy pack
	@$(RUN) -m operations deploy $(STACK)

drift: $(VENV)/.installed ## compare the account with the state, and judge the state that stands
	@$(RUN) -m operations drift $(STACK)

# How gates are asked: STRICT=1: what cannot be asked stops; CONNECT_TO and AUTHORITY before names lead to the door.
ASKED = $(if $(STRICT),--strict) $(if $(CONNECT_TO),--connect-to $(CONNECT_TO)) $(if $(AUTHORITY),--authority $(AUTHORITY))

gates: $(VENV)/.installed ## ask the document's gates of a release (TIME=after, STRICT=1: what cannot be asked stops)
	@$(RUN) -m operations gates $(STACK) $(if $(TIME),--time $(TIME)) $(ASKED)

rollout: $(VENV)/.installed ## lead a candidate to everybody by the document's steps and gates (WATCH=<seconds>)
	@$(RUN) -m operations rollout $(STACK) $(if $(WATCH),--watch $(WATCH)) $(if $(EVERY),--every $(EVERY)) $(ASKED)

close: $(VENV)/.installed ## before a release that needs maintenance: tell visitors, stop services in order
	@$(RUN) -m operations close $(STACK)

reopen: $(VENV)/.installed ## behind it: start services in order, ask the gates, let visitors in (WITHIN=<seconds>)
	@$(RUN) -m operations reopen $(STACK) $(if $(WITHIN),--within $(WITHIN)) $(ASKED)

aftermath: $(VENV)/.installed ## the report that the document wants some hours after a release, once it is due
	@$(RUN) -m operations aftermath $(STACK)

approvals: $(VENV)/.installed ## who has to approve a release, as environments of the repository (TIME=after)
	@$(RUN) -m operations approvals $(STACK) $(if $(TIME),--time $(TIME))

evidence: $(VENV)/.installed ## what an auditor is given of the real stack, in .delivery/<stack>
	@$(RUN) -m operations evidence $(STACK)

keep: $(VENV)/.installed ## put that evidence where nobody can change it: the stack's bucket of evidence
	@$(RUN) -m operations keep $(STACK)

test: $(VENV)/.installed ## all tests but the campaigns (ONLY=<expression>: those whose name matches)
	@$(REHEARSAL) tools
	@$(RUN) -m tests $(if $(ONLY),-k "$(ONLY)")

lint: $(VENV)/.installed ## style, formatting and types
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/ruff format --check .
	@$(VENV)/bin/basedpyright

prove: $(VENV)/.installed ## the long campaigns (ONLY=<text>: those whose name contains it)
	@$(REHEARSAL) prove $(if $(ONLY),--only "$(ONLY)")

bench: $(VENV)/.installed ## seconds of each command on a fresh workspace
	@$(REHEARSAL) bench $(STACK)

clean: $(VENV)/.installed ## throw away all rehearsals of this checkout (TOOLS=1: the cached tools too)
	@$(REHEARSAL) clean $(if $(TOOLS),--tools)

lock: $(VENV)/.installed ## pin requirements.in anew, with hashes
	@$(VENV)/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --upgrade \
		--custom-compile-command "make lock" --no-emit-index-url --output-file requirements.lock requirements.in
	@git --no-pager diff --stat -- requirements.lock

# The stamp holds the lock's content: a lock that was only touched, or came back with a branch, costs nothing.
$(VENV)/.installed: requirements.lock
	@cmp -s requirements.lock $@ && touch $@ || { \
		$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
			{ echo "error: Python 3.11 or newer is needed; name it: make PYTHON=python3.12" >&2; exit 1; }; \
		echo "installing the pinned dependencies into $(VENV) ..." >&2; \
		$(PYTHON) -m venv $(VENV) && \
		$(RUN) -m pip --disable-pip-version-check install --quiet --require-hashes -r requirements.lock >&2 && \
		cp requirements.lock $@; }
