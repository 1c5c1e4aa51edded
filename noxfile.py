# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The gates that a change must pass, and the other tasks of this repository. `nox --list` shows them.

`nox --parallel 3` runs every gate, `nox -s lint types` runs two, and `nox -s tests -- tests/core -k plan` passes arguments to
pytest. A session `env-NAME` creates an environment that gates share. A gate whose Python is not installed is skipped; it fails
when the variable CI is set.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import nox
from nox.command import CommandFailed

sys.path.insert(0, str(Path(__file__).parent))

from tests.support.working_tree import copy_working_tree
from tools import collection
from tools.environments import (
    LOCKS,
    OLDEST_FOR_TOOLS,
    ROOT,
    Controller,
    Environment,
    controllers,
    environments,
    group,
    interpreter,
    oldest_and_newest,
    pythons,
)

nox.needs_version = ">=2026.10.20"
nox.options.default_venv_backend = "uv"
nox.options.reuse_venv = "yes"
nox.options.allow_parallel = True
os.environ["UV_PYTHON_DOWNLOADS"] = "never"
# The gates start Python very often: ansible-playbook takes 0.35 s to start with compiled modules and 0.85 s without.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

ENVIRONMENTS = environments()
# The tests that run Ansible as ANSIBLE_BIN says, for each ansible-core: alone, and with other collections.
PLAYBOOKS = "tests/collection"
ROLES = "tests/roles"
# A new user's first steps, on a clone.
NEWCOMER = "tests/newcomer"
# The documentation site in a browser.
SITE = "tests/site"
# The packages that are published.
RELEASE = "tests/release"
# The rulebook with ansible-rulebook, which needs Java.
RULEBOOK = "tests/rulebook"
# The tests that have a session of their own.
ELSEWHERE = (PLAYBOOKS, ROLES, NEWCOMER, SITE, RELEASE, RULEBOOK, "tests/unit")
# The tests that need more than the package: a browser, Ansible, type checkers, another server, or the working tree.
DEVELOPMENT = (
    "tests/acceptance",
    "tests/core/typed",
    "tests/docs",
    "tests/house",
    "tests/monitoring",
    "tests/notebook/live",
    "tests/preflight/redis/test_valkey.py",
)
# The tests of the core and of preflight, and the least percentage of their lines and branches that these tests run, just below
# what a complete run gave. Raise it when the report shows more. Coverage takes three quarters more
# processor time.
COVERED = ("tests/core", "tests/preflight", "tests/cli/test_preflight.py", "tests/inspect")
COVERAGE = {"core": 99.2, "preflight": 97.5}
# The least percentage of mutants that tests of the core detect, just below what a complete run gave.
MUTANTS = 99.0
# A test that hangs fails, and shows where.
PYTEST = ("pytest", "--timeout=300")

Body = Callable[[nox.Session], None]


def _define_environment(environment: Environment) -> None:
    found = interpreter(environment.python) if environment.python else Path(sys.executable)
    if found is None:
        return

    def create(session: nox.Session) -> None:
        _install_locked(session, environment)
        if environment.editable and not _is_current(environment):
            session.install("--no-deps", "--no-build-isolation", "--editable", ".")
        if environment.name == "dev":
            _link_venv(environment)

    create.__doc__ = f"Create the environment from {environment.lock.relative_to(ROOT)}."
    nox.session(name=environment.session, python=str(found), default=False, tags=["environments"])(create)


def _install_locked(session: nox.Session, environment: Environment) -> None:
    """Install the lock's packages. A second attempt costs nothing where the first has installed all: uv was seen to end with a
    segmentation fault after that, once in some hundred runs."""
    arguments = ("--require-hashes", "--requirement", str(environment.lock))
    try:
        session.install(*arguments)
    except CommandFailed:
        session.install(*arguments)


def _is_current(environment: Environment) -> bool:
    """Whether the package is installed with today's metadata. Programs that run now would miss it during an installation."""
    sources = [ROOT / "pyproject.toml", ROOT / "ld_segment_store/core/version.py"]
    installed = environment.bin.parent.glob("lib/*/site-packages/ld_segment_store-*.dist-info/RECORD")
    return any(record.stat().st_mtime > max(source.stat().st_mtime for source in sources) for record in installed)


def _link_venv(environment: Environment) -> None:
    """`.venv`, where editors and the pre-commit hooks look for the environment to work in."""
    link = ROOT / ".venv"
    if link.is_dir() and not link.is_symlink():
        shutil.rmtree(link)
    if not link.is_symlink():
        link.symlink_to(environment.bin.parent.relative_to(ROOT))


