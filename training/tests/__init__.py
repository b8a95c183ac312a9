"""`python -m unittest` from the repository root. Not part of npm test: Python is for training only."""
