# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""dynalite, an implementation of DynamoDB that is independent of moto, on loopback. It knows no IAM."""

from __future__ import annotations

import queue
import subprocess
import threading
from types import TracebackType
from typing import Any, cast

import boto3

from tests.support.aws_server import REGION, attribute, key
from tests.support.npm import installed
from tests.support.redis_server import free_port

_START_SECONDS = 20


class Dynalite:
    """A server for use in `with`. Attributes: `url`, and `admin`, a boto3 session."""

    def __init__(self) -> None:
        self.url = f"http://127.0.0.1:{free_port()}"
        self.admin = boto3.Session("anyone", "anything", region_name=REGION)
        self._client: Any = cast("Any", self.admin).client("dynamodb", endpoint_url=self.url)

    def __enter__(self) -> Dynalite:
        script = installed("dynalite", "dynalite@4.0.0") / "node_modules/dynalite/cli.js"
        port = self.url.rpartition(":")[2]
        command = ["node", str(script), "--host", "127.0.0.1", "--port", port, "--createTableMs", "0"]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        printed: queue.Queue[str] = queue.Queue()
        stream = self._process.stdout
        assert stream
        threading.Thread(target=lambda: printed.put(stream.readline()), daemon=True).start()
        assert "listening" in printed.get(timeout=_START_SECONDS)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait()
        if self._process.stdout:
            self._process.stdout.close()
        self._client.close()

    def client(self, service: str) -> Any:
        """A client of the server."""
        assert service == "dynamodb"
        return self._client

    def make_table(self, name: str) -> None:
        """A table as LaunchDarkly needs it, ready for use."""
        self._client.create_table(
            TableName=name,
            AttributeDefinitions=[attribute("namespace"), attribute("key")],
            KeySchema=[key("namespace"), key("key", "RANGE")],
            BillingMode="PAY_PER_REQUEST",
        )
        self._client.get_waiter("table_exists").wait(TableName=name, WaiterConfig={"Delay": 1})
