@echo off
rem Sets LGS Analytics up for whoever runs it, without rights of an administrator; run again, it brings it up to date.
rem "setup.cmd uninstall" takes it away, and leaves workbooks and the warehouse. LGS_PYTHON names a Python to use.
setlocal
set "HERE=%~dp0"
set "VENV=%LOCALAPPDATA%\lgs_excel\python"
set "LGS=%VENV%\Scripts\lgs-excel.exe"
set "BOOK=%USERPROFILE%\LGS Analytics\LGS_Analytics.xlsm"
if /i "%~1"=="uninstall" goto uninstall
if not "%~1"=="" goto usage

set "PYTHON="
if not "%LGS_PYTHON%"=="" call :try "%LGS_PYTHON%"
if not defined PYTHON call :try py -3
if not defined PYTHON call :try python
if not defined PYTHON goto no_python

echo Python: %PYTHON%
if not exist "%VENV%\Scripts\python.exe" %PYTHON% -m venv --without-pip "%VENV%"
if not exist "%VENV%\Scripts\python.exe" goto failed
echo Installing the locked versions into "%VENV%" ...
%PYTHON% -m pip --python "%VENV%\Scripts\python.exe" install --quiet --disable-pip-version-check --no-warn-script-location --require-hashes --requirement "%HERE%requirements\run.txt"
if errorlevel 1 goto failed
%PYTHON% -m pip --python "%VENV%\Scripts\python.exe" install --quiet --disable-pip-version-check --no-warn-script-location --no-deps --no-build-isolation --force-reinstall "%HERE%."
if errorlevel 1 goto failed

if exist "%BOOK%" echo "%BOOK%" is there already and stays as it is. For a new one: "%LGS%" install --force
if not exist "%BOOK%" "%LGS%" install
if errorlevel 1 goto failed
echo.
"%LGS%" doctor
echo.
echo Done. The program is "%LGS%". For a demo: "%LGS%" demo
exit /b 0

:try
%* -c "import sys; sys.exit(sys.version_info < (3, 11) or 'WindowsApps' in sys.base_prefix)" >nul 2>nul
if not errorlevel 1 set "PYTHON=%*"
exit /b 0

:no_python
echo LGS Analytics wants Python 3.11 or newer, and there is none on this machine. Install it from python.org (it wants no
echo administrator; not from Microsoft's Store, whose Python Excel can't start), and run setup.cmd again. Nothing was changed.
exit /b 1

:uninstall
if exist "%VENV%" rmdir /s /q "%VENV%"
if exist "%VENV%" goto in_use
echo LGS Analytics is taken away. What is yours stays: workbooks in "%USERPROFILE%\LGS Analytics", and the warehouse and
echo settings in "%LOCALAPPDATA%\lgs_excel".
exit /b 0

:in_use
echo "%VENV%" is in use: close Excel and every lgs-excel, and run setup.cmd uninstall again.
exit /b 1

:usage
echo setup.cmd            sets LGS Analytics up, or brings it up to date
echo setup.cmd uninstall  takes it away; workbooks and the warehouse stay
exit /b 2

:failed
echo The set-up could not be finished; what went wrong is said above. Mend it and run setup.cmd again.
exit /b 1
