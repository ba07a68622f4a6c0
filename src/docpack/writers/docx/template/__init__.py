"""Our own template: the parts of an empty book, as XML that is read and edited by hand."""
