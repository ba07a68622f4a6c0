"""One format a module: bytes in, `Document` out."""
