"""Copies of all that the shop may not lose, each whole or not there, each proved before use."""
