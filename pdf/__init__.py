"""The only place that prints: a plan and its report in, a PDF out."""
