"""A small Stripe on loopback, for tests and the demonstration: docs/decisions/0008 says why.

It keeps payments in memory, refuses what Stripe refuses, and tells of what happens by signed
webhooks. What only it can do (a clock, faults, lost deliveries) stands under `/_control/`.
"""
