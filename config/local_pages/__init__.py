"""Pages that exist only under `make run` and in tests: sign in as one of the cast, read sent mail, move the clock."""
