@echo off
rem Starts the app in a browser; the first time it makes its own environment. run.bat --help names the options.
chcp 65001 >nul
cd /d "%~dp0"
set "PYTHON="
for %%P in ("py -3" python3 python) do (
    if not defined PYTHON %%~P -c "import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15))" >nul 2>nul && set "PYTHON=%%~P"
)
if not defined PYTHON (
    echo 需要 Python 3.11 至 3.14，请安装后再运行。
    echo Python 3.11 to 3.14 is needed: please install it and run this again.
    pause
    exit /b 1
)
%PYTHON% -I moments\environment.py requirements.txt || (pause & exit /b 1)
".venv\Scripts\python.exe" -m moments.server %*
if errorlevel 1 pause
