"""Run a script of this folder as if the processor had AVX2 and nothing newer.

    python benchmarks/avx2.py compare.py --peers scikit-learn torch --marker speed-avx2 --goals 0.5

Each library has its own variable for this: our core, OpenBLAS (of numpy and scipy), PyTorch with
MKL and oneDNN, XLA. They read it only at start-up, so the script runs in a new process.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

AVX2_ONLY = {
    "SKNN_EDU_KERNELS": "v3",
    "OPENBLAS_CORETYPE": "Haswell",
    "ATEN_CPU_CAPABILITY": "avx2",
    "MKL_ENABLE_INSTRUCTIONS": "AVX2",
    "DNNL_MAX_CPU_ISA": "AVX2",
    "XLA_FLAGS": "--xla_cpu_max_isa=AVX2",
}
SSE_ONLY = {"SKNN_EDU_KERNELS": "v2", "OPENBLAS_CORETYPE": "Nehalem"}
LIMITS = {"v3": AVX2_ONLY, "v2": SSE_ONLY}  # by the name of our kernels


def restart_with(level: str) -> None:
    """Start the running script again with the limits of a level, unless they are set already."""
    if any(os.environ.get(name) != value for name, value in LIMITS[level].items()):
        os.execve(sys.executable, [sys.executable, *sys.argv], os.environ | LIMITS[level])


def main() -> int:
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    script, *rest = sys.argv[1:]
    path = Path(__file__).parent / script
    return subprocess.run([sys.executable, path, *rest], env=os.environ | AVX2_ONLY).returncode


if __name__ == "__main__":
    sys.exit(main())
