"""How each result is shown: one file per chapter, found by `report.verbs`."""
