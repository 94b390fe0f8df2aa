"""The rules of end-of-training reports: frozen values and pure functions; no input, no output, no clock."""
