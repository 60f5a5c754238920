"""Helpers of the plain tests are importable here, too, and by the workers that are started."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
