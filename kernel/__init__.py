"""Words that every app shares: no models, no knowledge of any app."""
