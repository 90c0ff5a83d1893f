"""Floor 3: one module per chapter of the findings. Responses in, results out; no words, no rounding."""
