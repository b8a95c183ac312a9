"""Reference numbers for the TypeScript pipeline."""
