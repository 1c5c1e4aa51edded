# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The files of `monitoring/`, each as its own program sees it, and all of them together until an alert fires and resolves."""

from __future__ import annotations

import itertools
import json
import re
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.cog.plugins import register_default_plugins
from grafana_foundation_sdk.models.dashboard import Dashboard

from ld_segment_store.cli import main as cli
from ld_segment_store.emulator import Emulator
from ld_segment_store.exporter.metrics import ACCOUNT_METRICS, PREFIX, READ_FAILURES, STORE_METRICS
from tests.support.exporter import SEED, TOKEN, add, bad, exporter, good, wait_until
from tests.support.redis_server import free_port

MONITORING = Path(__file__).resolve().parents[2] / "monitoring"
METRICS = {PREFIX + metric.name for metric in (*STORE_METRICS, *ACCOUNT_METRICS)} | {
    PREFIX + READ_FAILURES.name + "_total"
}


def _promtool(*arguments: str) -> str:
    answer = subprocess.run(["promtool", *arguments], capture_output=True, text=True, check=False, cwd=MONITORING)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    return answer.stdout


def _rules() -> list[dict[str, Any]]:
    (group,) = yaml.safe_load((MONITORING / "rules.yml").read_text(encoding="utf-8"))["groups"]
    rules: list[dict[str, Any]] = group["rules"]
    return rules


def test_rules() -> None:
    assert "SUCCESS" in _promtool("check", "config", "prometheus.yml")
    assert "SUCCESS" in _promtool("test", "rules", "rules-test.yml")


def test_every_alert_has_a_test_that_fires_it() -> None:
    tests = yaml.safe_load((MONITORING / "rules-test.yml").read_text(encoding="utf-8"))["tests"]
    fired = {case["alertname"] for test in tests for case in test["alert_rule_test"] if case.get("exp_alerts")}
    assert fired == {rule["alert"] for rule in _rules()}


def test_metrics_of_rules_and_dashboard_exist(tmp_path: Path) -> None:
    """Prometheus parses each expression of the dashboard."""
    shown = [target["expr"] for panel in _dashboard()["panels"] for target in panel["targets"]]
    used = [name for text in (*shown, *(rule["expr"] for rule in _rules())) for name in _names(text)]
    assert set(used) <= METRICS
    assert used
    records = [{"record": f"panel:{number}", "expr": expr} for number, expr in enumerate(shown)]
    file = tmp_path / "panels.yml"
    file.write_text(json.dumps({"groups": [{"name": "panels", "rules": records}]}), encoding="utf-8")
    assert f"{len(shown)} rules found" in _promtool("check", "rules", str(file))


def _names(text: str) -> list[str]:
    return re.findall(PREFIX + r"\w+", text)


def _dashboard() -> dict[str, Any]:
    data: dict[str, Any] = json.loads((MONITORING / "dashboard.json").read_text(encoding="utf-8"))
    return data


def test_the_dashboard_is_what_grafana_reads() -> None:
    """Grafana's own model knows every field, and has each as it is."""
    register_default_plugins()
    read = json.loads(JSONEncoder(sort_keys=True).encode(Dashboard.from_json(_dashboard())))
    _assert_kept(_dashboard(), read, "dashboard")
    queries = [one["query"]["query"] for one in _dashboard()["templating"]["list"] if one["type"] == "query"]
    assert {name for query in queries for name in _names(query)} <= METRICS


def _assert_kept(data: Any, read: Any, where: str) -> None:
    if isinstance(data, dict):
        for name, value in data.items():
            assert name in read, where
            _assert_kept(value, read[name], f"{where}.{name}")
    elif isinstance(data, list):
        assert len(data) == len(read), where
        for number, (value, other) in enumerate(zip(data, read, strict=True)):
            _assert_kept(value, other, f"{where}[{number}]")
    else:
        assert data == read, where


