"""Tables that people open in their spreadsheet: their columns, how they are written, how a filled one is read."""
