# Builds with MSVC and runs the tests of the Windows programs.
#   usage: scripts\test.ps1
# NOT RUN YET: this script was written without a Windows machine at hand and has never been executed. Its twin test.sh
# has; the sanitizer builds of the portable part are there only.
#Requires -Version 5.1
[CmdletBinding()] param()
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

& (Join-Path $PSScriptRoot 'setup.ps1')
Push-Location (Split-Path $PSScriptRoot)
try {
    cmake --build --preset msvc --parallel
    if ($LASTEXITCODE -ne 0) { throw "The build ended with $LASTEXITCODE." }
    # The system test drives Wine and a Unix shell.
    ctest --preset msvc --no-tests=error --label-exclude system
    if ($LASTEXITCODE -ne 0) { throw "Tests failed (ctest ended with $LASTEXITCODE)." }
    & (Join-Path $PSScriptRoot 'run.ps1') -Once -Port 8160
} finally {
    Pop-Location
}
