"""The ribbon and its callbacks, read from their sources."""

import re

from lxml import etree

from lgs_excel.addin.workbook_sources import MODULES, RIBBON, source_folder

NAMESPACE = "{http://schemas.microsoft.com/office/2006/01/customui}"
# What Office calls a callback with, by the attribute that names it.
SIGNATURES = {
    "onLoad": ("Loaded As IRibbonUI",),
    "onAction": ("Control As IRibbonControl",),
    "onChange": ("Control As IRibbonControl", "Text As String"),
    "getText": ("Control As IRibbonControl", "ByRef Text As Variant"),
    "getItemCount": ("Control As IRibbonControl", "ByRef Count As Variant"),
    "getItemLabel": ("Control As IRibbonControl", "Index As Integer", "ByRef Label As Variant"),
}


def ribbon():
    """The root of ribbon.xml."""
    return etree.parse(source_folder() / RIBBON).getroot()


def controls():
    """What a reader can use, as elements; the buttons of a menu are one with it."""
    return list(ribbon().iterfind(f".//{NAMESPACE}group/*"))


def callbacks():
    """Every (element, attribute, Sub) of the ribbon."""
    return [
        (one, name, value)
        for one in ribbon().iter(etree.Element)
        for name, value in one.attrib.items()
        if name in SIGNATURES or name.startswith(("on", "get"))
    ]


def source():
    """The module LGS_Ribbon as it is imported."""
    text = (source_folder() / MODULES / "LGS_Ribbon.bas").read_bytes().decode("cp1252")
    assert "\n" not in text.replace("\r\n", ""), "LGS_Ribbon.bas: VBA wants lines that end with CR LF"
    return text


def functions():
    """The functions of Python that the buttons call."""
    return re.findall(r'^    LGS_Call "(\w+)\(', source(), re.MULTILINE)


def subs():
    """The public Subs of LGS_Ribbon: name → arguments, without ByVal."""
    found = re.findall(r"^Public Sub (\w+)\((.*)\)\r$", source(), re.MULTILINE)
    return {
        name: tuple(argument.removeprefix("ByVal ") for argument in said.split(", ") if argument)
        for name, said in found
    }
