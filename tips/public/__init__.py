"""The citizen's side: the tip form, the receipt, the conversation under a code, photos."""
