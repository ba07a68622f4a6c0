"""Packages for an archive: the tree of files, its containers and bags, the records about it, and the versioned store."""
