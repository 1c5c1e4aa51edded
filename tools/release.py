# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""A release: `python -m tools.release prepare VERSION`, `... make VERSION`, or `... build` for the files alone.

`prepare` writes the version and the changelog, for review and commit. `make` checks that everything agrees, builds the files into
`dist/` with an SBOM and hashes, and tags the commit. It publishes nothing: it prints the command that does, through
`.github/workflows/release.yml`. `build` builds the same files from the working tree; with a version it checks first that
everything agrees on that version. `make build` and the like run this in the environment of the release tools.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tools import collection
from tools.environments import ROOT, project

_VERSION = re.compile(r"\d+\.\d+\.\d+")
# The files that hold the version.
_PLACES = {
    "ld_segment_store/core/version.py": re.compile(r'^(__version__ = ")([^"]*)(")$', re.MULTILINE),
    "galaxy.yml": re.compile(r"^(version: )(.*)()$", re.MULTILINE),
}
# A version in a page, after the name of the package or collection.
_MENTIONED = re.compile(r"(?:ld[-_]segment[-_]store|featureops[-.]launchdarkly)(?:==|:|-)v?(\d+\.\d+\.\d+)")
_VERSION_ADDED = re.compile(r"^ *version_added: (.*)$", re.MULTILINE)


class NotReady(Exception):
    """The problems that prevent the release, one sentence a line."""


def prepare(root: Path, version: str, tools: Path) -> None:
    """Write the version and the changelog. Can be repeated until the version is tagged."""
    problems = _version_problems(root, version)
    if problems:
        raise NotReady("\n".join(problems))
    for name, pattern in _PLACES.items():
        file = root / name
        file.write_text(pattern.sub(rf"\g<1>{version}\g<3>", file.read_text(encoding="utf-8")), encoding="utf-8")
    changelog(root, tools, "release", "--update-existing", "--reload-plugins")


def changelog(root: Path, tools: Path, *arguments: str) -> None:
    """Run antsibull-changelog."""
    command = [str(tools / "antsibull-changelog"), *arguments]
    subprocess.run(command, cwd=root, env=collection.environ(tools), check=True)


def check(root: Path, version: str) -> list[str]:
    """The problems that prevent the release, one sentence each."""
    problems = _version_problems(root, version)
    if not _VERSION.fullmatch(version):
        return problems
    changed = _git(root, "status", "--porcelain")
    if changed:
        problems.append("there are changes that are not committed:\n" + changed.rstrip())
    return problems + disagreements(root, version)


def disagreements(root: Path, version: str) -> list[str]:
    """The places that disagree with the version, one sentence each."""
    problems = []
    for name, pattern in _PLACES.items():
        there = pattern.findall((root / name).read_text(encoding="utf-8"))
        if [found[1] for found in there] != [version]:
            problems.append(f"{name} does not say {version}: run `make prepare-release`")
    fragments = sorted(file.name for file in (root / "changelogs/fragments").glob("*.y*ml"))
    if fragments:
        problems.append(f"fragments are not in the changelog yet, {fragments}: run `make prepare-release`")
    if version not in released(root):
        problems.append(f"the changelog has no {version}: run `make prepare-release`")
    return [*problems, *unlisted(root), *_mentions(root, version)]


def released(root: Path) -> list[str]:
    """The versions in the changelog, oldest first."""
    text = (root / "changelogs/changelog.yaml").read_text(encoding="utf-8")
    return sorted(re.findall(r"^  (\d+\.\d+\.\d+):$", text, re.MULTILINE), key=_order)


def unlisted(root: Path) -> list[str]:
    """Plugins, modules and roles that are missing in the changelog of their `version_added`, one sentence each."""
    text = (root / "changelogs/changelog.yaml").read_text(encoding="utf-8")
    # An action plugin runs for the module of its name, which has the documentation.
    documented = [
        file
        for file in (root / "plugins").glob("*/*.py")
        if not file.parent.name.endswith(("action", "utils", "fragments"))
    ]
    documented += (root / "roles").glob("*/meta/argument_specs.yml")
    problems = []
    for file in sorted(documented):
        name = file.parents[1].name if file.name == "argument_specs.yml" else file.stem
        added = _VERSION_ADDED.search(file.read_text(encoding="utf-8"))
        if added is None:
            problems.append(f"{name} does not say in which version it was added")
        elif added[1] in released(root) and not re.search(rf"^ +name: {name}$", text, re.MULTILINE):
            problems.append(f"{name} is not in the changelog of {added[1]}: run `make prepare-release`")
    return problems


def make(root: Path, version: str, tools: Path) -> None:
    """Check, build, tag. Raises NotReady."""
    problems = check(root, version)
    if problems:
        raise NotReady("\n".join(problems))
    with tempfile.TemporaryDirectory() as clone:
        # Only what is committed.
        _git(root, "clone", "--quiet", str(root), clone)
        distribute(Path(clone), root / "dist", tools)
    _git(root, "tag", "--annotate", "v" + version, "--message", "Version " + version)


