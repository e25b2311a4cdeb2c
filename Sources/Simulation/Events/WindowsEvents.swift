internal import Chronology
internal import JSON

/// Windows events as winlogbeat writes them.
struct WindowsEvents {
    enum Channel: String {
        case security = "Security"
        case system = "System"
        case sysmon = "Microsoft-Windows-Sysmon/Operational"

        var provider: (name: String, guid: String) {
            switch self {
            case .security: ("Microsoft-Windows-Security-Auditing", "{54849625-5478-4994-A5BA-3E3B0328C30D}")
            case .system: ("Service Control Manager", "{555908D1-A6D7-4695-8E1E-26931D2012F4}")
            case .sysmon: ("Microsoft-Windows-Sysmon", "{5770385F-C22A-43E0-BF4C-06F5698FFBD9}")
            }
        }
    }

    var time: Instant
    var computer: Computer
    var stage: AttackStage?

    func event(_ channel: Channel, _ id: Int, _ message: String, _ data: [(String, String)]) -> SimulatedEvent {
        let provider = channel.provider
        let winlog: JSON = [
            "channel": .string(channel.rawValue), "provider_name": .string(provider.name),
            "provider_guid": .string(provider.guid), "event_id": .int(Int64(id)),
            "record_id": .int(time.ticks / 1000 % 1_000_000_000), "computer_name": .string(computer.fullName),
            "version": 2, "opcode": "Info", "process": ["pid": 4, "thread": ["id": 812]], "event_data": .texts(data),
        ]
        let line: JSON = [
            "@timestamp": .string(time.formatted(fractionDigits: 3)), "message": .string(message),
            "event": ["code": .string(String(id)), "kind": "event", "provider": .string(provider.name)],
            "host": ["name": .string(computer.name)], "log": ["level": "information"], "winlog": winlog,
            "agent": ["type": "winlogbeat", "version": "8.15.0"], "ecs": ["version": "8.0.0"],
        ]
        return SimulatedEvent(time: time, format: .winlogbeat, line: line.description, stage: stage)
    }

    // MARK: Logons

    func logon(
        _ account: String, sid: String, type: Int, from address: String, workstation: String = "-",
        package: String = "Kerberos", logonID: String
    ) -> SimulatedEvent {
        event(
            .security, 4624, "An account was successfully logged on.",
            [
                ("SubjectUserSid", "S-1-0-0"), ("SubjectUserName", "-"), ("SubjectDomainName", "-"),
                ("SubjectLogonId", "0x0"), ("TargetUserSid", sid), ("TargetUserName", account),
                ("TargetDomainName", Organisation.shortDomain), ("TargetLogonId", logonID), ("LogonType", "\(type)"),
                ("LogonProcessName", package == "NTLM" ? "NtLmSsp" : "Kerberos"),
                ("AuthenticationPackageName", package), ("WorkstationName", workstation),
                ("LogonGuid", "{00000000-0000-0000-0000-000000000000}"), ("TransmittedServices", "-"),
                ("LmPackageName", package == "NTLM" ? "NTLM V2" : "-"), ("KeyLength", package == "NTLM" ? "128" : "0"),
                ("ProcessId", "0x0"), ("ProcessName", "-"), ("IpAddress", address), ("IpPort", "50112"),
                ("ElevatedToken", "%%1842"),
            ])
    }

    func failedLogon(_ account: String, type: Int, from address: String, unknown: Bool = false) -> SimulatedEvent {
        event(
            .security, 4625, "An account failed to log on.",
            [
                ("SubjectUserSid", "S-1-0-0"), ("SubjectUserName", "-"), ("SubjectDomainName", "-"),
                ("SubjectLogonId", "0x0"), ("TargetUserSid", "S-1-0-0"), ("TargetUserName", account),
                ("TargetDomainName", Organisation.shortDomain), ("Status", "0xc000006d"), ("FailureReason", "%%2313"),
                ("SubStatus", unknown ? "0xc0000064" : "0xc000006a"), ("LogonType", "\(type)"),
                ("LogonProcessName", "NtLmSsp"), ("AuthenticationPackageName", "NTLM"), ("WorkstationName", "-"),
                ("TransmittedServices", "-"), ("LmPackageName", "-"), ("KeyLength", "0"), ("ProcessId", "0x0"),
                ("ProcessName", "-"), ("IpAddress", address), ("IpPort", "0"),
            ])
    }

    func specialPrivileges(_ account: String, sid: String, logonID: String) -> SimulatedEvent {
        event(
            .security, 4672, "Special privileges assigned to new logon.",
            [
                ("SubjectUserSid", sid), ("SubjectUserName", account), ("SubjectDomainName", Organisation.shortDomain),
                ("SubjectLogonId", logonID), ("PrivilegeList", "SeDebugPrivilege\n\t\t\tSeBackupPrivilege"),
            ])
    }

