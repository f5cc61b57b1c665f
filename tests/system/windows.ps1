# The system test on Windows: installs by the MSI, by overlapctl and by the commands of docs/OPERATIONS.md, and after each moves
# files through the four models, asks overlapctl doctor, compares the installed state with that of the others, and uninstalls.
#   usage: tests\system\windows.ps1 -Packages DIR [-Report DIR]      elevated; on a machine without Overlap
#     -Packages   what scripts\package.ps1 made: the MSI and the zip
#     -Report     where the logs and what doctor said are left (default: build\report)
# NOT RUN YET: this script was written without a Windows machine at hand and has never been executed. Its twins
# install_msi.sh, install_overlapctl.sh and install_sc.sh have, under Wine.
#Requires -Version 5.1
#Requires -RunAsAdministrator
[CmdletBinding()]
param(
    [Parameter(Mandatory)] [string] $Packages,
    [string] $Report
)
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

$top = Split-Path (Split-Path $PSScriptRoot)
if (-not $Report) { $Report = Join-Path $top 'build\report' }
New-Item -ItemType Directory -Force $Report | Out-Null
$Report = (Resolve-Path $Report).ProviderPath

$models = 'device', 'event', 'apc', 'asio'
$firstPort = 8100
$programs = Join-Path $env:ProgramFiles 'Overlap'
$data = Join-Path $env:ProgramData 'Overlap'
$config = Join-Path $data 'overlap.toml'
$source = 'HKLM:\SYSTEM\CurrentControlSet\Services\EventLog\Application\Overlap'
$curl = Join-Path $env:SystemRoot 'System32\curl.exe'
$work = Join-Path $env:TEMP ('overlap-test-' + [guid]::NewGuid().ToString('N').Substring(0, 8))

function Say([string] $Text) { Write-Host $Text }
function Assert([bool] $Condition, [string] $Text) { if (-not $Condition) { throw "FAIL  $Text" } }

function Invoke-Program([string] $File, [string[]] $Arguments) {
    & $File @Arguments | Out-Host
    Assert ($LASTEXITCODE -eq 0) "$File $Arguments ended with $LASTEXITCODE"
}

