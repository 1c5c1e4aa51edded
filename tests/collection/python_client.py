# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""What Ansible starts as the managed node's Python: it hands the program on standard input to a PreloadedPython.

It starts once for each task, so it imports only modules that cost nothing: built-in ones, and sockets.
"""

from __future__ import annotations

import _signal  # type: ignore[import-not-found]  # signal itself imports enum
import _socket
import marshal
import posix
import sys

# What Python reads when it starts.
READ_AT_START = (b"LANG", b"LC_", b"PYTHON")


def main(place: str, environ: dict[bytes, bytes]) -> None:
    """Run the program where the server at `place` has started with `environ`; start Python for anything else."""
    own = {name: value for name, value in posix.environ.items() if name.startswith(READ_AT_START)}
    if sys.argv[1:] or own != environ:
        posix.execv(sys.executable, [sys.executable, *sys.argv[1:]])
    descriptors = b"".join(number.to_bytes(4, sys.byteorder) for number in (0, 1, 2))
    server = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM)
    server.connect(place)
    server.sendmsg([b"."], [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, descriptors)])
    server.sendall(marshal.dumps((posix.getcwd(), posix.environ, posix.umask(0))))
    _end(int(server.recv(16)))


def _end(code: int) -> None:
    """End with this exit code, or by this signal where it is negative, as `subprocess` tells it."""
    if code < 0:
        if code in (-_signal.SIGINT, -_signal.SIGPIPE):  # which Python does not leave to the system
            _signal.signal(-code, _signal.SIG_DFL)
        posix.kill(posix.getpid(), -code)
    posix._exit(code)
