# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Builds the documentation site: `make docs`. Warnings and findings in the built pages are errors.

The pages are Markdown in `docs/`. The build copies them into `.cache` and adds the generated reference: antsibull-docs writes the
reference of modules, roles and plugins, and Sphinx that of the command line and of Python. The site also has the JSON Schema of
the stores file, for editors.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from ld_segment_store.cli.schema import SCHEMA_URL, stores_file_schema
from tools import collection
from tools.environments import CACHE, ROOT
from tools.site_check import check_site

SITE = CACHE / "site"
HTML = SITE / "html"
# Folders that pages link to or include.
BESIDE = ("ld_segment_store", "notebooks", "playbooks", "roles")


def build() -> Path:
    """Build the site into a new folder and return the folder of its pages. Raises CalledProcessError."""
    programs = Path(sys.executable).parent
    shutil.rmtree(SITE, ignore_errors=True)
    shutil.copytree(ROOT / "docs", SITE / "docs", ignore=shutil.ignore_patterns("_build", "__pycache__"))
    for name in BESIDE:
        (SITE / name).symlink_to(ROOT / name)
    _generate_collection_reference(programs, SITE / "docs/reference/collection")
    command = ["sphinx-build", "--fail-on-warning", "--keep-going", "--quiet", "--builder", "html"]
    command += ["--doctree-dir", str(SITE / "doctrees"), str(SITE / "docs"), str(HTML)]
    _run(programs, command)
    schema = json.dumps(stores_file_schema(), indent=2) + "\n"
    (HTML / SCHEMA_URL.rpartition("/")[2]).write_text(schema, encoding="utf-8")
    return HTML


def _generate_collection_reference(programs: Path, folder: Path) -> None:
    folder.mkdir(parents=True)
    command = ["antsibull-docs", "collection", "--use-current", "--squash-hierarchy", "--fail-on-error"]
    command += ["--no-indexes", "--no-breadcrumbs", "--no-add-antsibull-docs-version"]
    _run(programs, [*command, "--dest-dir", str(folder), collection.NAME], collection.importable())


def _run(programs: Path, command: list[str], collections: Path | None = None) -> None:
    environ = os.environ | collection.environ(programs, collections)
    subprocess.run([str(programs / command[0]), *command[1:]], cwd=ROOT, env=environ, check=True)


def main() -> int:
    """Build and check, and return the exit code."""
    try:
        pages = build()
    except subprocess.CalledProcessError as error:
        print(f"{Path(error.cmd[0]).name} failed with exit code {error.returncode}.")
        return 1
    findings = check_site(pages)
    print("\n".join([*findings, "{} findings; the site is in {}".format(len(findings), pages / "index.html")]))
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
