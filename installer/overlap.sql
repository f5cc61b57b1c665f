-- What overlap.wxs cannot say, in the SQL of Windows Installer: one statement a line, run in this order over what wixl or
-- light has made. A table that is there already is not created again. Lines that begin with "--" are comments.
-- Sources: Microsoft, "Database Tables" and "SQL Syntax".

-- Public properties reach the elevated part of an installation only if they are named here.
UPDATE `Property` SET `Value` = 'DATAFOLDER;EARLIER_FIRSTPORT;EARLIER_INSTALLFOLDER;EARLIER_ROOT;EARLIER_SERVICE;EARLIER_VERSION;FIREWALL;FIRSTPORT;INSTALLFOLDER;REMOVEDATA;ROOT;START;WINDOWSMAJOR;WIX_DOWNGRADE_DETECTED;WIX_UPGRADE_DETECTED' WHERE `Property` = 'SecureCustomProperties'

-- The old version goes after the new one is in place: what both have stays, so that the service is never deleted and made
-- anew, and a new version that does not start is taken back while the old one is still there.
INSERT INTO `InstallExecuteSequence` (`Action`, `Sequence`) VALUES ('InstallExecute', 6500)
UPDATE `InstallExecuteSequence` SET `Sequence` = 6550 WHERE `Action` = 'RemoveExistingProducts'

