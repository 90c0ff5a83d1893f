"""Floor 5: the whole job. Plan, execute notebooks strictly, assemble pages, record what was done."""
