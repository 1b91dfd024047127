"""The demonstration clinic: invented, complete, and loaded by one command."""
