"""The five networks, each in one file with its configuration."""
