# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""`verify-api --openapi`: each kind of difference is found, and a document like ours has none."""

from __future__ import annotations

import copy
import json
import ssl
import threading
from collections.abc import Callable
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import trustme
import yaml

import ld_segment_store.emulator
from ld_segment_store.cli.main import main
from ld_segment_store.core.errors import InvalidSettings
from ld_segment_store.verify.openapi import compare_documents, read_document

OURS: dict[str, Any] = yaml.safe_load(
    (Path(ld_segment_store.emulator.__file__).with_name("server") / "openapi.yaml").read_text(encoding="utf-8")
)
STORES = "/api/v2/integration-capabilities/big-segment-store"
CREATE = STORES + "/{projectKey}/{environmentKey}/{integrationKey}"
Document = dict[str, Any]


def published() -> Document:
    """Our document in the shape of LaunchDarkly's: tags of its own, no codes of the emulator, the config required."""
    document = copy.deepcopy(OURS)
    document["openapi"] = "3.0.3"
    for path in [path for path in document["paths"] if path.startswith("/_emulator")]:
        del document["paths"][path]
    for path, item in document["paths"].items():
        for operation in item.values():
            if "responses" in operation:
                operation["tags"] = ["Persistent store integrations (beta)" if path.startswith(STORES) else "Others"]
                for code in ("415", "5XX"):
                    operation["responses"].pop(code, None)
    integration = document["components"]["schemas"]["BigSegmentStoreIntegration"]
    integration["required"] += ["config", "_status"]
    integration["properties"]["_access"] = {"type": "object"}
    return document


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_words: Any) -> None:
        """Print nothing."""


def schema(document: Document, name: str) -> Any:
    return document["components"]["schemas"][name]


def test_a_document_like_ours() -> None:
    assert compare_documents(OURS, published(), "document") == []


def new_field(document: Document) -> None:
    schema(document, "BigSegmentStoreStatus")["properties"]["region"] = {"type": "string"}


def field_gone(document: Document) -> None:
    del schema(document, "IntegrationDeliveryConfigurationPost")["properties"]["tags"]


def other_type(document: Document) -> None:
    schema(document, "BigSegmentStoreIntegration")["properties"]["version"] = {"type": "string"}


def other_values(document: Document) -> None:
    schema(document, "BigSegmentStoreIntegration")["properties"]["integrationKey"] = {"enum": ["redis", "scylla"]}


def newly_required(document: Document) -> None:
    schema(document, "IntegrationDeliveryConfigurationPost")["required"].append("name")


def may_be_missing(document: Document) -> None:
    schema(document, "BigSegmentStoreIntegration")["required"].remove("version")


def new_code(document: Document) -> None:
    document["paths"][CREATE]["post"]["responses"]["422"] = {"description": "Unprocessable"}


def code_gone(document: Document) -> None:
    del document["paths"][CREATE]["post"]["responses"]["409"]


def moved(document: Document) -> None:
    document["paths"]["/api/v3/stores"] = {"post": document["paths"][CREATE].pop("post")}


def missing(document: Document) -> None:
    del document["paths"][CREATE]["post"]


def new_operation(document: Document) -> None:
    document["paths"][CREATE]["put"] = {"operationId": "putStore", "responses": {}}


def new_parameter(document: Document) -> None:
    parameter = {"name": "Idempotency-Key", "in": "header", "required": True}
    document["paths"][CREATE]["post"]["parameters"].append(parameter)


def left_beta(document: Document) -> None:
    document["paths"][CREATE]["post"]["tags"] = ["Persistent store integrations"]


