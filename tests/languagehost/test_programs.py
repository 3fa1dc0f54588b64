"""Programs on the real engine, through the rehearsal's own language host."""

import json
import signal
import subprocess
import sys

import pytest

pytestmark = pytest.mark.engine


def test_a_program_reads_its_configuration_and_exports_outputs(engine_run):
    run = engine_run(
        """
        import pulumi
        config = pulumi.Config()
        pulumi.export("who", config.require("who"))
        pulumi.export("list", config.require_object("list"))
        pulumi.export("where", [pulumi.get_project(), pulumi.get_stack(), pulumi.get_organization()])
        pulumi.export("previewed", pulumi.runtime.is_dry_run())
        """,
        config={"lifeline:who": "someone", "lifeline:list": [1, {"two": True}]},
    )
    run.up()
    assert run.outputs() == {
        "who": "someone",
        "list": [1, {"two": True}],
        "where": ["lifeline", run.stack.stack, "organization"],
        "previewed": False,
    }


def test_what_a_program_prints_is_shown(engine_run):
    outcome = engine_run(
        """
        import sys
        print("to stdout")
        print("to stderr", file=sys.stderr)
        """
    ).up()
    assert sorted(outcome.story.said) == ["to stderr", "to stdout"]


def test_a_module_beside_the_program_is_found(engine_run):
    run = engine_run("import pulumi, beside\npulumi.export('value', beside.VALUE)")
    (run.directory / "beside.py").write_text("VALUE = 42")
    run.up()
    assert run.outputs() == {"value": 42}


def test_a_failing_program_shows_its_own_traceback_once(engine_run):
    outcome = engine_run(
        """
        def deep():
            raise LookupError("there is no such thing")

        deep()
        """
    ).up(fails=True)
    (failure,) = outcome.story.failures
    assert failure.text.splitlines()[-1] == "LookupError: there is no such thing"
    assert "in deep" in failure.text
    assert "runpy" not in failure.text
    assert "run_in_stack" not in failure.text
    assert outcome.text.count("LookupError: there is no such thing") == 1


def test_a_syntax_error_names_its_line(engine_run):
    outcome = engine_run("import pulumi\nif True\n    pass\n").up(fails=True)
    (failure,) = outcome.story.failures
    assert "line 2" in failure.text
    assert "SyntaxError" in failure.text


def test_an_error_for_the_user_has_no_traceback(engine_run):
    outcome = engine_run("import pulumi\nraise pulumi.RunError('choose a region')").up(fails=True)
    assert [failure.text for failure in outcome.story.failures] == ["choose a region"]


def test_a_program_that_leaves_with_a_code_fails_the_deployment(engine_run):
    outcome = engine_run("raise SystemExit(3)").up(fails=True)
    assert "it exited with code 3" in outcome.text


def test_a_missing_program_is_named(engine_run):
    run = engine_run("")
    (run.directory / "__main__.py").unlink()
    outcome = run.up(fails=True)
    assert "it should have a __main__.py" in outcome.text


def test_a_failing_apply_fails_the_deployment(engine_run):
    outcome = engine_run(
        """
        import pulumi
        def fail(_):
            raise ValueError("in an apply")
        pulumi.export("x", pulumi.Output.from_input(1).apply(fail))
        """
    ).up(fails=True)
    assert any("ValueError: in an apply" in failure.text for failure in outcome.story.failures)


def test_configuration_does_not_show_in_the_process_list(engine_run):
    run = engine_run(
        """
        import pulumi, os
        pulumi.export("arguments", open("/proc/self/cmdline").read())
        pulumi.export("environment", dict(os.environ))
        pulumi.Config().require_secret("password")
        """,
        config={"lifeline:password": {"secure": "v1:aaaa:bbbb"}},
    )
    run.up()
    (password,) = json.loads((run.stack.root / "generated.json").read_text())["values"].values()
    assert password not in str(run.outputs())


def test_the_engine_asks_what_is_installed(engine_run):
    about = json.loads(engine_run("").engine.ask("about", "--json"))
    assert about["runtime"]["executable"] == sys.executable
    assert {"aws", "kubernetes", "random", "tls", "docker"} <= {plugin["name"] for plugin in about["plugins"]}
    assert "pulumi-aws" in {dependency["name"] for dependency in about["dependencies"]}


def test_an_interrupted_host_ends_at_once(engine_binary):
    host = subprocess.Popen([engine_binary.with_name("pulumi-language-python"), "127.0.0.1:1"], stdout=subprocess.PIPE)
    assert host.stdout is not None
    assert int(host.stdout.readline()) > 0
    host.send_signal(signal.SIGINT)
    assert host.wait(60) == 0
