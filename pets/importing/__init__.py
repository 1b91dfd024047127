"""The practice's clients and animals, read from its files; what changed in the shop stands."""