@pytest.mark.parametrize(
    ("change", "sentences"),
    [
        (new_field, ["getBigSegmentStoreIntegration, response 200._status: has the new field `region`."]),
        (field_gone, ["createBigSegmentStoreIntegration, request: no longer has the field `tags`."]),
        (
            other_type,
            ["getBigSegmentStoreIntegrations, response 200.items[].version: is of type string instead of integer."],
        ),
        (
            other_values,
            [
                "createBigSegmentStoreIntegration, response 201.integrationKey: has the new value `scylla`.",
                "createBigSegmentStoreIntegration, response 201.integrationKey: no longer has the value `dynamodb`.",
            ],
        ),
        (newly_required, ["createBigSegmentStoreIntegration, request.name: is required."]),
        (may_be_missing, ["createBigSegmentStoreIntegration, response 201.version: may be missing."]),
        (new_code, ["createBigSegmentStoreIntegration: has the new response code 422."]),
        (code_gone, ["createBigSegmentStoreIntegration: no longer has the response code 409."]),
        (moved, [f"createBigSegmentStoreIntegration: is POST /api/v3/stores instead of POST {CREATE}."]),
        (missing, ["createBigSegmentStoreIntegration: is missing."]),
        (new_operation, [f"putStore: is new: PUT {CREATE}."]),
        (new_parameter, ["createBigSegmentStoreIntegration: requires the parameter `Idempotency-Key`."]),
        (left_beta, ["createBigSegmentStoreIntegration: is no longer marked as beta."]),
    ],
)
def test_differences(change: Callable[[Document], None], sentences: list[str]) -> None:
    document = published()
    change(document)
    found = [difference.text for difference in compare_documents(OURS, document, "document")]
    assert set(sentences) <= set(found)
    # Nothing else but the same of other operations with the same schema.
    ends = {sentence.partition(": ")[2] for sentence in sentences}
    assert {text.partition(": ")[2] for text in found} == ends


@pytest.mark.parametrize("node", [None, [], {}, {"paths": []}])
def test_what_is_no_such_document(node: Any) -> None:
    with pytest.raises(InvalidSettings, match=r"doc\.json: is not an OpenAPI document"):
        compare_documents(OURS, node, "doc.json")


@pytest.mark.parametrize("paths", [{"/x": []}, {"/x": {"get": "y"}}])
def test_a_document_without_the_operations(paths: Any) -> None:
    assert {difference.what for difference in compare_documents(OURS, {"paths": paths}, "doc.json")} == {"is missing"}


def test_an_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "openapi.json").write_text(json.dumps(published()), encoding="utf-8")
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "ca.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(tmp_path))) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"https://127.0.0.1:{server.server_port}/"
        assert compare_documents(OURS, read_document(address + "openapi.json"), address) == []
        with pytest.raises(InvalidSettings, match="responded 404"):
            read_document(address + "nothing.json")
        server.shutdown()


def test_schemas_that_contain_themselves() -> None:
    document = published()
    schema(document, "BigSegmentStoreStatus")["properties"]["errors"] = {"$ref": "#/components/schemas/Loop"}
    document["components"]["schemas"]["Loop"] = {"$ref": "#/components/schemas/Loop"}
    schema(document, "BigSegmentStoreIntegration")["properties"]["self"] = {
        "$ref": "#/components/schemas/BigSegmentStoreIntegration"
    }
    assert any("`self`" in difference.text for difference in compare_documents(OURS, document, "document"))


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "openapi.json"
    file.write_text(json.dumps(published()), encoding="utf-8")
    assert main(["verify-api", "--openapi", str(file)]) == 0
    assert capsys.readouterr().out == "No differences from what this project knows of the API.\n"

    document = published()
    missing(document)
    file.write_text(json.dumps(document), encoding="utf-8")
    assert main(["verify-api", "--openapi", str(file)]) == 3
    assert capsys.readouterr().out == (
        "createBigSegmentStoreIntegration: is missing.\n1 difference from what this project knows of the API.\n"
    )


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("missing.json", "missing.json"),
        ("http://app.launchdarkly.com/api/v2/openapi.json", "is not encrypted"),
        ("https://127.0.0.1:1/openapi.json", "cannot be read"),
    ],
)
def test_sources_that_cannot_be_read(source: str, problem: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(InvalidSettings, match=problem):
        read_document(source)
    assert main(["verify-api", "--openapi", source]) == 1
    assert problem in capsys.readouterr().err


def test_without_a_document_the_environment_is_needed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify-api", "--project", "shop"]) == 2
    assert "--environment: is missing. Add it" in capsys.readouterr().err
