"""Names of glyphs and the codes of the Latin encodings (ISO 32000-1 annex D, Adobe Technical Note 5176 appendix A)."""

from __future__ import annotations

import re

# The names of the character set that all Latin fonts share, in the order of their identifiers in CFF, and what they stand for.
_STANDARD = (
    ".notdef space exclam quotedbl numbersign dollar percent ampersand quoteright parenleft parenright asterisk plus "
    "comma hyphen period slash zero one two three four five six seven eight nine colon semicolon less equal greater "
    "question at A B C D E F G H I J K L M N O P Q R S T U V W X Y Z bracketleft backslash bracketright asciicircum "
    "underscore quoteleft a b c d e f g h i j k l m n o p q r s t u v w x y z braceleft bar braceright asciitilde "
    "exclamdown cent sterling fraction yen florin section currency quotesingle quotedblleft guillemotleft "
    "guilsinglleft guilsinglright fi fl endash dagger daggerdbl periodcentered paragraph bullet quotesinglbase "
    "quotedblbase quotedblright guillemotright ellipsis perthousand questiondown grave acute circumflex tilde macron "
    "breve dotaccent dieresis ring cedilla hungarumlaut ogonek caron emdash AE ordfeminine Lslash Oslash OE "
    "ordmasculine ae dotlessi lslash oslash oe germandbls onesuperior logicalnot mu trademark Eth onehalf plusminus "
    "Thorn onequarter divide brokenbar degree thorn threequarters twosuperior registered minus eth multiply "
    "threesuperior copyright Aacute Acircumflex Adieresis Agrave Aring Atilde Ccedilla Eacute Ecircumflex Edieresis "
    "Egrave Iacute Icircumflex Idieresis Igrave Ntilde Oacute Ocircumflex Odieresis Ograve Otilde Scaron Uacute "
    "Ucircumflex Udieresis Ugrave Yacute Ydieresis Zcaron aacute acircumflex adieresis agrave aring atilde ccedilla "
    "eacute ecircumflex edieresis egrave iacute icircumflex idieresis igrave ntilde oacute ocircumflex odieresis "
    "ograve otilde scaron uacute ucircumflex udieresis ugrave yacute ydieresis zcaron"
)
STANDARD_NAMES: tuple[str, ...] = tuple(_STANDARD.split())
CHARACTERS = (
    ' !"#$%&’()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_‘abcdefghijklmnopqrstuvwxyz{|}~'
    "¡¢£⁄¥ƒ§¤'“«‹›ﬁﬂ–†‡·¶•‚„”»…‰¿`´ˆ˜¯˘˙¨˚¸˝˛ˇ—ÆªŁØŒºæıłøœß¹¬µ™Ð½±Þ¼÷¦°þ¾²®−ð×³©ÁÂÄÀÅÃÇÉÊËÈÍÎÏÌÑÓÔÖÒÕŠÚÛÜÙÝŸŽ"
    "áâäàåãçéêëèíîïìñóôöòõšúûüùýÿž"
)
NAMES: dict[str, str] = dict(zip(CHARACTERS, STANDARD_NAMES[1:], strict=True)) | {"Euro": "Euro"}
UNICODE: dict[str, int] = {name: ord(one) for one, name in zip(CHARACTERS, STANDARD_NAMES[1:], strict=True)} | {
    "Euro": 0x20AC
}
# StandardEncoding: codes whose glyphs follow one another, with the identifier of the first.
_RUNS = ((32, 95, 1), (161, 15, 96), (177, 4, 111), (182, 7, 115), (191, 1, 123), (193, 8, 124), (202, 2, 132),
         (205, 4, 134), (225, 1, 138), (227, 1, 139), (232, 4, 140), (241, 1, 144), (245, 1, 145), (248, 4, 146))  # fmt: skip
STANDARD_ENCODING: dict[int, str] = {
    code: STANDARD_NAMES[first + at]
    for start, count, first in _RUNS
    for at, code in enumerate(range(start, start + count))
}


