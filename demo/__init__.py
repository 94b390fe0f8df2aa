"""The demonstration: the story of the user guide, in days counted back from today."""
