# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""Terraform's formatter and HCL parser, compiled to WebAssembly in packages of npm. The program itself is in no registry."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from typing import Any

from tests.support.npm import installed

PACKAGES = ("@cdktf/hcl-tools@0.21.0", "@cdktf/hcl2json@0.21.0")
_SCRIPT = """
const { format } = require("@cdktf/hcl-tools");
const { parse } = require("@cdktf/hcl2json");
(async () => {
  const found = [];
  for (const text of JSON.parse(require("fs").readFileSync(0, "utf8"))) {
    found.push([await format(text), await parse("main.tf", text)]);
  }
  console.log(JSON.stringify(found));
  process.exit(0);
})();
"""


def formatted_and_parsed(texts: Sequence[str]) -> list[tuple[str, Any]]:
    """Each text as `terraform fmt` formats it, and its content."""
    done = subprocess.run(
        ["node", "-e", _SCRIPT],
        cwd=installed("hcl", *PACKAGES),
        input=json.dumps(texts),
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    return [(text, content) for text, content in json.loads(done.stdout)]