for _environment in ENVIRONMENTS.values():
    _define_environment(_environment)


def task(*needs: str, name: str | None = None, default: bool = False) -> Callable[[Body], Body]:
    """A session that runs in environments of other sessions. It is skipped, or fails on CI, where a Python is missing."""
    missing = sorted({version for need in needs if (version := ENVIRONMENTS[need].python) and not interpreter(version)})

    def define(body: Body) -> Body:
        def skip(session: nox.Session) -> None:
            sentence = "Python {} with venv is not installed.".format(" and ".join(missing))
            (session.error if os.environ.get("CI") else session.skip)(sentence)

        skip.__doc__ = body.__doc__
        requires = [] if missing else [ENVIRONMENTS[need].session for need in needs]
        session_name = name or body.__name__
        nox.session(name=session_name, python=False, requires=requires, default=default)(skip if missing else body)
        return body

    return define


def gate(*needs: str, name: str | None = None) -> Callable[[Body], Body]:
    """A task that every change must pass."""
    return task(*needs, name=name, default=True)


def _run(session: nox.Session, name: str, *arguments: str, **variables: str) -> None:
    """Run a Python module in an environment."""
    session.run(str(ENVIRONMENTS[name].bin / "python"), "-m", *arguments, env=variables, external=True)


def _pytest(session: nox.Session, name: str, *arguments: str, **variables: str) -> None:
    """Run pytest, over what the command line names after `--` if it names anything."""
    _run(session, name, *PYTEST, *(session.posargs or arguments), **variables)


def _without(*folders: str) -> list[str]:
    return ["--ignore=" + folder for folder in folders]


def _once(folder: str, names: Sequence[str], controller: Controller) -> list[str]:
    """Leave out files that run with the newest ansible-core alone."""
    return [] if controller == oldest_and_newest()[-1] else _without(*(f"{folder}/test_{name}.py" for name in names))


# The order is the order of the start: the longest gates first, and beside those of roles, which keep a core busy, those of the
# package, which wait half of their time.


@gate("dev")
def tests(session: nox.Session) -> None:
    """The tests that need more than the package; and the package's own, where no gate `package-PYTHON` can run them."""
    if all(interpreter(version) for version in (pythons()[0], pythons()[-1])):
        _pytest(session, "dev", *DEVELOPMENT, "tools")
    else:
        _pytest(session, "dev", "tests", "ld_segment_store", "tools", *_without(*ELSEWHERE))


def _define_playbooks(controller: Controller) -> None:
    # Pages, slices, and what the core decides alone do not depend on the version of ansible-core.
    once = ("pages", "documentation", "slices", "drift", "failures", "matches")
    others = _once(PLAYBOOKS, once, controller)
    ansible, target = "ansible-" + controller.ansible_core, "target-" + controller.target

    @gate("dev", ansible, target, name="playbooks-" + controller.ansible_core)
    def playbooks(session: nox.Session) -> None:
        """The collection's tests with one ansible-core, on a managed node with one Python."""
        python = str(ENVIRONMENTS[target].bin / "python")
        _pytest(
            session,
            "dev",
            PLAYBOOKS,
            *others,
            ANSIBLE_BIN=str(ENVIRONMENTS[ansible].bin),
            ANSIBLE_TARGET_PYTHON=python,
        )


def _define_roles(controller: Controller) -> None:
    others = _once(ROLES, ("pages", "lint"), controller)
    ansible = "roles-" + controller.ansible_core

    @gate("dev", ansible, name="roles-" + controller.ansible_core)
    def roles(session: nox.Session) -> None:
        """The tests of the roles, with the collections of one version of the package `ansible`."""
        _pytest(session, "dev", ROLES, *others, ANSIBLE_BIN=str(ENVIRONMENTS[ansible].bin))


def _define_sanity(controller: Controller) -> None:
    ansible = "ansible-" + controller.ansible_core

    @gate(ansible, name="sanity-" + controller.ansible_core)
    def sanity(session: nox.Session) -> None:
        """ansible-test sanity over the installed collection, with one ansible-core."""
        _run(session, ansible, "tools.ansible_test", "sanity", controller.ansible_core)


