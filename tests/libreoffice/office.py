"""A LibreOffice of the tests' own, driven through UNO: a real spreadsheet application.

    with Office() as office:
        document = office.open(Path("book.xlsx"))
        document.Sheets.getByName("Sales").getCellByPosition(0, 0).String

`uno` is Debian's module for Debian's Python (the component "uno" of tests/components.py).
"""

import builtins
import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from pathlib import Path
from typing import Any, Self

from tests.components import UNO_FOLDER, need

START_SECONDS, STOP_SECONDS = 90, 20
# Macros of the document run without asking, and links are not updated.
_EVERY_MACRO, _NO_LINKS = 4, 0


def import_uno() -> Any:
    """The module `uno`; without it the test is skipped, or fails where nothing may be."""
    need("uno")
    usual = builtins.__import__
    sys.path.append(str(UNO_FOLDER))  # at the end: its other packages must not stand in for the tested ones
    try:
        import uno
    finally:
        sys.path.remove(str(UNO_FOLDER))
        builtins.__import__ = usual  # uno puts its own in place
    return uno


class Office:
    """One LibreOffice without windows, with a user profile of its own; several may run at once.

    desktop, context: its com.sun.star.frame.Desktop and component context.
    """

    def __init__(self) -> None:
        self.uno = import_uno()
        self._profile = tempfile.TemporaryDirectory(prefix="lgs-office-", ignore_cleanup_errors=True)
        pipe = f"lgs{uuid.uuid4().hex}"
        self._process = subprocess.Popen(
            [
                need("soffice"), "--headless", "--norestore", "--nologo", "--nodefault", "--nofirststartwizard",
                f"-env:UserInstallation={Path(self._profile.name).as_uri()}", f"--accept=pipe,name={pipe};urp;",
            ],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        try:
            self.context: Any = self._connect(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
        except BaseException:
            self._kill()
            raise
        self.desktop: Any = self.service("com.sun.star.frame.Desktop")
        # A lock file that a killed office leaves would make the next load give nothing.
        self.configure("/org.openoffice.Office.Common/Misc", UseDocumentOOoLockFile=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def pid(self) -> int:
        """Of the process that was started."""
        return self._process.pid

    def _connect(self, url: str) -> Any:
        local = self.uno.getComponentContext()
        resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
        end = time.monotonic() + START_SECONDS
        while True:
            try:
                return resolver.resolve(url)
            except Exception as error:  # of a class that uno makes
                if self._process.poll() is not None or time.monotonic() > end:
                    raise RuntimeError(f"LibreOffice did not start: {error}") from error
                time.sleep(0.1)

    def service(self, name: str) -> Any:
        """A service such as "com.sun.star.frame.Desktop"."""
        return self.context.ServiceManager.createInstanceWithContext(name, self.context)

    def struct(self, name: str, **values: Any) -> Any:
        """A struct such as "com.sun.star.awt.Size" with `values` in it."""
        made = self.uno.createUnoStruct(name)
        for key, value in values.items():
            setattr(made, key, value)
        return made

    def properties(self, **values: Any) -> tuple[Any, ...]:
        """`values` as a media descriptor."""
        return tuple(
            self.struct("com.sun.star.beans.PropertyValue", Name=name, Value=value) for name, value in values.items()
        )

    def configure(self, node: str, **values: Any) -> None:
        """Set `values` in the configuration at `node`, for this profile."""
        provider = self.service("com.sun.star.configuration.ConfigurationProvider")
        access = "com.sun.star.configuration.ConfigurationUpdateAccess"
        settings = provider.createInstanceWithArguments(access, self.properties(nodepath=node))
        for name, value in values.items():
            settings.setPropertyValue(name, value)
        settings.commitChanges()

    def open(self, path: Path | None = None) -> Any:
        """The document in `path`, macros enabled, or a new spreadsheet.

        Hidden, as Debian's LibreOffice without windows ends itself when asked for one.
        """
        said = self.properties(Hidden=True, MacroExecutionMode=_EVERY_MACRO, UpdateDocMode=_NO_LINKS)
        url = path.resolve().as_uri() if path else "private:factory/scalc"
        document = self.desktop.loadComponentFromURL(url, "_blank", 0, said)
        if document is None:
            raise RuntimeError(f"LibreOffice can't open {path}")
        return document

    def save_as(self, document: Any, path: Path, filter_name: str = "Calc MS Excel 2007 XML") -> None:
        """A copy of `document` in `path`."""
        document.storeToURL(path.resolve().as_uri(), self.properties(FilterName=filter_name))

    @staticmethod
    def close(document: Any) -> None:
        """Close `document` unsaved."""
        document.close(True)

    def stop(self) -> None:
        """Close its documents unsaved and end it."""
        try:
            for document in list(self.desktop.Components):
                self.close(document)
            self.desktop.terminate()
            self._process.wait(STOP_SECONDS)
        except Exception:
            self._kill()
        self._profile.cleanup()

    def _kill(self) -> None:
        """soffice is a script; the office itself is in its process group."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(STOP_SECONDS)
