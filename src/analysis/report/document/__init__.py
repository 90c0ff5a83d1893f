"""From executed notebooks to documents: the model (`model`) and one writer per format (`html`)."""
