"""What the demo shop sells: made-up names, stock codes, prices, packs, and how demand for each product moves."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

MILS = 1000  # to the pound: prices are whole mils, since some are below a penny

# What the motif is printed on, and its usual price in pounds.
OBJECTS = {
    "{} GREETING CARD": 0.42,
    "{} GIFT TAG": 0.42,
    "{} BOOKMARK": 0.39,
    "{} STICKER SHEET": 0.55,
    "{} PENCIL": 0.39,
    "{} ERASER": 0.21,
    "{} FRIDGE MAGNET": 0.85,
    "{} PAPER NAPKINS": 0.85,
    "{} WRAPPING SHEET": 0.42,
    "{} KEY FOB": 0.65,
    "{} POCKET MIRROR": 0.85,
    "{} NAIL FILE": 0.65,
    "PACK OF 12 {} CANDLES": 0.85,
    "PACK OF 20 {} DOILIES": 0.79,
    "PACK OF 6 {} BALLOONS": 0.65,
    "{} NOTEPAD": 1.25,
    "{} COASTER": 1.25,
    "{} EGG CUP": 1.25,
    "{} SOAP DISH": 1.65,
    "{} SHOPPING TOTE": 1.65,
    "{} LUNCH POUCH": 1.65,
    "{} TIN MUG": 1.45,
    "{} SPICE JAR": 1.25,
    "{} SEED PACKET BOX": 1.25,
    "{} PEG BASKET": 1.95,
    "{} HANGING STAR": 1.25,
    "{} SCENTED SACHET": 1.25,
    "{} WASHI TAPE SET": 1.45,
    "SET OF 4 {} NAPKIN RINGS": 1.95,
    "SET OF 6 {} TEA SPOONS": 2.08,
    "SET OF 3 {} BUTTON BADGES": 1.25,
    "{} TEA TOWEL": 2.10,
    "{} PLANT POT": 2.10,
    "{} BUD VASE": 2.55,
    "{} OVEN MITT": 2.55,
    "{} MILK JUG": 2.55,
    "{} LETTER RACK": 2.95,
    "{} DOOR STOP": 2.95,
    "{} WATER BOTTLE": 2.95,
    "{} TEALIGHT JAR": 2.95,
    "{} COAT HOOK": 2.10,
    "{} PENCIL CASE": 2.55,
    "{} MONEY POT": 2.95,
    "{} RECIPE BOX": 3.75,
    "{} CAKE TIN": 3.75,
    "{} PHOTO FRAME": 3.75,
    "{} APRON": 3.75,
    "{} CHOPPING BOARD": 4.25,
    "{} CUSHION COVER": 4.95,
    "{} BUNTING": 4.95,
    "{} TEAPOT FOR ONE": 4.95,
    "{} STORAGE CRATE": 4.95,
    "SET OF 3 {} STORAGE TINS": 4.95,
    "{} WALL THERMOMETER": 5.95,
    "{} KITCHEN SCALES": 8.50,
    "{} MANTEL CLOCK": 7.95,
    "{} PICNIC RUG": 8.50,
    "{} THREE TIER CAKE PLATE": 12.75,
    "{} UMBRELLA STAND": 12.75,
    "{} BEDSIDE LAMP": 9.95,
    "{} FOLDING STOOL": 16.95,
    "{} PARASOL": 5.95,
}
MOTIFS = (
    *("PUFFIN", "BRAMBLE HARE", "FOXGLOVE", "HARBOUR", "SEA SHANTY", "PADDLE STEAMER", "LIGHTHOUSE", "TIDEPOOL"),
    *("WILLOW WREN", "HEDGEHOG", "BUMBLEBEE MEADOW", "DANDELION CLOCK", "ALLOTMENT", "POTTING SHED", "HENHOUSE"),
    *("TOPIARY", "CLOUDBERRY", "GOOSEBERRY", "RHUBARB STRIPE", "MARMALADE CAT", "OTTER", "KINGFISHER", "MOONLIT FOX"),
    *("PENNY FARTHING", "STEAM FAIR", "BANDSTAND", "TEA DANCE", "SEASIDE PIER", "MUSIC HALL", "TRAM STOP", "GLOBE"),
    *("HOPSCOTCH", "MARBLES", "KITE DAY", "TOY THEATRE", "ROCKET SHIP", "DINOSAUR PARADE", "PIRATE COVE", "UNICORN"),
    *("PAISLEY FERN", "INKBLOT", "HARLEQUIN", "GINGHAM PEAR", "TARTAN THISTLE", "LACE LEAF", "BIRCH BARK", "OAKLEAF"),
    *("POLKA SNAIL", "BOTANIST", "ASTRONOMER", "CARTOGRAPHER", "BEEKEEPER", "MERMAID", "SLEEPY BADGER", "WHALE SONG"),
)
FESTIVE_MOTIFS = (
    *("FROSTED FIR", "MISTLETOE KISS", "SNOWY OWL", "HOLLY SPRIG", "SUGAR PLUM", "NORTHERN STAR", "SLEIGH RIDE"),
    *("YULE LOG", "CHRISTMAS PUDDING", "CAROL SINGER", "CHRISTMAS ROBIN", "GINGERBREAD STREET", "ICE SKATER"),
)
COLOURS = ("RED", "IVORY", "BLUE", "MINT", "MUSTARD", "LILAC")
# On stock counts: the first five for goods found, all but the first for goods lost; None was never filled in.
STOCK_REMARKS = ("found", "check", None, None, None, "damaged", "?", "missing", "wet", "thrown away")

# Customers by country.
COUNTRIES = {
    "United Kingdom": 3950, "Germany": 95, "France": 87, "Spain": 31, "Belgium": 25, "Switzerland": 21, "Portugal": 19,
    "Italy": 15, "Finland": 12, "Austria": 11, "Norway": 10, "Netherlands": 9, "Australia": 9, "Denmark": 9, "Japan": 8,
    "Channel Islands": 9, "Cyprus": 8, "Sweden": 8, "Poland": 6, "EIRE": 6, "Canada": 4, "Greece": 4, "Israel": 4,
    "Unspecified": 4, "USA": 4, "Hong Kong": 3, "Malta": 2, "United Arab Emirates": 2, "Bahrain": 2, "Iceland": 2,
    "Lebanon": 2, "Lithuania": 2, "Singapore": 2, "Brazil": 2, "Czech Republic": 2, "RSA": 2, "Saudi Arabia": 2,
    "European Community": 2,
}  # fmt: skip

VOUCHERS = {10: 8.33, 20: 16.67, 30: 25.00, 40: 33.33, 50: 41.67}  # pounds without VAT by pounds with it
# What isn't a product: text by code.
CHARGES = {
    "POST": "POSTAGE",
    "DOT": "DOTCOM POSTAGE",
    "C2": "CARRIAGE",
    "M": "Manual",
    "D": "Discount",
    "S": "SAMPLES",
    "AMAZONFEE": "AMAZON FEE",
    "BANK CHARGES": "Bank Charges",
    "B": "Adjust bad debt",
    "PADS": "INNER PAD FOR A CUSHION",
    **{f"gift_0001_{value}": f"Gift Voucher £{value}.00" for value in VOUCHERS},
}


class Slip(NamedTuple):
    """An invoice of one charge: its code, the letter before its number, how many a year, between which amounts in
    pounds, and whether it is a known customer's.
    """

    code: str
    letter: str
    a_year: float
    lowest: float
    highest: float
    known: bool


SLIPS = (
    Slip("M", "", 160, 1.25, 900, known=True),
    Slip("M", "C", 240, 1, 1500, known=True),
    Slip("D", "C", 75, 6, 260, known=True),
    Slip("S", "C", 60, 3, 180, known=False),
    Slip("S", "", 2, 30, 34, known=False),
    Slip("AMAZONFEE", "C", 30, 3500, 16500, known=False),
    Slip("BANK CHARGES", "C", 25, 22, 950, known=False),
    Slip("BANK CHARGES", "", 12, 15, 15, known=False),
    Slip("B", "A", 3, -3000, -12000, known=False),
    Slip("PADS", "", 4, 0.001, 0.001, known=True),
    *(Slip(f"gift_0001_{value}", "", 6, price, price, known=False) for value, price in VOUCHERS.items()),
)

PACK_PRICES = np.array([500, 1100, 2000, 3000, 5000, 9000])  # mils: a dearer product comes in smaller packs
PACK_UNITS = np.array([24, 12, 10, 6, 4, 2, 1])
FESTIVE_SEASON = np.array([0.4, 0.1, 0.05, 0.05, 0.05, 0.1, 0.2, 0.5, 1.5, 2.8, 3.8, 3.5])  # January … December


@dataclass(frozen=True)
class Catalogue:
    """Products 0 … n − 1 and how they are spelled.

    codes, texts: product i stands at i and, spelled otherwise (in lower case; by another name), at n + i; after
    them stand the charges, and in texts the remarks. price_mils, pack: n usual prices in mils, n packs in units.
    demand: months × n, relative.
    """

    codes: list[str]
    texts: list[str | None]
    price_mils: NDArray[np.int64]
    pack: NDArray[np.int64]
    demand: NDArray[np.float64]

    @property
    def products(self) -> int:
        """How many products there are."""
        return len(self.pack)

    def charge(self, code: str) -> int:
        """The position of a charge, in codes and in texts."""
        return 2 * self.products + list(CHARGES).index(code)

    @property
    def first_remark(self) -> int:
        """The position in texts of the first of STOCK_REMARKS."""
        return len(self.texts) - len(STOCK_REMARKS)


class Product(NamedTuple):
    """One product; festive if it sells before Christmas only."""

    name: str
    stock_code: str
    pounds: float
    festive: bool


def make_catalogue(rng: np.random.Generator, count: int, months: int) -> Catalogue:
    """`count` products with `months` months of demand, the first of them a December."""
    products = _products(rng, count)
    names = [product.name for product in products]
    codes = [product.stock_code for product in products]
    prices = _prices_in_mils(rng, np.array([product.pounds for product in products]))
    return Catalogue(
        codes=[*codes, *(code.lower() if code[0].isdigit() else code for code in codes), *CHARGES],
        texts=[
            *names,
            *(f"{name}, BOXED" if i % 16 == 5 else name for i, name in enumerate(names)),
            *CHARGES.values(),
            *STOCK_REMARKS,
        ],
        price_mils=prices,
        pack=PACK_UNITS[np.searchsorted(PACK_PRICES, prices)],
        demand=_demand(rng, np.array([product.festive for product in products]), months),
    )


def _products(rng: np.random.Generator, count: int) -> list[Product]:
    """`count` products, in no order. A fifth of the designs come in 2 to 6 colours, which share five digits and differ
    in their letters; a few names end in a space and a few codes begin with DCGS, as in real exports.
    """
    designs = list(product((*MOTIFS, *FESTIVE_MOTIFS), OBJECTS.items()))
    numbers = 20_000 + shuffled(rng, 70_000)
    colours = np.where(rng.random(len(designs)) < 0.8, 1, 2 + (5 * rng.random(len(designs))).astype(int))
    products = [
        Product(
            name=thing.format(f"{COLOURS[i]} {motif}" if variants > 1 else motif),
            stock_code=f"{number}{_letters(number, i) if variants > 1 else ''}",
            pounds=pounds,
            festive=motif in FESTIVE_MOTIFS,
        )
        for place, number, variants in zip(shuffled(rng, len(designs)), numbers, colours, strict=False)
        for motif, (thing, pounds) in [designs[place]]
        for i in range(variants)
    ][:count]
    products[11::30] = [product._replace(name=f"{product.name} ") for product in products[11::30]]
    products[17::300] = [product._replace(stock_code=f"DCGS{i:04d}") for i, product in enumerate(products[17::300], 3)]
    return products


def _letters(number: int, variant: int) -> str:
    """What tells a product from its sisters of other colours: a letter, for some designs two."""
    return COLOURS[variant][:2] if number % 40 == 0 else "ABCDEF"[variant]


def _prices_in_mils(rng: np.random.Generator, pounds: NDArray[np.float64]) -> NDArray[np.int64]:
    """The usual prices, a third of them moved to the next lower or higher price that the shop knows."""
    known = np.unique(pounds)
    step = np.array([-1, 0, 0, 0, 0, 1])[(6 * rng.random(len(pounds))).astype(int)]
    prices = known[(np.searchsorted(known, pounds) + step).clip(0, len(known) - 1)]
    mils: NDArray[np.int64] = np.rint(MILS * prices).astype(np.int64)
    return mils


def _demand(rng: np.random.Generator, festive: NDArray[np.bool_], months: int) -> NDArray[np.float64]:
    """Relative demand, months × products: Zipf popularity, times a trend (a sixth rise, a sixth fall, some come late,
    some are given up), times the festive season, times a month's luck.
    """
    count = len(festive)
    popularity = 1 / (85 + shuffled(rng, count)) ** 1.5
    month = np.linspace(0, 1, months)[:, np.newaxis]
    fate, turn = rng.random(count), rng.random(count)
    trend = np.select(
        [fate < 0.16, fate < 0.32, fate < 0.44, fate < 0.54],
        [0.3 + 1.7 * month, 2.0 - 1.7 * month, month > 0.9 * turn, month < turn],
        default=1.0,
    )
    season = np.where(festive, FESTIVE_SEASON[(np.arange(months) + 11) % 12][:, np.newaxis], 1.0)
    luck = 0.6 + 0.8 * rng.random((months, count))
    demand: NDArray[np.float64] = popularity * trend * season * luck
    return demand


def shuffled(rng: np.random.Generator, count: int) -> NDArray[np.int64]:
    """0 … count − 1 in random order, from uniform numbers alone."""
    return np.argsort(rng.random(count), kind="stable")
