"""Tables that people open in their spreadsheet: their columns, and how they are written."""
