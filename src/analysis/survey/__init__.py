"""Floor 2: from a file as received to cleaned and scored responses, every change on record."""
