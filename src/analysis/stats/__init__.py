"""Floor 1: numbers in, results out. numpy and scipy at import, no pandas, no files, no words."""
