#!/usr/bin/env python3
"""Makes the fonts of this folder from Noto CJK. Usage: make.py <folder with the Noto CJK .ttc files>   (needs fonttools)"""

import pathlib
import sys

from fontTools import subset
from fontTools.ttLib import TTCollection

HERE = pathlib.Path(__file__).parent
GENERAL = HERE / "../../../standards/general-standard-characters.txt"

# Latin, Greek, punctuation, arrows, mathematics, enclosed numbers, lines and shapes, CJK symbols, bopomofo, square units (㎡),
# full-width forms.
COMMON = [
    (0x20, 0x7F), (0xA0, 0x180), (0x1E00, 0x1F00), (0x370, 0x400), (0x2010, 0x2050), (0x2070, 0x2090), (0x2100, 0x2300),
    (0x2460, 0x24FF), (0x2500, 0x2580), (0x25A0, 0x2600), (0x2605, 0x2607), (0x2610, 0x2613), (0x2713, 0x2714), (0x3000, 0x3040),
    (0x3105, 0x3130), (0x3200, 0x3400), (0xFF00, 0xFFF0),
]
HAN = [(0x3400, 0x4DC0), (0x4E00, 0xA000), (0xF900, 0xFB00), (0x20000, 0x323B0)]


def characters(ranges):
    return {code for start, end in ranges for code in range(start, end)}


def simplified(collection, style):
    """The SC member of a collection, whatever its place."""
    return next(font for font in collection.fonts if font["name"].getDebugName(1) == f"Noto {style} CJK SC")


def make(folder, style, weight, wanted, family):
    font = simplified(TTCollection(folder / f"Noto{style}CJK-{weight}.ttc"), style)
    options = subset.Options()
    # Spacing and regional forms only: no ligatures, so that one character is one glyph.
    options.layout_features = ["kern", "halt", "locl", "ccmp"]
    options.hinting = False
    options.glyph_names = False
    options.notdef_outline = True
    options.drop_tables += ["BASE", "VORG", "vhea", "vmtx"]
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=wanted & set(font.getBestCmap()))
    subsetter.subset(font)
    rename(font, family, weight)
    target = HERE / f"{family.replace(' ', '')}-{weight}.otf"
    font.save(target)
    print(target.name, target.stat().st_size)


def rename(font, family, weight):
    """The licence asks for another name; it and the copyright stay."""
    names = font["name"]
    kept = {number: names.getDebugName(number) for number in (0, 13, 14)}
    full = f"{family} {weight}"
    postscript = full.replace(" ", "")
    texts = {1: family, 2: weight, 3: f"{postscript}-1", 4: full, 5: "Version 1.000", 6: postscript, **kept}
    names.names = []
    for number, text in sorted(texts.items()):
        if text:
            names.setName(text, number, 3, 1, 0x409)
    cff = font["CFF "].cff
    cff.fontNames = [postscript]
    cff.topDictIndex[0].FullName = full
    cff.topDictIndex[0].FamilyName = family


def main():
    folder = pathlib.Path(sys.argv[1])
    lines = GENERAL.read_text(encoding="utf-8").splitlines()
    general = {ord(c) for line in lines if not line.startswith("#") for c in line}
    assert len(general) == 8105
    main_set = general | characters(COMMON)
    make(folder, "Serif", "Regular", main_set, "Zhengzhao Song")
    make(folder, "Serif", "Bold", main_set, "Zhengzhao Song")
    make(folder, "Sans", "Regular", main_set, "Zhengzhao Hei")
    make(folder, "Serif", "Regular", (characters(HAN) - general) | characters([(0x20, 0x7F)]), "Zhengzhao Song Rare")


if __name__ == "__main__":
    main()