def distribute(root: Path, dist: Path, tools: Path) -> list[Path]:
    """Build everything into a new folder, with an SBOM and hashes. Returns wheel, source distribution and tarball."""
    shutil.rmtree(dist, ignore_errors=True)
    artifacts = build(root, dist, tools)
    sbom(artifacts[0], dist / (artifacts[0].name.split("-py3")[0] + ".cdx.json"), tools)
    (dist / "SHA256SUMS").write_text(hashes(dist), encoding="utf-8")
    return artifacts


def build(root: Path, folder: Path, tools: Path) -> list[Path]:
    """Build wheel, source distribution and collection tarball into a folder, check the metadata, and return them."""
    date = _git(root, "log", "-1", "--format=%ct").strip()
    # The commit's time instead of today's, so that another build gives the same bytes.
    environ = os.environ | {"SOURCE_DATE_EPOCH": date}
    python = str(tools / "python")
    command = [python, "-m", "build", "--no-isolation", "--outdir", str(folder), str(root)]
    subprocess.run(command, env=environ, check=True, stdout=subprocess.DEVNULL)
    (wheel,), (sdist,) = folder.glob("*.whl"), folder.glob("*.tar.gz")
    subprocess.run([python, "-m", "twine", "check", "--strict", str(wheel), str(sdist)], check=True)
    with tempfile.TemporaryDirectory() as alone:
        tarball = collection.build(tools, Path(alone), root)
        return [wheel, sdist, Path(shutil.move(tarball, folder / tarball.name))]


def sbom(wheel: Path, file: Path, tools: Path) -> None:
    """Write the package and its dependencies with all extras, as installed today, as CycloneDX."""
    extras = ",".join(project()["project"]["optional-dependencies"])
    with tempfile.TemporaryDirectory() as folder:
        # An environment of uv has no pip, which the package does not need.
        uv, python = str(tools / "uv"), folder + "/bin/python"
        subprocess.run([uv, "venv", "--quiet", "--clear", "--python", str(tools / "python"), folder], check=True)
        subprocess.run([uv, "pip", "install", "--quiet", "--python", python, f"{wheel}[{extras}]"], check=True)
        command = [str(tools / "cyclonedx-py"), "environment", "--output-reproducible", "-o", str(file), python]
        subprocess.run(command, check=True)
    # The package is the subject of the SBOM, not one of its dependencies.
    content = json.loads(file.read_text(encoding="utf-8"))
    (package,) = [entry for entry in content["components"] if entry["name"] == project()["project"]["name"]]
    package.pop("externalReferences", None)  # the wheel's path on this machine
    content["components"].remove(package)
    content["metadata"]["component"] = package
    file.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def hashes(folder: Path) -> str:
    """A line for each file, in the format of `sha256sum --check`."""
    files = sorted(folder.iterdir())
    return "".join(f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}\n" for file in files)


def _version_problems(root: Path, version: str) -> list[str]:
    if not _VERSION.fullmatch(version):
        return [f"{version!r} is no version such as 1.2.3"]
    problems = []
    if "v" + version in _git(root, "tag", "--list").split():
        problems.append(f"{version} is tagged already: take the next version")
    newer = [other for other in released(root) if _order(other) > _order(version)]
    if newer:
        problems.append(f"the changelog has {newer[-1]} already, which is newer than {version}")
    return problems


def _mentions(root: Path, version: str) -> list[str]:
    problems = []
    for page in [root / "README.md", *sorted((root / "docs").rglob("*.md")), *sorted((root / "roles").glob("*/*.md"))]:
        others = {found for found in _MENTIONED.findall(page.read_text(encoding="utf-8")) if found != version}
        problems += [f"{page.relative_to(root)} speaks of {other}" for other in sorted(others)]
    return problems


def _order(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


def _git(root: Path, *arguments: str) -> str:
    command = ["git", "-C", str(root), *arguments]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def main(arguments: list[str]) -> int:
    """Run one step and return the exit code."""
    step, version = [*arguments, "", ""][:2]
    if step not in ("build", "prepare", "make") or (step != "build" and not _VERSION.fullmatch(version)):
        print(__doc__)
        print("Give a step and a version such as 1.2.3: make release VERSION=1.2.3, for example.")
        return 2
    tools = Path(sys.executable).parent
    try:
        if step == "build":
            problems = disagreements(ROOT, version) if version else []
            if problems:
                raise NotReady("\n".join(problems))
            distribute(ROOT, ROOT / "dist", tools)
        elif step == "prepare":
            prepare(ROOT, version, tools)
            print(f"Review the changelog, commit, and run: make release VERSION={version}")
        else:
            make(ROOT, version, tools)
            print(f"\ndist/ holds {version}, to look at, and the commit has its tag. This publishes it:")
            print(f"  git push --atomic origin HEAD:main v{version}")
    except NotReady as error:
        print(f"{version} can't be released:\n{error}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
