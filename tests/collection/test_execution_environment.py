# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""What the collection says it needs in an execution environment, as ansible-builder makes of it. No image is built."""

from __future__ import annotations

import re
import shlex

import yaml

from tests.collection.playbooks import COLLECTION, ROOT, Playbooks

EXAMPLE = ROOT / "docs/execution-environment.yml"
REQUIREMENTS = ROOT / "meta/ee-requirements.txt"  # tests/house holds them to the package's


def requirements() -> list[str]:
    lines = REQUIREMENTS.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if not line.startswith("#")]


def test_the_collection_names_what_it_needs(playbooks: Playbooks) -> None:
    printed = playbooks.command("ansible-builder", "introspect", str(playbooks.collections))
    found = yaml.safe_load(printed)
    assert found["python"] == [f"{line}  # from collection {COLLECTION}" for line in requirements()]
    assert any(line.startswith("jsonschema") for line in requirements())
    assert found["system"] == []


def test_the_example(playbooks: Playbooks) -> None:
    """Its context, and the step of the image's recipe in which the requirements come together, run with our collection."""
    context = playbooks.folder / "context"
    playbooks.command("ansible-builder", "create", "--file", str(EXAMPLE), "--context", str(context))
    collections = yaml.safe_load((context / "_build/requirements.yml").read_text(encoding="utf-8"))["collections"]
    assert [collection["name"] for collection in collections] == [COLLECTION]
    (recipe,) = (file for file in context.iterdir() if file.name in ("Containerfile", "Dockerfile"))
    text = recipe.read_text(encoding="utf-8")
    (step,) = re.findall(r"^RUN \$PYCMD /output/scripts/introspect\.py (.+)$", text, re.MULTILINE)
    assert "/usr/share/ansible/collections" in text  # where it looks by default
    output = playbooks.folder / "output"
    output.mkdir()
    build = context / "_build"
    arguments = step.replace("requirements.txt", str(build / "requirements.txt"), 1).replace("/tmp/src", str(output))
    script = str(build / "scripts/introspect.py")
    subcommand, *options = shlex.split(arguments)
    playbooks.command("python", script, subcommand, str(playbooks.collections), *options)
    lines = (output / "requirements.txt").read_text(encoding="utf-8").splitlines()
    needed = [line.partition("  #")[0] for line in lines]
    assert needed[:-2] == requirements()
    assert [re.split(r"\W", line)[0] for line in needed] == ["requests", "jsonschema", "redis", "boto3"]
    assert not (output / "bindep.txt").exists()
