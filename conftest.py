"""What the plain tests leave out."""

import os
from importlib.util import find_spec
from pathlib import Path

# They need libraries that are not required; tests/ecosystem imports and tests them.
collect_ignore = [
    "sknn_edu/export/onnx_converters.py",
    "sknn_edu/export/onnx_encoder.py",
    "sknn_edu/export/onnx_graph.py",
    "sknn_edu/export/onnx_tables.py",
    "sknn_edu/export/torch_module.py",
    "sknn_edu/onnx.py",
]

if not (Path(__file__).parent / "tools").is_dir():
    collect_ignore.append("tests/test_wheels.py")  # how they are built is tested in a checkout

# The package itself is not imported here: scipy sets filters for warnings when it first is.
_native = Path(find_spec("sknn_edu").origin).parent / "native"
_given = os.environ.get("SKNN_EDU_CORE")
_places = [Path(_given)] if _given else [_native / "libcore.so", _native / "core.dll"]
if not any(path.exists() for path in _places):
    # There is no compiled core to test; how it is built, and what is said without it, still are.
    here = Path(__file__).parent / "tests"
    collect_ignore += [
        str(path) for path in here.glob("test_native*.py") if path.name != "test_native_build.py"
    ]
