# Builds the service, starts it in a console, moves real files through all four I/O models, prints what each model did, and
# serves until Enter is pressed.
#   usage: scripts\run.ps1 [-Root DIR] [-Port BASE] [-Once] [-Json]
# NOT RUN YET: this script was written without a Windows machine at hand and has never been executed. Its twin run.sh has,
# and does more: it checks every snapshot during the load.
#Requires -Version 5.1
[CmdletBinding()]
param(
    [string] $Root,
    [ValidateRange(1024, 65531)] [int] $Port = 8100,
    [switch] $Once,
    [switch] $Json
)
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

$models = 'device', 'event', 'apc', 'asio'
$smallFiles = 200
$top = Split-Path $PSScriptRoot
$state = Join-Path $top "build\run-$Port"
$curl = Join-Path $env:SystemRoot 'System32\curl.exe'

function Say([string] $Text) { [Console]::Error.WriteLine($Text) }

function Assert-PortsFree {
    foreach ($number in $Port..($Port + $models.Count)) {
        $listener = [Net.Sockets.TcpListener]::new([Net.IPAddress]::Loopback, $number)
        try { $listener.Start() }
        catch { throw "Port $number on 127.0.0.1 is in use; end that program or choose -Port." }
        finally { $listener.Stop() }
    }
}

function New-RandomFile([string] $Path, [int] $Bytes) {
    $content = [byte[]]::new($Bytes)
    $random = [Security.Cryptography.RandomNumberGenerator]::Create()
    $random.GetBytes($content)
    [IO.File]::WriteAllBytes($Path, $content)
}

