"""The formats of the field, read into values and reported line by line; nothing is written from here."""
