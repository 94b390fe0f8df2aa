"""What the service asks of others over HTTP, on behalf of those who use it: no address is trusted."""
