# Prepares a Windows machine: checks for the tools, fetches what the dashboard draws with from npm (admin\web), then has vcpkg
# build the libraries (vcpkg.json).
#   usage: scripts\setup.ps1
# NOT RUN YET: this script was written without a Windows machine at hand and has never been executed. Its twin setup.sh
# has. Tell us what you had to change.
#Requires -Version 5.1
[CmdletBinding()] param()
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

function Require-Command([string] $Name, [string] $Advice) {
    if (-not (Get-Command $Name -ErrorAction SilentlyContinue)) {
        throw "$Name is missing. $Advice"
    }
}

Require-Command 'cmake' 'Install CMake 3.25 or later (it comes with Visual Studio).'
Require-Command 'git' 'Install Git for Windows.'
Require-Command 'npm' 'Install Node.js: the charts of the dashboard come from npm.'
$vswhere = Join-Path ${env:ProgramFiles(x86)} 'Microsoft Visual Studio\Installer\vswhere.exe'
if (-not (Test-Path $vswhere)) {
    throw 'Visual Studio is missing. Install that of 2022 or a later one, or its Build Tools, with "Desktop development with C++".'
}
if (-not (& $vswhere -products * -version '[17.0,' -requires Microsoft.VisualStudio.Component.VC.Tools.x86.x64 `
            -property installationPath)) {
    throw 'Visual Studio (2022 or later) has no C++ tools. Add "Desktop development with C++" in its installer.'
}
if (-not $env:VCPKG_ROOT -or -not (Test-Path (Join-Path $env:VCPKG_ROOT 'vcpkg.exe'))) {
    throw 'VCPKG_ROOT does not name a vcpkg folder with vcpkg.exe. Clone vcpkg, run bootstrap-vcpkg.bat, set VCPKG_ROOT.'
}

$top = Split-Path $PSScriptRoot
$web = Join-Path $top 'build\web'
New-Item -ItemType Directory -Force $web | Out-Null
Copy-Item (Join-Path $top 'admin\web\package.json'), (Join-Path $top 'admin\web\package-lock.json') $web
Push-Location $web
try {
    npm ci --no-audit --no-fund --ignore-scripts | Out-Host
    if ($LASTEXITCODE -ne 0) { throw "npm ci ended with $LASTEXITCODE." }
    Copy-Item 'node_modules\uplot\LICENSE' 'node_modules\uplot\dist'
} finally {
    Pop-Location
}

# The manifest is installed by CMake when it configures; the first time takes a while.
Push-Location $top
try {
    cmake --preset msvc "-DOVERLAP_UPLOT_DIR=$web\node_modules\uplot\dist" | Out-Host
    if ($LASTEXITCODE -ne 0) { throw "cmake --preset msvc ended with $LASTEXITCODE." }
} finally {
    Pop-Location
}
