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
# By the slug of the sign, on the posters.
SIGNS = {
    "papers-held": "passport",
    "cannot-leave": "door",
    "no-pay": "no-pay",
    "debt": "debt",
    "rehearsed": "speech",
    "no-school": "child",
}
# By the slug of the sheet.
MATERIALS = {
    "taxi": "car",
    "hotel": "bed",
    "school": "child",
    "clinic": "body",
    "boats": "boat",
    "employers": "work",
    "border": "plane",
}
KINDS = {
    "phrase": PHRASES,
    "group": GROUPS,
    "type": TYPES,
    "sign": SIGNS,
    "material": MATERIALS,
}
