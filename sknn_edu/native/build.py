"""``python -m sknn_edu.native.build`` compiles the core; the work is done in `compiler`."""

import sys

from .compiler import main

if __name__ == "__main__":
    sys.exit(main())
