"""What runs in the background: it tells its faults and goes on, and readiness knows whether it lives."""
