"""How an information package is delivered: as a BagIt bag, as the tree itself, as a transfer. They are plug-ins."""
