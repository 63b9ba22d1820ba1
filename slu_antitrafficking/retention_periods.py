"""How long things are kept: the program keeps to these figures, the privacy page prints them."""

CODE_MINUTES = 30  # a receipt code in its box, so that sending twice is safe

# As texts name them, between { and }.
FIGURES = {"code-minutes": str(CODE_MINUTES)}
