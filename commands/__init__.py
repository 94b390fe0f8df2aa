"""What operators do beside a running service; main knows the command line."""
