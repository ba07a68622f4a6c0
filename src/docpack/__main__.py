"""`python -m docpack` is `docpack`."""

import sys

from docpack.cli import main

if __name__ == "__main__":
    sys.exit(main())
