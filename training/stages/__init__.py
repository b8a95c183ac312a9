"""Training stages: each is a command, logs a CSV, draws its curve and can be stopped and resumed at any moment."""
