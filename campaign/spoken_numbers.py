"""How many digits of a telephone number a word says, in English, Spanish and French."""

import re
import unicodedata

_UNITS = (
    "zero oh nought nil one two three four five six seven eight nine"
    " cero uno un una dos tres cuatro cinco seis siete ocho nueve"
    " une deux trois quatre cinq sept huit neuf"
    # What the two Creoles write otherwise, but for what is a common word elsewhere.
    " yonn twa kat senk wit uit nef"
)
_TEENS_AND_TENS = (
    "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
    " twenty thirty forty fourty fifty sixty seventy eighty ninety"
    " diez once doce trece catorce quince dieciseis diecisiete dieciocho diecinueve"
    " veinte veintiuno veintiun veintidos veintitres veinticuatro veinticinco veintiseis"
    " veintisiete veintiocho veintinueve"
    " treinta cuarenta cincuenta sesenta setenta ochenta noventa"
    " doscientos trescientos cuatrocientos quinientos seiscientos setecientos ochocientos"
    " novecientos"
    " dix onze douze treize quatorze quinze seize vingt vingts"
    " trente quarante cinquante soixante septante huitante octante nonante"
)
_HUNDREDS = "hundred hundreds thousand cent cents cien ciento cientos mil mille"
_REPEATS = {"double": 1, "doble": 1, "triple": 2, "treble": 2}
_DIGITS = (
    dict.fromkeys((*_UNITS.split(), *_HUNDREDS.split()), 1)
    | dict.fromkeys(_TEENS_AND_TENS.split(), 2)
    | _REPEATS
)
# Words that say a digit only right beside another: un médico, una casa; but: un, deux.
ARTICLES = ("un", "una", "une")
_WORD = "|".join(sorted(_DIGITS, key=len, reverse=True))
_RUN_TOGETHER = re.compile(rf"(?:{_WORD}){{2,12}}")  # fiftyeight


def digits_said(word: str) -> int:
    """The digits of a number that the word stands for; none of most words."""
    plain = "".join(
        letter
        for letter in unicodedata.normalize("NFKD", word.casefold())
        if not unicodedata.combining(letter)
    )
    if plain in _DIGITS:
        return _DIGITS[plain]
    if _RUN_TOGETHER.fullmatch(plain[:100]):
        return sum(_DIGITS[part] for part in re.findall(_WORD, plain))
    return 0
