"""What the plain tests leave out."""

# They need libraries that are not required; tests/ecosystem imports and tests them.
collect_ignore = ["sknn_edu/_onnx_graph.py", "sknn_edu/_torch.py", "sknn_edu/onnx.py"]
