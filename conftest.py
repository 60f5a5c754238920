"""What the plain tests leave out."""

from sknn_edu.native import is_available

# They need libraries that are not required; tests/ecosystem imports and tests them.
collect_ignore = ["sknn_edu/_onnx_graph.py", "sknn_edu/_torch.py", "sknn_edu/onnx.py"]

if not is_available():  # installed without a C++ compiler
    collect_ignore.append("tests/test_native.py")
