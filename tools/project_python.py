"""Runs a script with the project's Python packages, which `tools/setup` puts into .venv, and those
for models, which it puts into .venv-models."""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def use(folder=".venv", remedy="run tools/setup to make it"):
    """Starts the script again under the environment when it runs under another Python.

    Does nothing inside any virtual environment: a caller who chose one has the packages.
    """
    python = ROOT / folder / "bin" / "python"
    if sys.prefix != sys.base_prefix:
        return
    if not python.exists():
        sys.exit(f"error: {folder} is missing, {remedy}")
    os.execv(python, [str(python), *sys.argv])
