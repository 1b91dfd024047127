"""A clinic's demand, drawn from a seed: households, their animals' lives, and what they order.

Pure: each owner is drawn from a generator of their own, so that any number of them can be written
one after the other, and the first thousand are the same in a hundred thousand.
"""
