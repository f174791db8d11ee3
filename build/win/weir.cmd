@echo off
rem The command line of an installed Weir: the same program as the desktop, run as Node.
setlocal
set ELECTRON_RUN_AS_NODE=1
"%~dp0..\..\Weir.exe" "%~dp0..\app.asar\out\main\cli.cjs" %*