-- wixl knows no rollback: 18 (a program that is installed) + 64 (go on whatever it returns) + 1280 (rollback) + 2048 (as the
-- installer's account).
UPDATE `CustomAction` SET `Type` = 3410 WHERE `Action` = 'UndoConfigure'
UPDATE `CustomAction` SET `Type` = 3410 WHERE `Action` = 'UndoUnconfigure'
UPDATE `CustomAction` SET `Type` = 3410 WHERE `Action` = 'UndoStop'

-- 1 (normal) + 32768: without its service the installation has failed. wixl leaves Vital out.
UPDATE `ServiceInstall` SET `ErrorControl` = 32769 WHERE `ServiceInstall` = 'Overlap'

-- Delayed start (3), restarts only when the process dies (4), a SID of its own (5), privileges (6), time for a preshutdown in
-- milliseconds (7); 5: when installed and when repaired.
CREATE TABLE `MsiServiceConfig` (`MsiServiceConfig` CHAR(72) NOT NULL, `Name` CHAR(255) NOT NULL, `Event` SHORT NOT NULL, `ConfigType` LONG NOT NULL, `Argument` CHAR(255), `Component_` CHAR(72) NOT NULL PRIMARY KEY `MsiServiceConfig`)
INSERT INTO `MsiServiceConfig` (`MsiServiceConfig`, `Name`, `Event`, `ConfigType`, `Argument`, `Component_`) VALUES ('DelayedStart', 'Overlap', 5, 3, '1', 'Service')
INSERT INTO `MsiServiceConfig` (`MsiServiceConfig`, `Name`, `Event`, `ConfigType`, `Argument`, `Component_`) VALUES ('DeathsOnly', 'Overlap', 5, 4, '0', 'Service')
INSERT INTO `MsiServiceConfig` (`MsiServiceConfig`, `Name`, `Event`, `ConfigType`, `Argument`, `Component_`) VALUES ('ServiceSid', 'Overlap', 5, 5, '1', 'Service')
INSERT INTO `MsiServiceConfig` (`MsiServiceConfig`, `Name`, `Event`, `ConfigType`, `Argument`, `Component_`) VALUES ('Privileges', 'Overlap', 5, 6, 'SeChangeNotifyPrivilege', 'Service')
INSERT INTO `MsiServiceConfig` (`MsiServiceConfig`, `Name`, `Event`, `ConfigType`, `Argument`, `Component_`) VALUES ('Preshutdown', 'Overlap', 5, 7, '60000', 'Service')

-- 1 is a restart; the delays are milliseconds, the reset period seconds.
CREATE TABLE `MsiServiceConfigFailureActions` (`MsiServiceConfigFailureActions` CHAR(72) NOT NULL, `Name` CHAR(255) NOT NULL, `Event` SHORT NOT NULL, `ResetPeriod` LONG, `RebootMessage` CHAR(255), `Command` CHAR(255), `Actions` CHAR(255), `DelayActions` CHAR(255), `Component_` CHAR(72) NOT NULL PRIMARY KEY `MsiServiceConfigFailureActions`)
INSERT INTO `MsiServiceConfigFailureActions` (`MsiServiceConfigFailureActions`, `Name`, `Event`, `ResetPeriod`, `Actions`, `DelayActions`, `Component_`) VALUES ('Restarts', 'Overlap', 5, 86400, '1[~]1[~]1', '5000[~]30000[~]60000', 'Service')
INSERT INTO `InstallExecuteSequence` (`Action`, `Condition`, `Sequence`) VALUES ('MsiConfigureServices', 'VersionMsi >= "5.00"', 5850)

-- The data folder is locked when it is made: SYSTEM, administrators and the service (S-1-5-80-..., made from its name), nobody
-- else; as service/installation/rights.cpp has it. A program folder outside Program Files inherits too much: there users read and execute, as they do in Program Files.
CREATE TABLE `MsiLockPermissionsEx` (`MsiLockPermissionsEx` CHAR(72) NOT NULL, `LockObject` CHAR(72) NOT NULL, `Table` CHAR(32) NOT NULL, `SDDLText` LONGCHAR NOT NULL, `Condition` CHAR(255) PRIMARY KEY `MsiLockPermissionsEx`)
INSERT INTO `MsiLockPermissionsEx` (`MsiLockPermissionsEx`, `LockObject`, `Table`, `SDDLText`) VALUES ('DataFolder', 'DATAFOLDER', 'CreateFolder', 'D:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;;0x1201bf;;;S-1-5-80-1940098553-2421322387-3593832311-2151484262-1570481430)(A;OICIIO;0x1301bf;;;S-1-5-80-1940098553-2421322387-3593832311-2151484262-1570481430)')
INSERT INTO `MsiLockPermissionsEx` (`MsiLockPermissionsEx`, `LockObject`, `Table`, `SDDLText`, `Condition`) VALUES ('ProgramFolder', 'INSTALLFOLDER', 'CreateFolder', 'D:PAI(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;0x1200a9;;;BU)', 'NOT (INSTALLFOLDER ~<< ProgramFiles64Folder)')

-- The source of the Event Log. "#%" is an expandable string, which wixl 0.101 writes wrongly; "#" alone a number.
INSERT INTO `Registry` (`Registry`, `Root`, `Key`, `Name`, `Value`, `Component_`) VALUES ('EventMessageFile', 2, 'SYSTEM\CurrentControlSet\Services\EventLog\Application\Overlap', 'EventMessageFile', '#%[#overlap_service.exe]', 'Service')
INSERT INTO `Registry` (`Registry`, `Root`, `Key`, `Name`, `Value`, `Component_`) VALUES ('CategoryMessageFile', 2, 'SYSTEM\CurrentControlSet\Services\EventLog\Application\Overlap', 'CategoryMessageFile', '#%[#overlap_service.exe]', 'Service')
INSERT INTO `Registry` (`Registry`, `Root`, `Key`, `Name`, `Value`, `Component_`) VALUES ('CategoryCount', 2, 'SYSTEM\CurrentControlSet\Services\EventLog\Application\Overlap', 'CategoryCount', '#7', 'Service')
INSERT INTO `Registry` (`Registry`, `Root`, `Key`, `Name`, `Value`, `Component_`) VALUES ('TypesSupported', 2, 'SYSTEM\CurrentControlSet\Services\EventLog\Application\Overlap', 'TypesSupported', '#7', 'Service')

-- The link to the dashboard: an Internet shortcut is an INI file, and a shortcut of the installer's own can only name a file.
CREATE TABLE `IniFile` (`IniFile` CHAR(72) NOT NULL, `FileName` CHAR(255) NOT NULL LOCALIZABLE, `DirProperty` CHAR(72), `Section` CHAR(96) NOT NULL LOCALIZABLE, `Key` CHAR(128) NOT NULL LOCALIZABLE, `Value` CHAR(255) NOT NULL LOCALIZABLE, `Action` SHORT NOT NULL, `Component_` CHAR(72) NOT NULL PRIMARY KEY `IniFile`)
INSERT INTO `IniFile` (`IniFile`, `FileName`, `DirProperty`, `Section`, `Key`, `Value`, `Action`, `Component_`) VALUES ('Dashboard', 'Overlap.url|Overlap dashboard.url', 'ProgramMenuFolder', 'InternetShortcut', 'URL', 'http://127.0.0.1:[FIRSTPORT]/', 0, 'Choices')
CREATE TABLE `RemoveFile` (`FileKey` CHAR(72) NOT NULL, `Component_` CHAR(72) NOT NULL, `FileName` CHAR(255) LOCALIZABLE, `DirProperty` CHAR(72) NOT NULL, `InstallMode` SHORT NOT NULL PRIMARY KEY `FileKey`)
INSERT INTO `RemoveFile` (`FileKey`, `Component_`, `FileName`, `DirProperty`, `InstallMode`) VALUES ('Dashboard', 'Choices', 'Overlap.url|Overlap dashboard.url', 'ProgramMenuFolder', 2)
INSERT INTO `InstallExecuteSequence` (`Action`, `Sequence`) VALUES ('RemoveIniValues', 3100)
INSERT INTO `InstallExecuteSequence` (`Action`, `Sequence`) VALUES ('WriteIniValues', 5100)
