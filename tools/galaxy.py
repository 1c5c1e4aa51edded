# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Galaxy's importer over the built tarball: no error, no warning, and the content that the repository has.

`python -m tools.galaxy` runs in the importer's environment, as `nox -s galaxy` does. The importer's exit code is 0 whatever its
log says, also when a step could not run. Therefore the log is read.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tools import collection
from tools.environments import CACHE, ROOT

# The last lines of a complete run. Without them a log without errors means nothing.
_ENDS = ("...ansible-lint run complete", "Importer processing completed successfully")
# The settings of Galaxy. Flake8 is off there too; ruff checks more, and its formatter disagrees with flake8 on two rules.
_SETTINGS = """[galaxy-importer]
check_changelog = true
check_required_tags = true
run_ansible_doc = true
run_ansible_lint = true
offline_ansible_lint = true
"""


def main() -> int:
    """Build the tarball and import it. Returns 1 when Galaxy would complain."""
    tools = Path(sys.executable).parent
    folder = CACHE / "importer"
    shutil.rmtree(folder, ignore_errors=True)
    tarball = collection.build(tools, folder / "dist")
    settings = folder / "galaxy-importer.cfg"
    settings.write_text(_SETTINGS, encoding="utf-8")
    command = [str(tools / "python"), "-m", "galaxy_importer.main", str(tarball)]
    environ = collection.environ(tools) | {"GALAXY_IMPORTER_CONFIG": str(settings)}
    answer = subprocess.run(
        command, cwd=folder, env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    print(answer.stdout, end="", flush=True)
    problems = complaints(answer.stdout)
    if not problems:
        result = json.loads((folder / "importer_result.json").read_text(encoding="utf-8"))
        problems = differences(imported(result), present(ROOT))
    for problem in problems:
        print("galaxy: " + problem)
    return 1 if problems else 0


def complaints(log: str) -> list[str]:
    r"""The problems in the importer's log.

    >>> complaints("Loading role redis_store\n...ansible-lint run complete\nImporter processing completed successfully\n")
    []
    >>> complaints("WARNING: No changelog found.\n...ansible-lint run complete\nImporter processing completed successfully")
    ['WARNING: No changelog found.']
    >>> complaints("...ansible-lint run complete\nERROR: The import failed")
    ['ERROR: The import failed', "the log does not say 'Importer processing completed successfully'"]
    """
    lines = log.splitlines()
    # Lines without a problem do not begin with one of these words; ansible-lint's findings and tracebacks do.
    problems = [line for line in lines if line.startswith(("WARNING", "ERROR", "CRITICAL", "Traceback"))]
    return problems + [f"the log does not say {end!r}" for end in _ENDS if end not in lines]


def imported(result: dict[str, Any]) -> set[str]:
    """The content that the importer lists, as `module ld_big_segment_store`."""
    return {"{} {}".format(entry["content_type"], entry["name"]) for entry in result["contents"]}


def present(root: Path) -> set[str]:
    """The content of the repository, in the same form."""
    others = {"role " + folder.name for folder in (root / "roles").iterdir()}
    others |= {"playbook " + file.name for file in (root / "playbooks").iterdir()}
    return others | set(_plugins(root / "plugins"))


def _plugins(plugins: Path) -> Iterator[str]:
    for file in plugins.rglob("*.py"):
        if file.name == "__init__.py":
            continue
        folder, *parts = file.relative_to(plugins).with_suffix("").parts
        yield "{} {}".format("module" if folder == "modules" else folder, ".".join(parts))


def differences(listed: set[str], wanted: set[str]) -> list[str]:
    """The differences between Galaxy's list and the repository.

    >>> differences({"module a", "role b"}, {"module a", "lookup c"})
    ['Galaxy does not list lookup c', 'Galaxy lists role b, which is not in the repository']
    """
    missing = ["Galaxy does not list " + name for name in sorted(wanted - listed)]
    return missing + [f"Galaxy lists {name}, which is not in the repository" for name in sorted(listed - wanted)]


if __name__ == "__main__":
    sys.exit(main())
