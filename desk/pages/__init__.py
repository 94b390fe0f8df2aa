"""One module for each page: it asks one operation, and shows one template."""
