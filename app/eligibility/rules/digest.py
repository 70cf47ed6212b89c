"""One digest for one content, however it is laid out in a file."""

import hashlib
import json


def digest(content: object) -> str:
    """SHA-256 (hex) of the canonical JSON: sorted keys, no spaces, UTF-8. Raises TypeError or ValueError
    on anything that is not plain JSON.
    """
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()