def test_panels_do_not_overlap() -> None:
    panels = _dashboard()["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    cells = [cell for panel in panels for cell in _cells(panel["gridPos"])]
    assert len(cells) == len(set(cells))
    assert max(column for column, _row in cells) < 24


def _cells(place: dict[str, int]) -> Iterator[tuple[int, int]]:
    columns, rows = range(place["x"], place["x"] + place["w"]), range(place["y"], place["y"] + place["h"])
    return itertools.product(columns, rows)


def test_the_unit_of_systemd(tmp_path: Path) -> None:
    text = (MONITORING / "ld-segment-store-exporter.service").read_text(encoding="utf-8")
    command = re.findall(r"^ExecStart=(\S+) (.*)$", text, re.MULTILINE)
    ((program, arguments),) = command
    assert cli.command_parser(["exporter"]).parse_args(arguments.split()).interval == 60
    unit = tmp_path / "ld-segment-store-exporter.service"
    unit.write_text(text.replace(program, str(Path(sys.executable).parent / "ld-segment-store")), encoding="utf-8")
    answer = subprocess.run(["systemd-analyze", "verify", str(unit)], capture_output=True, text=True, check=False)
    assert (answer.returncode, answer.stderr) == (0, "")


def test_the_page_describes_the_unit() -> None:
    text = (MONITORING / "ld-segment-store-exporter.service").read_text(encoding="utf-8")
    page = (MONITORING.parent / "docs/how-to/monitor-with-prometheus.md").read_text(encoding="utf-8")
    section = page.partition("\n## Run it as a service\n")[2]
    environment = re.findall(r"^ExecStart=(\S+)/bin/", text, re.MULTILINE)
    token = re.findall(r"^LoadCredential=access-token:(\S+)$", text, re.MULTILINE)  # systemd copies it at the start
    for said in (*environment, *token, "systemctl restart ld-segment-store-exporter"):
        assert f"`{said}`" in section
    assert len(environment) == len(token) == 1


def test_an_alert_fires_and_resolves(tmp_path: Path) -> None:
    """Prometheus, the exporter and the emulator; the alerts wait for nothing here."""
    with Emulator(seed=SEED, access_tokens=[TOKEN]) as ld, exporter(ld, tmp_path) as running:
        integration_id = add(ld, "live", good())
        running.until("available", 1)
        with _prometheus(tmp_path, running.url) as url:
            ld.set_status(integration_id, bad())
            wait_until(lambda: _alerts(url).get("LaunchDarklyStoreUnavailable") == "firing", 30)
            (unavailable,) = _query(url, PREFIX + "severity")
            assert unavailable["metric"]["project"] == "shop"
            ld.set_status(integration_id, good())
            wait_until(lambda: not _alerts(url), 30)


@contextmanager
def _prometheus(folder: Path, target: str) -> Iterator[str]:
    """Prometheus with our rules and configuration, at its shortest intervals."""
    rules = (MONITORING / "rules.yml").read_text(encoding="utf-8")
    (folder / "rules.yml").write_text(re.sub(r"for: \d+m", "for: 0s", rules), encoding="utf-8")
    config = yaml.safe_load((MONITORING / "prometheus.yml").read_text(encoding="utf-8"))
    config["global"] = {"scrape_interval": "200ms", "scrape_timeout": "200ms", "evaluation_interval": "200ms"}
    config["scrape_configs"][0]["static_configs"][0]["targets"] = [target.split("/")[2]]
    (folder / "prometheus.yml").write_text(json.dumps(config), encoding="utf-8")
    address = f"127.0.0.1:{free_port()}"
    command = ["prometheus", "--config.file=prometheus.yml", "--storage.tsdb.path=data"]
    command.append("--web.listen-address=" + address)
    with (
        (folder / "prometheus.log").open("w") as log,
        subprocess.Popen(command, cwd=folder, stdout=log, stderr=log) as process,
    ):
        try:
            wait_until(lambda: "Server is ready" in (folder / "prometheus.log").read_text(encoding="utf-8"), 30)
            yield f"http://{address}/api/v1"
        finally:
            process.kill()


def _get(url: str) -> Any:
    with urllib.request.urlopen(url, timeout=10) as response:
        return json.load(response)["data"]


def _alerts(url: str) -> dict[str, str]:
    return {alert["labels"]["alertname"]: alert["state"] for alert in _get(url + "/alerts")["alerts"]}


def _query(url: str, query: str) -> list[dict[str, Any]]:
    result: list[dict[str, Any]] = _get(f"{url}/query?query={query}")["result"]
    return result
