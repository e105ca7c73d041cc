"""Parts that the benchmarks share; importing it lets a script find the program of this checkout."""

import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))
