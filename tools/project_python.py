"""Runs a script with the project's Python packages, which `tools/setup` puts into .venv."""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def use():
    """Starts the script again under .venv when it runs under another Python.

    Does nothing inside any virtual environment: a caller who chose one has the packages.
    """
    python = ROOT / ".venv" / "bin" / "python"
    if sys.prefix != sys.base_prefix:
        return
    if not python.exists():
        sys.exit("error: .venv is missing, run tools/setup to make it")
    os.execv(python, [str(python), *sys.argv])
