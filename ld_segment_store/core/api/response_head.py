# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
"""The status line and headers of a response, read at once.

http.client reads headers as those of an e-mail, which makes a run of 1,000 environments with nothing to change a sixth slower
(docs/background/measurements.md).
"""

from __future__ import annotations

import re
from http.client import HTTPMessage, HTTPResponse

# All of it has arrived, and it is of the usual form: no interim response, no header on two lines. RFC 9112, sections 4 and 5.
_HEAD = re.compile(rb"HTTP/1\.1 ([2-5][0-9]{2}) ([^\r\n]*)\r\n((?:[A-Za-z0-9-]+:[^\r\n]*\r\n)*)\r\n")
_LENGTH = re.compile("[0-9]{1,15}")
# Such responses have no content, whatever their headers say.
_WITHOUT_CONTENT = (204, 304)


def begin(response: HTTPResponse) -> bool:
    """Begin a response to another request than HEAD, and return True.

    False, with nothing read, where its head is not of the usual form: http.client must begin it.
    """
    found = _HEAD.match(response.fp.peek())
    if not found:
        return False
    status, reason, lines = int(found[1]), found[2].decode("latin-1"), found[3].decode("latin-1")
    headers = HTTPMessage()
    for line in lines.split("\r\n")[:-1]:
        name, _colon, value = line.partition(":")
        headers.set_raw(name, value.lstrip(" \t"))
    length = headers.get("Content-Length", "")
    chunked = headers.get("Transfer-Encoding", "").lower() == "chunked"
    if status in _WITHOUT_CONTENT or not (chunked or _LENGTH.fullmatch(length)):
        return False
    response.fp.read(found.end())
    response.version, response.status, response.reason = 11, status, reason.strip()
    response.headers = response.msg = headers
    response.chunked = chunked
    if chunked:
        response.chunk_left = response.length = None
    else:
        response.length = int(length)
    response.will_close = "close" in headers.get("Connection", "").lower()
    return True