def _define_units(controller: Controller) -> None:
    ansible = "ansible-" + controller.ansible_core

    @gate(ansible, *("units-" + version for version in pythons()), name="units-" + controller.ansible_core)
    def units(session: nox.Session) -> None:
        """ansible-test units of the modules, with one ansible-core on each Python."""
        _run(session, ansible, "tools.ansible_test", "units", controller.ansible_core)


def _define_integration(controller: Controller) -> None:
    ansible = "ansible-" + controller.ansible_core

    @gate(ansible, name="integration-" + controller.ansible_core)
    def integration(session: nox.Session) -> None:
        """ansible-test integration of the modules against the emulator, with one ansible-core."""
        _run(session, ansible, "tools.ansible_test", "integration", controller.ansible_core)


def _define_package(version: str) -> None:
    environment = "package-" + version

    @gate(environment, name=environment)
    def package(session: nox.Session) -> None:
        """The package's tests on one Python: the oldest with the lower bounds of the requirements, the newest with coverage."""
        tests = ("tests", "ld_segment_store", *_without(*ELSEWHERE, *DEVELOPMENT))
        if version != pythons()[-1] or session.posargs:
            # A minute of waits, which do not depend on the version of Python.
            _pytest(session, environment, *tests, *_without("tests/core/fleet/test_chaos.py"))
            return
        _run(session, environment, *PYTEST, *tests, *_without(*COVERED))
        _run(session, environment, "coverage", "run", "-m", *PYTEST, *COVERED, *_without(*DEVELOPMENT))
        for part, floor in COVERAGE.items():
            report = ("coverage", "report", f"--include=ld_segment_store/{part}/*", f"--fail-under={floor}")
            _run(session, environment, *report)


for _controller, _version in zip(reversed(oldest_and_newest()), (pythons()[-1], pythons()[0])):
    _define_roles(_controller)
    _define_package(_version)
for _controller in reversed(oldest_and_newest()):
    _define_playbooks(_controller)
for _controller in controllers():
    _define_sanity(_controller)


@gate("dev", "release")
def release(session: nox.Session) -> None:
    """The changelog, the packages in clean environments, a release in a repository of its own, and the pre-commit hooks."""
    _pytest(session, "dev", RELEASE)


@gate("dev")
def newcomer(session: nox.Session) -> None:
    """A new user's first steps on a clone, with Python, pip, git and make alone."""
    _pytest(session, "dev", NEWCOMER)


@gate("dev", "docs")
def docs(session: nox.Session) -> None:
    """The documentation site: built without a warning, links followed, pages in a browser."""
    _run(session, "docs", "tools.documentation")
    _pytest(session, "dev", SITE)


for _controller in controllers():
    _define_units(_controller)
for _controller in oldest_and_newest():
    _define_integration(_controller)


@gate("molecule")
def molecule(session: nox.Session) -> None:
    """The scenario of extensions/molecule in the installed collection, against the emulator."""
    _run(session, "molecule", "tools.molecule")


@gate("galaxy")
def galaxy(session: nox.Session) -> None:
    """Galaxy's importer over the built tarball."""
    _run(session, "galaxy", "tools.galaxy")


@gate("dev")
def types(session: nox.Session) -> None:
    """Mypy, strict: the code for every Python; the tools, which need 3.11; the plugins by their collection's name."""
    _run(session, "dev", "mypy", "ld_segment_store", "extensions", "tests", "--exclude", "^tests/(house|release|unit)/")
    _run(session, "dev", "mypy", "noxfile.py", "tools", "tests/house", "tests/release", "--python-version", "3.11")
    plugins = ("--package", collection.PACKAGE + ".plugins", "--package", collection.PACKAGE + ".tests.unit")
    _run(session, "dev", "mypy", *plugins, MYPYPATH=str(collection.importable()))


@gate("dev")
def lint(session: nox.Session) -> None:
    """Ruff: rules and format."""
    _run(session, "dev", "ruff", "check")
    _run(session, "dev", "ruff", "format", "--check")


@task("demo")
def demo(session: nox.Session) -> None:
    """Build, install and use the collection against the emulator."""
    session.run(str(ENVIRONMENTS["demo"].bin / "python"), "demo/run.py", external=True)


DEVEL = "https://github.com/ansible/ansible/archive/devel.tar.gz"
NEWEST = controllers()[-1]


