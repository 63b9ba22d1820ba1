"""Which pictogram stands beside which words; all are in one file, static/site/pictograms.svg.

They are for who cannot read the words, and say nothing that the words do not.
"""

SPRITE = "site/pictograms.svg"

# By the slug of the phrase, on the card and in the plea.
PHRASES = {
    "need-help": "help",
    "in-danger": "danger",
    "call-police": "police",
    "no-english": "speech",
    "passport": "passport",
    "cannot-leave": "door",
    "not-paid": "no-pay",
    "threatened": "threat",
    "forced-work": "work",
    "owe-money": "debt",
    "under-18": "child",
    "interpreter": "speech",
    "not-understand": "speech",
    "emergency": "danger",
    "call-847": "phone",
}
# By the group of the signs.
GROUPS = {
    "work": "work",
    "living": "house",
    "papers": "passport",
    "self": "face",
    "control": "debt",
    "children": "child",
    "offers": "offer",
    "border": "plane",
    "hotels": "bed",
    "boats": "boat",
}
# By the slug of the type.
TYPES = {
    "sex-trafficking": "curtain",
    "forced-labour": "work",
    "child-forced-labour": "load",
    "child-sexual-exploitation": "child",
    "domestic-servitude": "broom",
    "debt-bondage": "debt",
    "forced-crime": "parcel",
    "false-offers": "offer",
    "forced-begging": "hand",
    "organ-removal": "body",
}
KINDS = {"phrase": PHRASES, "group": GROUPS, "type": TYPES}
