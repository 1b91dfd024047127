"""What every app's GraphQL shares."""
