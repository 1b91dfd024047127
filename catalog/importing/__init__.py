"""Catalogues read from files: the clinic's own format, suppliers' files, the official medicines."""
