"""Floor 4: presentation. Tables, figures and sentences in two languages, the ledger, the documents."""