    func explicitCredentials(
        _ account: String, by user: String, sid: String, target: String, process: String
    ) -> SimulatedEvent {
        event(
            .security, 4648, "A logon was attempted using explicit credentials.",
            [
                ("SubjectUserSid", sid), ("SubjectUserName", user), ("SubjectDomainName", Organisation.shortDomain),
                ("SubjectLogonId", "0x3e7a1"), ("TargetUserName", account),
                ("TargetDomainName", Organisation.shortDomain), ("TargetServerName", target), ("TargetInfo", target),
                ("ProcessName", process), ("IpAddress", "-"), ("IpPort", "-"),
            ])
    }

    // MARK: Processes

    /// A start of a process, as Security 4688 and Sysmon 1 see it.
    func process(_ start: ProcessStart) -> [SimulatedEvent] {
        let domain = start.user == "SYSTEM" ? "NT AUTHORITY" : Organisation.shortDomain
        let created = event(
            .security, 4688, "A new process has been created.",
            [
                ("SubjectUserSid", start.sid), ("SubjectUserName", start.user), ("SubjectDomainName", domain),
                ("SubjectLogonId", "0x3e7a1"), ("NewProcessId", "0x" + String(start.processID, radix: 16)),
                ("NewProcessName", start.image), ("TokenElevationType", "%%1936"),
                ("ProcessId", "0x" + String(start.parentID, radix: 16)), ("CommandLine", start.commandLine),
                ("TargetUserSid", "S-1-0-0"), ("TargetUserName", "-"), ("TargetDomainName", "-"),
                ("TargetLogonId", "0x0"), ("ParentProcessName", start.parent), ("MandatoryLabel", "S-1-16-12288"),
            ])
        let sysmon = event(
            .sysmon, 1, "Process Create:",
            [
                ("RuleName", "-"), ("UtcTime", utcTime), ("ProcessGuid", start.guid),
                ("ProcessId", "\(start.processID)"),
                ("Image", start.image), ("FileVersion", "-"), ("Description", "-"), ("Product", "-"), ("Company", "-"),
                ("OriginalFileName", start.originalName ?? start.fileName), ("CommandLine", start.commandLine),
                ("CurrentDirectory", "C:\\Windows\\system32\\"), ("User", domain + "\\" + start.user),
                ("LogonGuid", "{00000000-0000-0000-0000-000000000000}"), ("LogonId", "0x3e7a1"),
                ("TerminalSessionId", "2"), ("IntegrityLevel", "High"), ("Hashes", start.hashes),
                ("ParentProcessGuid", "{00000000-0000-0000-0000-000000000000}"),
                ("ParentProcessId", "\(start.parentID)"),
                ("ParentImage", start.parent), ("ParentCommandLine", start.parent),
                ("ParentUser", domain + "\\" + start.user),
            ])
        return [created, sysmon]
    }

    /// A process opens another one (Sysmon 10).
    func processAccess(from image: String, to target: String, access: String, user: String) -> SimulatedEvent {
        event(
            .sysmon, 10, "Process accessed:",
            [
                ("RuleName", "-"), ("UtcTime", utcTime),
                ("SourceProcessGUID", "{6b166207-0000-0000-0000-000000001a2b}"),
                ("SourceProcessId", "5188"), ("SourceThreadId", "5204"), ("SourceImage", image),
                ("TargetProcessGUID", "{6b166207-0000-0000-0000-000000000c00}"), ("TargetProcessId", "712"),
                ("TargetImage", target), ("GrantedAccess", access),
                ("CallTrace", "C:\\Windows\\SYSTEM32\\ntdll.dll+9d4c4|C:\\Windows\\System32\\KERNELBASE.dll+2c13e"),
                ("SourceUser", Organisation.shortDomain + "\\" + user), ("TargetUser", "NT AUTHORITY\\SYSTEM"),
            ])
    }

    func fileCreated(_ path: String, by image: String, user: String) -> SimulatedEvent {
        event(
            .sysmon, 11, "File created:",
            [
                ("RuleName", "-"), ("UtcTime", utcTime), ("ProcessGuid", "{6b166207-0000-0000-0000-000000001a2b}"),
                ("ProcessId", "5188"), ("Image", image), ("TargetFilename", path), ("CreationUtcTime", utcTime),
                ("User", Organisation.shortDomain + "\\" + user),
            ])
    }

