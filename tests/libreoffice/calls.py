"""What all parts of the engine share: every call from xlwings is counted, and can be made to fail."""

from collections.abc import Callable

from xlwings import utils


class ComError(Exception):
    """As pywin32's com_error: what Excel refuses."""

    def __init__(self, text: str, hresult: int = -2147352567) -> None:
        super().__init__(text)
        self.hresult = hresult


class Calls:
    """Counts the calls; `each`, if set, is called with the number of each one before it is done, and may raise."""

    def __init__(self) -> None:
        self.count = 0
        self.names: list[str] = []
        self.each: Callable[[int], None] | None = None
        self._inside = False

    def begin(self, name: str) -> bool:
        """Whether this call comes from outside, and not from within another one."""
        if self._inside:
            return False
        self.count += 1
        self.names.append(name)
        if self.each:
            self.each(self.count)
        return True


CALLS = Calls()


def _counted(name, function):
    def call(*args, **kwargs):
        if not CALLS.begin(name):
            return function(*args, **kwargs)
        CALLS._inside = True
        try:
            return function(*args, **kwargs)
        except (ComError, KeyError, NotImplementedError, TypeError, ValueError):
            raise
        except Exception as error:  # of a class that uno makes, which Python can't hand on as others
            raise ComError(f"{name}: {type(error).__name__} {error}") from None
        finally:
            CALLS._inside = False

    return call


class Impl:
    """A part of the engine: its public methods and properties are counted."""

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        for name, member in list(vars(cls).items()):
            full = f"{cls.__name__}.{name}"
            if name.startswith("_") and name not in {"__call__", "__len__", "__contains__"}:
                continue
            if isinstance(member, property):
                get, put = (
                    member.fget and _counted(full, member.fget),
                    member.fset and _counted(f"{full}=", member.fset),
                )
                setattr(cls, name, property(get, put))
            elif callable(member) and not isinstance(member, staticmethod | classmethod | type):
                setattr(cls, name, _counted(full, member))


def common(uno, name):
    """The value of a property that all cells have, None if they differ; UNO itself would give that of any."""
    if not hasattr(uno, "getUniqueCellFormatRanges"):  # several areas, of which it may speak of the first
        first, *others = (common(uno.getByIndex(i), name) for i in range(uno.Count))
    elif uno.getPropertyState(name).value != "AMBIGUOUS_VALUE":
        return uno.getPropertyValue(name)
    else:  # it is said of cells with the same value, too, where only some were given it
        alike = uno.getUniqueCellFormatRanges()
        first, *others = (alike.getByIndex(i).getPropertyValue(name) for i in range(alike.Count))
    return first if all(str(other) == str(first) for other in others) else None


def colour_in(value):
    """A colour as xlwings has it, as a number."""
    red, green, blue = utils.hex_to_rgb(value) if isinstance(value, str) else value
    return (red << 16) | (green << 8) | blue


def colour_out(number):
    """The other way."""
    return (number >> 16) & 255, (number >> 8) & 255, number & 255
