"""What is missing before the shop may face the public, and what to type to mend it."""