    func connection(from image: String, user: String, to address: String, port: Int, name: String) -> SimulatedEvent {
        event(
            .sysmon, 3, "Network connection detected:",
            [
                ("RuleName", "-"), ("UtcTime", utcTime), ("ProcessGuid", "{6b166207-0000-0000-0000-000000001c0d}"),
                ("ProcessId", "6120"), ("Image", image), ("User", Organisation.shortDomain + "\\" + user),
                ("Protocol", "tcp"), ("Initiated", "true"), ("SourceIsIpv6", "false"), ("SourceIp", computer.address),
                ("SourceHostname", computer.fullName), ("SourcePort", "51544"), ("SourcePortName", "-"),
                ("DestinationIsIpv6", "false"), ("DestinationIp", address), ("DestinationHostname", name),
                ("DestinationPort", "\(port)"), ("DestinationPortName", "-"),
            ])
    }

    func nameQuery(_ name: String, answer: String, by image: String, user: String) -> SimulatedEvent {
        event(
            .sysmon, 22, "Dns query:",
            [
                ("RuleName", "-"), ("UtcTime", utcTime), ("ProcessGuid", "{6b166207-0000-0000-0000-000000001c0d}"),
                ("ProcessId", "6120"), ("QueryName", name), ("QueryStatus", "0"), ("QueryResults", "::ffff:\(answer);"),
                ("Image", image), ("User", Organisation.shortDomain + "\\" + user),
            ])
    }

    // MARK: Services, shares, tasks, tickets

    /// A service is installed, as the System log and Security 4697 see it.
    func service(_ name: String, path: String, account: String, by user: String, sid: String) -> [SimulatedEvent] {
        [
            event(
                .system, 7045, "A service was installed in the system.",
                [
                    ("ServiceName", name), ("ImagePath", path), ("ServiceType", "user mode service"),
                    ("StartType", "demand start"), ("AccountName", account),
                ]),
            event(
                .security, 4697, "A service was installed in the system.",
                [
                    ("SubjectUserSid", sid), ("SubjectUserName", user), ("SubjectDomainName", Organisation.shortDomain),
                    ("SubjectLogonId", "0x5f1c22"), ("ServiceName", name), ("ServiceFileName", path),
                    ("ServiceType", "0x10"), ("ServiceStartType", "3"), ("ServiceAccount", account),
                ]),
        ]
    }

    func shareAccess(_ share: String, file: String, user: String, sid: String, from address: String) -> SimulatedEvent {
        event(
            .security, 5145, "A network share object was checked to see whether client can be granted desired access.",
            [
                ("SubjectUserSid", sid), ("SubjectUserName", user), ("SubjectDomainName", Organisation.shortDomain),
                ("SubjectLogonId", "0x5f1c22"), ("ObjectType", "File"), ("IpAddress", address), ("IpPort", "49822"),
                ("ShareName", "\\\\*\\" + share), ("ShareLocalPath", "\\??\\C:\\Windows"), ("RelativeTargetName", file),
                ("AccessMask", "0x12019f"), ("AccessList", "%%1538"), ("AccessReason", "-"),
            ])
    }

    func ticket(_ account: String, service: String, from address: String) -> SimulatedEvent {
        event(
            .security, 4769, "A Kerberos service ticket was requested.",
            [
                ("TargetUserName", account + "@" + Organisation.domain.uppercased()),
                ("TargetDomainName", Organisation.domain.uppercased()), ("ServiceName", service),
                ("ServiceSid", Organisation.domainSID + "-1001"), ("TicketOptions", "0x40810000"),
                ("TicketEncryptionType", "0x12"), ("IpAddress", "::ffff:" + address), ("IpPort", "52011"),
                ("Status", "0x0"), ("LogonGuid", "{00000000-0000-0000-0000-000000000000}"),
                ("TransmittedServices", "-"),
            ])
    }

    func logCleared(by user: String, sid: String) -> SimulatedEvent {
        event(
            .security, 1102, "The audit log was cleared.",
            [
                ("SubjectUserSid", sid), ("SubjectUserName", user), ("SubjectDomainName", Organisation.shortDomain),
                ("SubjectLogonId", "0x5f1c22"),
            ])
    }

    private var utcTime: String {
        time.formatted(fractionDigits: 3).replacing("T", with: " ").replacing("Z", with: "")
    }
}

/// What is known of a process that starts.
struct ProcessStart {
    var image: String
    var commandLine: String
    var parent: String
    var user: String
    var sid: String
    var processID: Int
    var parentID: Int
    var guid: String
    var hashes: String
    /// The name in the file's version information, where the file was renamed.
    var originalName: String?

    var fileName: String { image.split(separator: "\\").last.map(String.init) ?? image }
}
