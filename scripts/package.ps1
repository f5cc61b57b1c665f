# Builds with MSVC and makes the MSI and the zip that are published.
#   usage: scripts\package.ps1 [-Out DIR]
# Needs WiX Toolset v3 (candle.exe and light.exe in PATH or in %WIX%bin).
# NOT RUN YET: this script was written without a Windows machine at hand and has never been executed. Its twin package.sh
# has, and makes the bill of materials and the winget manifests too.
#Requires -Version 5.1
[CmdletBinding()] param([string] $Out)
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

$top = Split-Path $PSScriptRoot
$installer = Join-Path $top 'installer'
$work = Join-Path $top 'build\package-work'
if (-not $Out) { $Out = Join-Path $top 'build\package' }

function Invoke-Program([string] $Program, [string[]] $Arguments) {
    & $Program $Arguments | Out-Host
    if ($LASTEXITCODE -ne 0) { throw "$Program ended with $LASTEXITCODE." }
}

function Find-Wix([string] $Name) {
    if ($env:WIX) {
        $program = Join-Path $env:WIX "bin\$Name"
        if (Test-Path $program) { return $program }
    }
    $found = Get-Command $Name -ErrorAction SilentlyContinue
    if (-not $found) { throw "$Name is missing. Install WiX Toolset v3." }
    $found.Source
}

function Get-Stated([string] $File, [string] $Pattern) {
    $match = Select-String -LiteralPath $File -Pattern $Pattern | Select-Object -First 1
    if (-not $match) { throw "$File does not say $Pattern." }
    $match.Matches[0].Groups[1].Value
}

# UUID version 5 (RFC 9562): the same name is the same UUID, here and in package.sh.
function Get-NameUuid([string] $Namespace, [string] $Name) {
    $space = [Guid]::Parse($Namespace).ToByteArray()
    [Array]::Reverse($space, 0, 4); [Array]::Reverse($space, 4, 2); [Array]::Reverse($space, 6, 2)
    $sha1 = [Security.Cryptography.SHA1]::Create()
    $hash = $sha1.ComputeHash($space + [Text.Encoding]::UTF8.GetBytes($Name))
    $hash[6] = ($hash[6] -band 0x0f) -bor 0x50
    $hash[8] = ($hash[8] -band 0x3f) -bor 0x80
    $hex = ([BitConverter]::ToString($hash, 0, 16) -replace '-', '')
    $hex -replace '^(.{8})(.{4})(.{4})(.{4})(.{12})$', '$1-$2-$3-$4-$5'
}

# What overlap.wxs cannot say: one statement a line. Source: Microsoft, "Automation Interface" of Windows Installer.
function Add-Rest([string] $Msi) {
    $windowsInstaller = New-Object -ComObject WindowsInstaller.Installer
    $database = $windowsInstaller.OpenDatabase($Msi, 1) # msiOpenDatabaseModeTransact
    foreach ($statement in Get-Content -LiteralPath (Join-Path $installer 'overlap.sql')) {
        if (-not $statement -or $statement.StartsWith('--')) { continue }
        # wixl makes tables that light leaves out, and the other way round: one that is there already is filled only.
        if ($statement -match '^CREATE TABLE `(\w+)`' -and $database.TablePersistent($Matches[1]) -eq 1) { continue }
        $view = $database.OpenView($statement)
        try { $view.Execute() } catch { throw "Windows Installer refuses: $statement" }
        $view.Close()
    }
    $database.Commit()
    [Runtime.InteropServices.Marshal]::ReleaseComObject($database) | Out-Null
}

$version = Get-Stated (Join-Path $top 'CMakeLists.txt') 'project\(overlap VERSION ([0-9.]+)'
$homepage = Get-Stated (Join-Path $top 'CMakeLists.txt') 'HOMEPAGE_URL "(.*)"'
$upgradeCode = Get-Stated (Join-Path $installer 'overlap.wxs') 'UpgradeCode="\{(.*)\}"'
$candle = Find-Wix 'candle.exe'
$light = Find-Wix 'light.exe'

& (Join-Path $PSScriptRoot 'setup.ps1')
Remove-Item -Recurse -Force -ErrorAction SilentlyContinue $work
$files = Join-Path $work 'files'
New-Item -ItemType Directory -Force $files, $Out | Out-Null
Push-Location $top
try {
    Invoke-Program 'cmake' @('--build', '--preset', 'msvc', '--parallel')
    Invoke-Program 'cmake' @('--install', 'build/msvc', '--config', 'Release', '--prefix', $files)
    Copy-Item 'LICENSE', 'THIRD-PARTY-NOTICES.txt' $files
} finally { Pop-Location }

$msi = Join-Path $Out "overlap-$version-x64.msi"
$product = Get-NameUuid $upgradeCode "product $version x64"
Push-Location $work
try {
    Invoke-Program $candle @('-nologo', '-arch', 'x64', "-dVersion=$version", "-dProductCode={$product}", "-dHelpLink=$homepage",
        '-dFiles=files', '-out', 'overlap.wixobj', (Join-Path $installer 'overlap.wxs'))
    Invoke-Program $light @('-nologo', '-spdb', '-out', $msi, 'overlap.wixobj')
} finally { Pop-Location }
Add-Rest $msi

$zip = Join-Path $Out "overlap-$version-x64.zip"
$folder = Join-Path $work "overlap-$version"
Rename-Item $files $folder
Copy-Item (Join-Path $installer 'overlap.toml') $folder # who installs by hand copies it to its place
Compress-Archive -Force -Path $folder -DestinationPath $zip
Get-FileHash -Algorithm SHA256 $msi, $zip | ForEach-Object { "$($_.Hash.ToLower())  $(Split-Path -Leaf $_.Path)" } |
    Set-Content -Encoding ascii (Join-Path $Out 'SHA256SUMS')
