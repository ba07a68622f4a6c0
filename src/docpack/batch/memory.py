"""How much memory this process has taken."""

from __future__ import annotations

import sys

__all__ = ["peak_bytes"]


def peak_bytes() -> int:
    """Return the most memory that this process ever held, in octets; 0 where the system does not tell."""
    try:
        import resource
    except ImportError:  # Windows
        return 0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak << 10
