"""What looks at a file from inside: takes it on standard input, gives a cleaned copy and pictures on standard output.

Run as a program of its own. Nothing of it is trusted by the one that started it: what it gives is bytes to be sealed.
"""

import json
import sys

from app.documents.checking.confined import confine
from app.documents.checking.looking import Refused, looked_at
from app.documents.rules import Refusal


def main() -> None:
    """One file, by the ending that its name has."""
    confine()
    ending, data = sys.argv[1], sys.stdin.buffer.read()
    try:
        parts = looked_at(ending, data)
        head: dict[str, object] = {"parts": [[name, len(content)] for name, content in parts]}
    except Refused as refused:
        parts, head = [], {"refused": refused.why}
    except Exception:  # noqa: BLE001 - whatever a parser of foreign files raises, the file is not taken
        parts, head = [], {"refused": Refusal.UNREADABLE}
    out = sys.stdout.buffer
    out.write(json.dumps(head).encode() + b"\n")
    for _, content in parts:
        out.write(content)
    out.flush()


if __name__ == "__main__":
    main()
