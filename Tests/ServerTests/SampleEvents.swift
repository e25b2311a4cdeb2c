import JSON

/// Events of our own in the formats that come in.
enum SampleEvents {
    /// A Sysmon process creation (nxlog field names) that reads LSASS memory through comsvcs.dll.
    static func lsassDump(host: String, user: String = "HARBOR\\eva", time: String = "2026-11-20T10:00:00Z") -> String {
        JSON.object([
            "Channel": "Microsoft-Windows-Sysmon/Operational", "EventID": 1, "Hostname": .string(host),
            "SourceName": "Microsoft-Windows-Sysmon", "EventTime": .string(time), "UtcTime": .string(time),
            "Image": "C:\\Windows\\System32\\rundll32.exe", "User": .string(user), "ProcessId": "4242",
            "CommandLine": "rundll32.exe C:\\Windows\\System32\\comsvcs.dll, MiniDump 640 C:\\temp\\l.dmp full",
            "ParentImage": "C:\\Windows\\System32\\cmd.exe",
        ]).description
    }

    /// A row of a custom table.
    static func row(_ number: Int) -> String {
        #"{"Type":"Marks_CL","TimeGenerated":"2026-11-20T10:00:00Z","Number":\#(number)}"#
    }
}