function Write-Config([string] $Path) {
    $lines = @(
        '[store]', "root = '$Root'", '',
        '[access]', 'anonymous_read = true', 'anonymous_write = true', '',
        '[admin]', "port = $Port", 'anonymous_read = true', '',
        '[log]', 'event_log = false'
    )
    for ($i = 0; $i -lt $models.Count; ++$i) {
        $lines += '', '[[listener]]', "model = `"$($models[$i])`"", "port = $($Port + 1 + $i)"
    }
    [IO.File]::WriteAllLines($Path, $lines) # UTF-8 without a mark
}

# One curl for many transfers, which share its connections. Returns a line for each: status, seconds, speed up and down.
function Invoke-Transfers([string[]] $List) {
    $file = Join-Path $state 'transfers.txt'
    [IO.File]::WriteAllLines($file, $List)
    $lines = & $curl --silent --show-error --no-progress-meter --max-time 300 --config $file `
        --write-out '%{http_code} %{time_total} %{speed_upload} %{speed_download}\n'
    if ($LASTEXITCODE -ne 0) { throw "curl ended with $LASTEXITCODE." }
    foreach ($line in $lines) {
        $fields = $line -split ' '
        if ($fields[0] -notmatch '^2') { throw "A transfer was answered with status $($fields[0])." }
        [pscustomobject]@{
            Seconds = [double]::Parse($fields[1], [cultureinfo]::InvariantCulture)
            Up      = [double]::Parse($fields[2], [cultureinfo]::InvariantCulture) / 1e6
            Down    = [double]::Parse($fields[3], [cultureinfo]::InvariantCulture) / 1e6
        }
    }
}

function Get-Hash([string] $Path) { (Get-FileHash -Algorithm SHA256 -LiteralPath $Path).Hash }
function ConvertTo-CurlText([string] $Text) { '"' + $Text.Replace('\', '\\').Replace('"', '\"') + '"' }

function Measure-Model([string] $Model, [int] $ModelPort, [string[]] $Names) {
    $got = Join-Path $state 'got'
    New-Item -ItemType Directory -Force $got | Out-Null
    $up = @{}; $down = @{}
    foreach ($name in $Names) {
        $url = ConvertTo-CurlText "http://127.0.0.1:$ModelPort/$uploads/$Model-$name"
        $up[$name] = @("upload-file = $(ConvertTo-CurlText (Join-Path $payload $name))", "url = $url", 'output = "NUL"')
        $down[$name] = @("url = $url", "output = $(ConvertTo-CurlText (Join-Path $got $name))")
    }
    $small = $Names | Where-Object { $_ -ne 'big' }
    Invoke-Transfers ($small | ForEach-Object { $up[$_] }) | Out-Null
    $bigUp = Invoke-Transfers $up['big']
    $smallDown = Invoke-Transfers ($small | ForEach-Object { $down[$_] })
    $bigDown = Invoke-Transfers $down['big']
    $same = $true
    foreach ($name in $Names) {
        $hash = Get-Hash (Join-Path $payload $name)
        if ($hash -ne (Get-Hash (Join-Path $got $name))) { $same = $false }
        if ($hash -ne (Get-Hash (Join-Path $Root "$uploads\$Model-$name"))) { $same = $false }
    }
    Remove-Item -Recurse -Force $got
    [pscustomobject]@{
        name          = $Model
        sha256_ok     = $same
        upload_mb_s   = [math]::Round($bigUp.Up, 1)
        download_mb_s = [math]::Round($bigDown.Down, 1)
        requests_s    = [math]::Round($smallFiles / ($smallDown | Measure-Object Seconds -Sum).Sum, 1)
    }
}

function Add-Statistics($Measured, $Snapshot) {
    foreach ($row in $Measured) {
        $model = $Snapshot.models | Where-Object { $_.name -eq $row.name }
        $row | Add-Member submitted $model.completions.submitted_total
        $row | Add-Member completed $model.completions.completed_total
        $row | Add-Member in_flight $model.queue.in_flight.total
        $row | Add-Member peak_in_flight $model.queue.peak
        $row | Add-Member latency_us ([pscustomobject]@{ p50 = $model.latency_us.all.p50; p99 = $model.latency_us.all.p99 })
        $row | Add-Member completions_per_wake $model.loop.completions_per_wake
        $row
    }
}

function Start-Service-Process([string] $Config) {
    $exe = Get-ChildItem (Join-Path $top 'build\msvc') -Recurse -Filter overlap-service.exe | Select-Object -First 1
    if (-not $exe) { throw 'The build left no overlap-service.exe.' }
    $start = [Diagnostics.ProcessStartInfo]::new($exe.FullName)
    $start.Arguments = "--console --until-stdin-closes --config `"$Config`" --final-snapshot `"$state\final.json`""
    $start.UseShellExecute = $false
    $start.RedirectStandardInput = $true
    $process = [Diagnostics.Process]::Start($start)
    foreach ($try in 1..600) {
        if ($process.HasExited) { throw "The service ended while starting, with $($process.ExitCode)." }
        try {
            Invoke-RestMethod "http://127.0.0.1:$Port/readyz" -TimeoutSec 5 | Out-Null
            return $process
        } catch { Start-Sleep -Milliseconds 100 }
    }
    throw 'The service was not ready within 60 s.'
}

function Stop-Service-Process($Process) {
    if ($null -eq $Process -or $Process.HasExited) { return }
    $Process.StandardInput.Close() # the end of its standard input is the wish to stop
    if (-not $Process.WaitForExit(60000)) { $Process.Kill() }
}

Assert-PortsFree
& (Join-Path $PSScriptRoot 'setup.ps1')
Push-Location $top
try { cmake --build --preset msvc --target overlap-service --parallel | Out-Host } finally { Pop-Location }
if ($LASTEXITCODE -ne 0) { throw "The build ended with $LASTEXITCODE." }

$payload = Join-Path $state 'payload'
New-Item -ItemType Directory -Force $payload | Out-Null
Remove-Item -Force -ErrorAction SilentlyContinue (Join-Path $state 'final.json')
if (-not $Root) {
    $Root = Join-Path $state 'sample'
    New-Item -ItemType Directory -Force $Root | Out-Null
    Set-Content (Join-Path $Root 'readme.txt') 'This folder is served by Overlap on four I/O models.'
}
$Root = (Resolve-Path -LiteralPath $Root).ProviderPath
$uploads = 'overlap-run-' + [guid]::NewGuid().ToString('N').Substring(0, 8)
New-Item -ItemType Directory (Join-Path $Root $uploads) | Out-Null

$process = $null
$ok = $false
try {
    $names = @(0..($smallFiles - 1) | ForEach-Object { $_.ToString('000') })
    foreach ($name in $names) { New-RandomFile (Join-Path $payload $name) 1024 }
    New-RandomFile (Join-Path $payload 'big') (64MB)
    $names += 'big'
    Write-Config (Join-Path $state 'overlap.toml')
    $process = Start-Service-Process (Join-Path $state 'overlap.toml')
    $measured = for ($i = 0; $i -lt $models.Count; ++$i) {
        Say "Transferring through $($models[$i]) (port $($Port + 1 + $i))"
        Measure-Model $models[$i] ($Port + 1 + $i) $names
    }
    if ($Once) {
        Stop-Service-Process $process
        $snapshot = Get-Content -Raw (Join-Path $state 'final.json') | ConvertFrom-Json
    } else {
        $snapshot = Invoke-RestMethod "http://127.0.0.1:$Port/api/v1/models"
    }
    $result = @(Add-Statistics $measured $snapshot)
    $ok = -not ($result | Where-Object { -not $_.sha256_ok -or $_.submitted -ne $_.completed + $_.in_flight })
    if ($Once) { $ok = $ok -and $process.ExitCode -eq 0 -and -not ($result | Where-Object { $_.in_flight -ne 0 }) }
    if ($Json) { [pscustomobject]@{ models = $result; ok = $ok } | ConvertTo-Json -Depth 5 }
    else { $result | Format-Table -AutoSize | Out-Host }
    if (-not $Once) {
        Say "Serving $Root; statistics at http://127.0.0.1:$Port/api/v1/models. Press Enter to end."
        [Console]::ReadLine() | Out-Null
    }
} finally {
    Stop-Service-Process $process
    Remove-Item -Recurse -Force -ErrorAction SilentlyContinue (Join-Path $Root $uploads), $payload
}
if (-not $ok) { exit 1 }
