"""./run bench: what design section 6 asks to be measured, each figure beside a bare program."""
