# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""A real `redis-server` on loopback for tests: TLS, an ACL file, any directive, stopped and started again on its port."""

from __future__ import annotations

import contextlib
import random
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType

import redis
import trustme
from redis.backoff import NoBackoff
from redis.retry import Retry

_START_SECONDS = 10


@dataclass(frozen=True)
class ServerCertificate:
    """The files of a server's certificate, and of the authority that signed it."""

    chain: Path
    key: Path
    ca: Path


def make_certificate(
    directory: Path,
    *names: str,
    not_before: datetime | None = None,
    not_after: datetime | None = None,
    authority: trustme.CA | None = None,
    common_name: str | None = None,
) -> ServerCertificate:
    """Issue a certificate for these host names or addresses (`127.0.0.1` and `localhost` by default) into `directory`.

    With a `common_name` and no names, it has the common name alone.
    """
    authority = authority or trustme.CA()
    names = names or (() if common_name else ("127.0.0.1", "localhost"))
    issued = authority.issue_cert(*names, common_name=common_name, not_before=not_before, not_after=not_after)
    files = ServerCertificate(directory / "chain.pem", directory / "key.pem", directory / "ca.pem")
    files.chain.write_bytes(b"".join(blob.bytes() for blob in issued.cert_chain_pems))
    files.key.write_bytes(issued.private_key_pem.bytes())
    authority.cert_pem.write_to_path(files.ca)
    return files


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on just now.

    From below the range that outgoing connections are given theirs from, so that none takes it while a server is down.
    """
    while True:
        port = random.randrange(20_000, 32_000)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


class RedisServer:
    """Debian's redis-server on 127.0.0.1, for use in `with` or by `start` and `stop`.

    `tls`: True for a certificate of its own making, or a `ServerCertificate`; then it speaks TLS only.
    `acl`: lines of an ACL file, such as `user ld on >secret ~* +@all`; without one for `default`, that user is off.
    `password`: what `requirepass` demands of the default user, where no `acl` is given.
    `program`: another server with the same settings, such as Valkey's.
    `config`: further directives; a list repeats one. Nothing is saved to disk unless they say so.

    Attributes: `host`, `port`, `password`, `ca_path` (None without TLS), `directory` (its data and log).
    """

    host = "127.0.0.1"

    def __init__(
        self,
        *,
        tls: bool | ServerCertificate = False,
        acl: Iterable[str] = (),
        password: str = "",
        config: Mapping[str, str | list[str]] | None = None,
        arguments: Iterable[str] = (),
        program: str = "redis-server",
    ) -> None:
        self.password = password
        self.directory = Path(tempfile.mkdtemp(prefix="redis-server-"))
        self.port = free_port()
        self._admin = ("test-admin", secrets.token_hex(8)) if acl else (None, password or None)
        self._arguments = list(arguments)
        self._program = program
        self._process: subprocess.Popen[bytes] | None = None
        certificate = make_certificate(self.directory) if tls is True else (tls or None)
        self.ca_path = str(certificate.ca) if certificate else None
        self._write_config(certificate, list(acl), dict(config or {}))

    def start(self, *, loaded: bool = True) -> RedisServer:
        """Start it, on the same port each time, and wait until it answers, and has its data unless `loaded` is False.

        Raises RuntimeError if it doesn't.
        """
        command = [self._program, str(self.directory / "redis.conf"), *self._arguments]
        with (self.directory / "log").open("ab") as log:
            self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        deadline = time.monotonic() + _START_SECONDS
        while not self._answers(loaded):
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise RuntimeError("redis-server did not start:\n" + (self.directory / "log").read_text())
            time.sleep(0.005)
        return self

    def stop(self) -> None:
        """Kill it, as a crash would, and wait for its end."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def admin(self) -> redis.Redis:
        """A client that may do anything, past TLS and passwords, by a Unix socket."""
        username, password = self._admin
        return redis.Redis(
            unix_socket_path=str(self.directory / "socket"),
            username=username,
            password=password,
            protocol=2,
            decode_responses=True,
            retry=Retry(NoBackoff(), 0),
        )

    def __enter__(self) -> RedisServer:
        try:
            return self.start()
        except RuntimeError:
            shutil.rmtree(self.directory, ignore_errors=True)
            raise

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        shutil.rmtree(self.directory, ignore_errors=True)

    def _answers(self, loaded: bool) -> bool:
        """Whether it accepts connections, which it does before it has its data, and answers PING."""
        try:
            socket.create_connection((self.host, self.port), timeout=1).close()
            with socket.socket(socket.AF_UNIX) as probe:  # redis-py 5 leaks a socket that can't be connected
                probe.connect(str(self.directory / "socket"))
            with self.admin() as admin:
                admin.ping()
        except redis.BusyLoadingError:
            return not loaded
        except (OSError, redis.RedisError):
            return False
        return True

    def _write_config(
        self, certificate: ServerCertificate | None, acl: list[str], config: dict[str, str | list[str]]
    ) -> None:
        settings: dict[str, str | list[str]] = {
            "bind": self.host,
            "port": "0" if certificate else str(self.port),
            "dir": str(self.directory),
            "unixsocket": str(self.directory / "socket"),
            "save": '""',
            "appendonly": "no",
            "daemonize": "no",
        }
        if certificate:
            settings["tls-port"] = str(self.port)
            settings["tls-cert-file"] = str(certificate.chain)
            settings["tls-key-file"] = str(certificate.key)
            settings["tls-ca-cert-file"] = str(certificate.ca)
            settings["tls-auth-clients"] = "no"
        if acl:
            lines = ["user {} on >{} ~* &* +@all".format(*self._admin), *acl]
            if not any(line.startswith("user default ") for line in acl):
                lines.append("user default off")
            (self.directory / "users.acl").write_text("\n".join(lines) + "\n")
            settings["aclfile"] = str(self.directory / "users.acl")
        elif self.password:
            settings["requirepass"] = self.password
        settings.update(config)
        with (self.directory / "redis.conf").open("w") as file:
            for name, values in settings.items():
                for value in [values] if isinstance(values, str) else values:
                    file.write(f"{name} {value}\n")
