"""One format a module: `Document` in, bytes out."""