def _of_codec(codec: str, **differing: str) -> dict[int, str]:
    known = {**NAMES, "€": "Euro", "'": "quotesingle", "`": "grave", "\xa0": "space", "\xad": "hyphen", **differing}
    found: dict[int, str] = {}
    for code in range(32, 256):
        character = bytes((code,)).decode(codec, "ignore")
        if character in known:
            found[code] = known[character]
    return found


ENCODINGS: dict[str, dict[int, str]] = {
    "StandardEncoding": STANDARD_ENCODING,
    "WinAnsiEncoding": dict.fromkeys((127, 129, 141, 143, 144, 157), "bullet") | _of_codec("cp1252"),
    "MacRomanEncoding": _of_codec("mac_roman") | {219: "currency", 202: "space"},
}


_SYMBOLS = (
    "Alpha Beta Chi Delta Epsilon Eta Gamma Ifraktur Iota Kappa Lambda Mu Nu Omega Omicron Phi Pi Psi Rfraktur Rho Sigma Tau "
    "Theta Upsilon Upsilon1 Xi Zeta aleph alpha angle angleleft angleright approxequal arrowboth arrowdblboth arrowdbldown "
    "arrowdblleft arrowdblright arrowdblup arrowdown arrowhorizex arrowleft arrowright arrowup arrowvertex asteriskmath beta "
    "braceex braceleftbt braceleftmid bracelefttp bracerightbt bracerightmid bracerighttp bracketleftbt bracketleftex "
    "bracketlefttp bracketrightbt bracketrightex bracketrighttp carriagereturn chi circlemultiply circleplus club congruent "
    "copyrightsans copyrightserif delta diamond dotmath element emptyset epsilon equivalence eta existential gamma gradient "
    "greaterequal heart infinity integral integralbt integralex integraltp intersection iota kappa lambda lessequal logicaland "
    "logicalor lozenge minute notelement notequal notsubset nu omega omega1 omicron parenleftbt parenleftex parenlefttp "
    "parenrightbt parenrightex parenrighttp partialdiff perpendicular phi phi1 pi product propersubset propersuperset "
    "proportional psi radical radicalex reflexsubset reflexsuperset registersans registerserif rho second sigma sigma1 similar "
    "spade suchthat summation tau therefore theta theta1 trademarksans trademarkserif union universal upsilon weierstrass xi zeta"
)
_OTHERS = (
    "AEacute Dcroat Eng Hbar IJ Ldot Lslash Ohorn Oslashacute Tbar Uhorn aeacute dcroat dotlessj eng estimated ff ffi ffl "
    "hbar ij kgreenlandic ldot longs napostrophe nbspace nonbreakingspace oneeighth fiveeighths ohorn oslashacute peseta "
    "seveneighths sfthyphen softhyphen tbar threeeighths uhorn underscoredbl zerosuperior .null nonmarkingreturn"
)
MEANT = frozenset((*UNICODE, *_SYMBOLS.split(), *_OTHERS.split()))
# Letters with marks, and names that number characters, as the Adobe Glyph List forms them.
FORMED = re.compile(
    r"uni(?:[0-9A-F]{4})+|u[0-9A-F]{4,6}|afii\d{5}|SF\d{6}|H\d{5}|[A-Za-z][a-z]*(?:acute|grave|circumflex|dieresis|tilde|caron|"
    r"breve|macron|ogonek|cedilla|dotaccent|ring|commaaccent|hungarumlaut|tonos|inferior|superior|small|oldstyle)"
)


def is_meant(name: str) -> bool:
    """Say whether a glyph name stands for characters: of the common Latin ones, of the Symbol font, or formed like them."""
    return all(part in MEANT or FORMED.fullmatch(part) for part in name.partition(".")[0].split("_")) or name in MEANT


def unicode_of(name: str) -> int | None:
    """Return the character that a glyph name stands for, by the common names, ``uniXXXX`` or ``uXXXXX``."""
    plain = name.partition(".")[0]
    if plain in UNICODE:
        return UNICODE[plain]
    digits = plain[3:] if plain.startswith("uni") else plain[1:] if plain.startswith("u") else ""
    try:
        return int(digits, 16) if 4 <= len(digits) <= 6 else None  # noqa: PLR2004 - as the names are built
    except ValueError:
        return None
