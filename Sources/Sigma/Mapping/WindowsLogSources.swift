/// Windows log sources of the Sigma taxonomy as channels and event ids.
enum WindowsLogSources {
    /// Event ids of Sysmon by category (Sysmon 15).
    static let sysmonCategories: [String: [Int]] = [
        "process_creation": [1],
        "file_change": [2],
        "network_connection": [3],
        "sysmon_status": [4, 16],
        "process_termination": [5],
        "driver_load": [6],
        "image_load": [7],
        "create_remote_thread": [8],
        "raw_access_thread": [9],
        "process_access": [10],
        "file_event": [11],
        "registry_add": [12],
        "registry_delete": [12],
        "registry_set": [13],
        "registry_rename": [14],
        "registry_event": [12, 13, 14],
        "create_stream_hash": [15],
        "pipe_created": [17, 18],
        "wmi_event": [19, 20, 21],
        "dns_query": [22],
        "file_delete": [23],
        "clipboard_capture": [24],
        "process_tampering": [25],
        "file_delete_detected": [26],
        "file_block_executable": [27],
        "file_block_shredding": [28],
        "file_executable_detected": [29],
        "sysmon_error": [255],
    ]

    static let powerShellCategories: [String: (service: String, eventID: Int)] = [
        "ps_module": ("powershell", 4103),
        "ps_script": ("powershell", 4104),
        "ps_classic_start": ("powershell-classic", 400),
        "ps_classic_provider_start": ("powershell-classic", 600),
        "ps_classic_script": ("powershell-classic", 800),
    ]

    static let processAuditNames = [
        "Image": "NewProcessName",
        "ParentImage": "ParentProcessName",
        "Details": "NewValue",
        "LogonId": "SubjectLogonId",
    ]

    static let registryAuditNames = [
        "Image": "ProcessName",
        "TargetObject": "ObjectName",
        "Details": "NewValue",
        "LogonId": "SubjectLogonId",
    ]

    /// Event 4657 has no counterpart of these Sysmon fields.
    static let registryAuditMissing: Set<String> = ["EventType", "NewName", "User"]

    /// Channels by service.
    static let channels: [String: [String]] = [
        "security": ["Security"],
        "application": ["Application"],
        "system": ["System"],
        "sysmon": ["Microsoft-Windows-Sysmon/Operational"],
        "powershell": ["Microsoft-Windows-PowerShell/Operational", "PowerShellCore/Operational"],
        "powershell-classic": ["Windows PowerShell"],
        "taskscheduler": ["Microsoft-Windows-TaskScheduler/Operational"],
        "wmi": ["Microsoft-Windows-WMI-Activity/Operational"],
        "dns-server": ["DNS Server"],
        "dns-server-audit": ["Microsoft-Windows-DNS-Server/Audit"],
        "dns-server-analytic": ["Microsoft-Windows-DNS-Server/Analytical"],
        "dns-client": ["Microsoft-Windows-DNS Client Events/Operational"],
        "driver-framework": ["Microsoft-Windows-DriverFrameworks-UserMode/Operational"],
        "ntlm": ["Microsoft-Windows-NTLM/Operational"],
        "dhcp": ["Microsoft-Windows-DHCP-Server/Operational"],
        "msexchange-management": ["MSExchange Management"],
        "applocker": [
            "Microsoft-Windows-AppLocker/MSI and Script",
            "Microsoft-Windows-AppLocker/EXE and DLL",
            "Microsoft-Windows-AppLocker/Packaged app-Deployment",
            "Microsoft-Windows-AppLocker/Packaged app-Execution",
        ],
        "printservice-admin": ["Microsoft-Windows-PrintService/Admin"],
        "printservice-operational": ["Microsoft-Windows-PrintService/Operational"],
        "codeintegrity-operational": ["Microsoft-Windows-CodeIntegrity/Operational"],
        "smbclient-security": ["Microsoft-Windows-SmbClient/Security"],
        "smbclient-connectivity": ["Microsoft-Windows-SmbClient/Connectivity"],
        "smbserver-connectivity": ["Microsoft-Windows-SMBServer/Connectivity"],
        "firewall-as": ["Microsoft-Windows-Windows Firewall With Advanced Security/Firewall"],
        "bits-client": ["Microsoft-Windows-Bits-Client/Operational"],
        "windefend": ["Microsoft-Windows-Windows Defender/Operational"],
        "terminalservices-localsessionmanager": [
            "Microsoft-Windows-TerminalServices-LocalSessionManager/Operational"
        ],
        "servicebus-client": ["Microsoft-ServiceBus-Client/Operational", "Microsoft-ServiceBus-Client/Admin"],
        "microsoft-servicebus-client": [
            "Microsoft-ServiceBus-Client/Operational", "Microsoft-ServiceBus-Client/Admin",
        ],
        "ldap": ["Microsoft-Windows-LDAP-Client/Debug"],
        "ldap_debug": ["Microsoft-Windows-LDAP-Client/Debug"],
        "security-mitigations": [
            "Microsoft-Windows-Security-Mitigations/Kernel Mode",
            "Microsoft-Windows-Security-Mitigations/User Mode",
        ],
        "diagnosis-scripted": ["Microsoft-Windows-Diagnosis-Scripted/Operational"],
        "shell-core": ["Microsoft-Windows-Shell-Core/Operational"],
        "openssh": ["OpenSSH/Operational"],
        "bitlocker": ["Microsoft-Windows-BitLocker/BitLocker Management"],
        "vhdmp": ["Microsoft-Windows-VHDMP/Operational"],
        "appxdeployment-server": ["Microsoft-Windows-AppXDeploymentServer/Operational"],
        "appxpackaging-om": ["Microsoft-Windows-AppxPackaging/Operational"],
        "appmodel-runtime": ["Microsoft-Windows-AppModel-Runtime/Admin"],
        "lsa-server": ["Microsoft-Windows-LSA/Operational"],
        "capi2": ["Microsoft-Windows-CAPI2/Operational"],
        "certificateservicesclient-lifecycle-system": [
            "Microsoft-Windows-CertificateServicesClient-Lifecycle-System/Operational"
        ],
        "application-experience": [
            "Microsoft-Windows-Application-Experience/Program-Telemetry",
            "Microsoft-Windows-Application-Experience/Program-Compatibility-Assistant",
        ],
        "hyper-v-worker": ["Microsoft-Windows-Hyper-V-Worker"],
        "iis-configuration": ["Microsoft-IIS-Configuration/Operational"],
        "kernel-event-tracing": ["Microsoft-Windows-Kernel-EventTracing"],
        "kernel-shimengine": [
            "Microsoft-Windows-Kernel-ShimEngine/Operational", "Microsoft-Windows-Kernel-ShimEngine/Diagnostic",
        ],
        "ntfs": ["Microsoft-Windows-Ntfs/Operational"],
        "sense": ["Microsoft-Windows-SENSE/Operational"],
    ]
}