function Invoke-Msi([string[]] $Arguments, [string] $Name) {
    $log = Join-Path $Report "$Name.log"
    $process = Start-Process msiexec -ArgumentList ($Arguments + '/qn', '/norestart', '/l*v', "`"$log`"") -Wait -PassThru
    Assert ($process.ExitCode -eq 0) "msiexec $Arguments ended with $($process.ExitCode); see $log"
}

function Wait-Until([string] $Text, [scriptblock] $Condition) {
    foreach ($try in 1..600) {
        if (& $Condition) { return }
        Start-Sleep -Milliseconds 100
    }
    throw "FAIL  $Text`: not within 60 s"
}

function Test-Ready { (& $curl --silent --output NUL --write-out '%{http_code}' "http://127.0.0.1:$firstPort/readyz") -eq '200' }
function Get-OverlapService { Get-Service Overlap -ErrorAction SilentlyContinue }

# A configuration lets nobody in by itself.
function Enable-Anonymous {
    $text = [IO.File]::ReadAllText($config) -replace '(?m)^# (anonymous_(?:read|write)) = false', '$1 = true'
    [IO.File]::WriteAllText($config, $text)
    Invoke-Program (Join-Path $programs 'overlapctl.exe') 'reload'
}

function Test-Transfers {
    $payload = Join-Path $work 'payload'
    $back = Join-Path $work 'back'
    $content = [byte[]]::new(8MB + 17)
    [Security.Cryptography.RandomNumberGenerator]::Create().GetBytes($content)
    [IO.File]::WriteAllBytes($payload, $content)
    $wanted = (Get-FileHash $payload).Hash
    foreach ($i in 0..($models.Count - 1)) {
        $url = "http://127.0.0.1:$($firstPort + 1 + $i)/$($models[$i]).bin"
        Invoke-Program $curl ('--silent', '--show-error', '--fail', '--upload-file', $payload, $url)
        Invoke-Program $curl ('--silent', '--show-error', '--fail', '--output', $back, $url)
        Assert ((Get-FileHash $back).Hash -eq $wanted) "$($models[$i]): what came back differs"
    }
    Say "ok    uploads and downloads on $models, SHA-256 alike"
}

# The service as Windows has it, as text that can be compared.
function Get-InstalledState {
    foreach ($word in 'qc', 'qdescription', 'qfailure', 'qfailureflag', 'qsidtype', 'qprivs', 'qpreshutdown') {
        sc.exe $word Overlap
    }
    Get-ItemProperty $source | Select-Object EventMessageFile, CategoryMessageFile, CategoryCount, TypesSupported | Format-List
    foreach ($path in $data, $config, (Join-Path $data 'Files')) { (Get-Acl $path).Sddl }
}

function Save-State([string] $Name) {
    $text = (Get-InstalledState | Out-String) -replace '(?m)[ \t]+$', ''
    [IO.File]::WriteAllText((Join-Path $Report "state-$Name.txt"), $text)
    $text
}

function Test-Use([string] $Name, [switch] $Quick) {
    Wait-Until '/readyz' { Test-Ready }
    $state = Save-State $Name
    Enable-Anonymous
    Test-Transfers
    $arguments = @('doctor', '--json')
    if ($Quick) { $arguments += '--quick' }
    $said = & (Join-Path $programs 'overlapctl.exe') @arguments
    $status = $LASTEXITCODE
    [IO.File]::WriteAllLines((Join-Path $Report "doctor-$Name.json"), [string[]] $said)
    Assert ($status -eq 0) "overlapctl doctor ended with $status; see doctor-$Name.json"
    Say "ok    overlapctl doctor finds nothing wrong"
    $state
}

function Assert-Nothing([switch] $DataStay) {
    Wait-Until 'the end of the service' { $null -eq (Get-OverlapService) }
    Assert (-not (Test-Path $source)) 'the source of the Event Log is still there'
    Assert (-not (Test-Path $programs)) 'the program folder is still there'
    Assert ((Test-Path $data) -eq [bool] $DataStay) "the data: $data"
    $rule = Get-NetFirewallRule -DisplayName 'Overlap file transfer' -ErrorAction SilentlyContinue
    Assert ($null -eq $rule) 'the firewall rule is still there'
    Say 'ok    nothing is left behind'
}

function Expand-Package {
    $zip = Get-ChildItem $Packages -Filter 'overlap-*.zip' | Select-Object -First 1
    Assert ($null -ne $zip) "$Packages has no zip"
    $folder = Join-Path $work 'package'
    Expand-Archive $zip.FullName $folder -Force
    (Get-ChildItem $folder -Recurse -Filter overlap-service.exe | Select-Object -First 1).DirectoryName
}

# The lines of a block of the manual, without comments.
function Get-DocumentedCommands([string] $Mark) {
    $on = $false
    foreach ($line in Get-Content (Join-Path $top 'docs\OPERATIONS.md')) {
        if ($line -eq "<!-- $Mark -->") { $on = $true; continue }
        if ($on -and $line -eq '<!-- end -->') { return }
        if ($on -and $line -and $line -notmatch '^(```|rem )') { $line }
    }
}

function Invoke-Documented([string] $Mark, [string] $Folder) {
    $commands = @(Get-DocumentedCommands $Mark)
    Assert ($commands.Count -gt 0) "the manual has no block $Mark"
    $file = Join-Path $work 'command.bat'
    Push-Location $Folder
    try {
        foreach ($command in $commands) {
            Set-Content -Encoding Ascii $file ('@echo off', $command)
            cmd.exe /c $file | Out-Host
            Assert ($LASTEXITCODE -eq 0) "$command ended with $LASTEXITCODE"
        }
    } finally { Pop-Location }
}

function Test-Msi {
    Say '--- by the MSI'
    $msi = Get-ChildItem $Packages -Filter 'overlap-*.msi' | Select-Object -First 1
    Assert ($null -ne $msi) "$Packages has no MSI"
    $quoted = "`"$($msi.FullName)`""
    Invoke-Msi @('/i', $quoted) 'msi-install'
    Test-Use 'msi'
    Remove-Item (Join-Path $programs 'LICENSE*')
    Invoke-Msi @('/fa', $quoted) 'msi-repair'
    Assert (Test-Path (Join-Path $programs 'LICENSE*')) 'the repair has not brought a deleted file back'
    Invoke-Msi @('/x', $quoted) 'msi-uninstall'
    Assert-Nothing -DataStay
    Invoke-Msi @('/i', $quoted) 'msi-install-again'
    Wait-Until '/readyz' { Test-Ready }
    Test-Transfers # the configuration is the one that was edited
    Invoke-Msi @('/x', $quoted, 'REMOVEDATA=1') 'msi-uninstall-data'
    Assert-Nothing
}

function Test-Overlapctl([string] $Package) {
    Say '--- by overlapctl'
    Copy-Item -Recurse $Package $programs
    $ctl = Join-Path $programs 'overlapctl.exe'
    Invoke-Program $ctl ('install', '--start')
    Test-Use 'overlapctl' -Quick
    Invoke-Program $ctl ('uninstall', '--remove-data')
    Remove-Item -Recurse $programs
    Assert-Nothing
}

function Test-ByHand([string] $Package) {
    Say '--- by hand'
    foreach ($block in 'folder', 'install', 'firewall') { Invoke-Documented $block $Package }
    Start-Service Overlap
    Test-Use 'by-hand' -Quick
    Invoke-Documented 'uninstall' $work
    Assert-Nothing
}

New-Item -ItemType Directory $work | Out-Null
try {
    Assert ($null -eq (Get-OverlapService)) 'Overlap is installed on this machine already'
    $package = Expand-Package
    $states = @(Test-Msi | Select-Object -Last 1), @(Test-Overlapctl $package | Select-Object -Last 1),
        @(Test-ByHand $package | Select-Object -Last 1)
    Assert (($states | ForEach-Object { $_ } | Sort-Object -Unique).Count -le 1) `
        "the three ways end in different states; compare the files state-*.txt in $Report"
    Say 'ok    the three ways end in the same state'
} finally {
    Remove-Item -Recurse -Force -ErrorAction SilentlyContinue $work
}