@task("dev")
def nightly(session: nox.Session) -> None:
    """Tests with further programs, then hundreds of seeded runs of a fleet through faults and killed processes: 20 minutes."""
    if not session.posargs:
        _run(session, "dev", *PYTEST, "-m", "nightly", "tests", *_without(*ELSEWHERE))
    session.run(str(ENVIRONMENTS["dev"].bin / "python"), "benchmarks/chaos.py", *session.posargs, external=True)


@task("fuzz")
def fuzz(session: nox.Session) -> None:
    """Fuzz the emulator with Schemathesis from its own OpenAPI document; `-- --max-examples 1000` for longer."""
    _run(session, "fuzz", "tools.fuzz", *session.posargs)


@task("dev")
def acceptance(session: nox.Session) -> None:
    """The life of a store by Python, command line, module and form, in the real account that LAUNCHDARKLY_* variables name."""
    _pytest(session, "dev", "tests/acceptance/test_account.py", ACCEPTANCE="account")


@task("dev")
def pictures(session: nox.Session) -> None:
    """Render the pictures of the notebook widgets into docs/images."""
    _run(session, "dev", "tools.pictures")


@task("dev", "eda")
def rulebook(session: nox.Session) -> None:
    """The rulebook of Event-Driven Ansible with ansible-rulebook; needs Java 17."""
    _pytest(session, "dev", RULEBOOK, EDA_BIN=str(ENVIRONMENTS["eda"].bin))


@task("dev", "official-client", "ansible-" + NEWEST.ansible_core, "target-" + NEWEST.target)
def benchmarks(session: nox.Session) -> None:
    """Measure what users wait for, side by side with alternatives, into the documentation; `-- fleet` runs another script."""
    for name in session.posargs or ["table"]:
        session.run(str(ENVIRONMENTS["dev"].bin / "python"), f"benchmarks/{name}.py", external=True)


@task("mutants")
def mutants(session: nox.Session) -> None:
    """Change the core in small ways; fail for a change that no test detects, without a reason. `-- "flow.wait.*"` runs some."""
    tree = Path(session.create_tmp()) / "tree"
    shutil.rmtree(tree, ignore_errors=True)
    copy_working_tree(tree)
    options = session.posargs or [f"--floor={MUTANTS}"]
    with session.chdir(tree):
        _run(session, "mutants", "tools.mutants", *options)


@nox.session(python=str(interpreter(NEWEST.python) or NEWEST.python), default=False, requires=["env-dev"])
def devel(session: nox.Session) -> None:
    """Playbooks and sanity with the development version of ansible-core; `-- REQUIREMENT` takes another version."""
    session.install("--requirement", str(ENVIRONMENTS["ansible-" + NEWEST.ansible_core].lock), "--require-hashes")
    session.install("--upgrade", *(session.posargs or [DEVEL]))
    session.run("ansible", "--version")
    session.run("python", "-m", "tools.ansible_test", "sanity", "devel")
    variables = {"ANSIBLE_BIN": session.bin, "ANSIBLE_TARGET_PYTHON": str(Path(session.bin) / "python")}
    _run(session, "dev", *PYTEST, PLAYBOOKS, **variables)


@task("docs")
def site(session: nox.Session) -> None:
    """Build the documentation site into .cache/site/html."""
    _run(session, "docs", "tools.documentation")


@task("release")
def publish(session: nox.Session) -> None:
    """Prepare, build or tag a release: `nox -s publish -- prepare 1.2.3`."""
    _run(session, "release", "tools.release", *session.posargs)


@nox.session(python=False, default=False)
def lock(session: nox.Session) -> None:
    """Renew the exact versions in tools/locks; `-- --keep` only adds and removes what pyproject.toml requires."""
    upgrade = [] if "--keep" in session.posargs else ["--upgrade"]
    wanted = {LOCKS / "nox.txt": (OLDEST_FOR_TOOLS, group("nox"))}
    wanted |= {each.lock: (each.python or OLDEST_FOR_TOOLS, list(each.requirements)) for each in ENVIRONMENTS.values()}
    for file in set(LOCKS.glob("*.txt")) - set(wanted):
        file.unlink()
    requirements = Path(session.create_tmp()) / "requirements.in"
    for file, (python, needs) in wanted.items():
        requirements.write_text("\n".join(needs), encoding="utf-8")
        options = ["--universal", "--python-version", python, "--generate-hashes", "--no-emit-index-url"]
        options += ["--no-header", "--no-annotate", "--quiet", "--output-file", str(file), *upgrade]
        session.run(
            str(Path(sys.executable).parent / "uv"), "pip", "compile", str(requirements), *options, external=True
        )
