"""A shop opened: what the clinic says of itself, from a file or from questions, written once."""
