"""Archives of runs, sound and damaged."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from typing import Any

from mnist_app.runs import RUN_FILE

Files = dict[str, bytes]


def zipped(contents: Files, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a zip with these files."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    return packed.getvalue()


def with_file(contents: Files, name: str, content: bytes) -> Files:
    """Return the files with another content of one, and its digest in run.json."""
    facts = json.loads(contents[f"tiny/{RUN_FILE}"])
    facts["files"][name] = hashlib.sha256(content).hexdigest()
    return contents | {f"tiny/{name}": content, f"tiny/{RUN_FILE}": json.dumps(facts).encode()}


def with_facts(contents: Files, **facts: Any) -> Files:
    """Return the files with other facts in run.json."""
    own = json.loads(contents[f"tiny/{RUN_FILE}"])
    return contents | {f"tiny/{RUN_FILE}": json.dumps(own | facts).encode()}
