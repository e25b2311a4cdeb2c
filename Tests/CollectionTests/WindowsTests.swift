import Collection
import Foundation
import Testing

struct WindowsTests {
    private static let flat = """
        {"EventID":4625,"Channel":"Security","SourceName":"Microsoft-Windows-Security-Auditing","Hostname":"h1.corp.example",
        "TimeCreated":"2026-06-10T07:00:00.5Z","Task":12544,"Keywords":-9218868437227405312,"TargetUserName":"ana",
        "TargetDomainName":"CORP","SubjectUserName":"-","SubjectDomainName":"-","LogonType":"3","IpAddress":"192.0.2.7",
        "Status":"0xc000006d","Message":"An account failed to log on.\\r\\n\\r\\nSubject:"}
        """
    private static let nested = """
        {"@timestamp":"2026-06-10T07:00:00.500Z","message":"An account failed to log on.","host":{"name":"h1"},
        "event":{"code":"4625"},"winlog":{"event_id":4625,"channel":"Security","computer_name":"h1.corp.example",
        "provider_name":"Microsoft-Windows-Security-Auditing","task":"Logon","record_id":7,
        "event_data":{"TargetUserName":"ana","TargetDomainName":"CORP","SubjectUserName":"-","SubjectDomainName":"-",
        "LogonType":"3","IpAddress":"192.0.2.7","Status":"0xc000006d"}}}
        """
    private static let xml = """
        {"Event":{"System":{"Provider":{"#attributes":{"Name":"Microsoft-Windows-Security-Auditing"}},
        "EventID":{"#attributes":{"Qualifiers":1},"#text":4625},"Channel":"Security","Computer":"h1.corp.example",
        "TimeCreated":{"#attributes":{"SystemTime":"2026-06-10T07:00:00.500000Z"}}},
        "EventData":{"TargetUserName":"ana","TargetDomainName":"CORP","SubjectUserName":"-","SubjectDomainName":"-",
        "LogonType":3,"IpAddress":"192.0.2.7","Status":"0xc000006d"}}}
        """
    private static let named = """
        {"Event":{"System":{"Provider":{"@Name":"Microsoft-Windows-Security-Auditing"},"EventID":"4625",
        "Channel":"Security","Computer":"h1.corp.example","TimeCreated":{"@SystemTime":"2026-06-10T07:00:00.5Z"}},
        "EventData":{"Data":[{"@Name":"TargetUserName","#text":"ana"},{"@Name":"TargetDomainName","#text":"CORP"},
        {"@Name":"SubjectUserName","#text":"-"},{"@Name":"SubjectDomainName","#text":"-"},
        {"@Name":"LogonType","#text":"3"},{"@Name":"IpAddress","#text":"192.0.2.7"},{"@Name":"Status","#text":"0xc000006d"}]}}}
        """

    @Test(arguments: [flat, nested, xml, named])
    func `the same event in any layout is the same row`(_ text: String) {
        let chunks = collect(text)
        let row = chunks.rows("SecurityEvent").first
        #expect(chunks.deadLetters.isEmpty)
        #expect(row?["EventID"] == "4625")
        #expect(row?["Activity"] == "4625 - An account failed to log on.")
        #expect(row?["Account"] == "CORP\\ana")
        #expect(row?["TargetAccount"] == "CORP\\ana")
        #expect(row?["AccountType"] == "User")
        #expect(row?["LogonType"] == "3")
        #expect(row?["LogonTypeName"] == "3 - Network")
        #expect(row?["IpAddress"] == "192.0.2.7")
        #expect(row?["Computer"] == "h1.corp.example")
        #expect(row?["EventSourceName"] == "Microsoft-Windows-Security-Auditing")
        #expect(row?["TimeGenerated"] == "2026-06-10T07:00:00.5000000Z")
        #expect(row?["EventData"] == nil)
        #expect(row?["SourceSystem"] == "OpsManager")
    }

    @Test func `a process creation has the subject's account and the name of the process`() {
        let row = collect(
            """
            {"EventID":4688,"Channel":"security","Hostname":"h1","SubjectUserName":"ana","SubjectDomainName":"CORP",
            "TargetUserName":"-","TargetDomainName":"-","NewProcessName":"C:\\\\Windows\\\\System32\\\\whoami.exe",
            "CommandLine":"whoami /all","ProcessId":"0x1f4","NewColumn":"<a & b>"}
            """
        ).rows("SecurityEvent").first
        #expect(row?["Account"] == "CORP\\ana")
        #expect(row?["Process"] == "whoami.exe")
        #expect(row?["CommandLine"] == "whoami /all")
        #expect(row?["EventData"]?.contains("<Data Name=\"NewColumn\">&lt;a &amp; b&gt;</Data>") == true)
    }

    @Test func `Sysmon goes to WindowsEvent and to Event with its data in the manifest's order`() {
        let chunks = collect(
            """
            {"EventID":1,"Channel":"Microsoft-Windows-Sysmon/Operational","SourceName":"Microsoft-Windows-Sysmon",
            "Hostname":"h1","CommandLine":"whoami","Image":"C:\\\\w.exe","UtcTime":"2026-06-10 07:00:00.123","Level":"4",
            "Message":"Process Create:","User":"CORP\\\\ana"}
            """)
        #expect(
            chunks.rows("WindowsEvent").first?["EventData"]
                == #"{"UtcTime":"2026-06-10 07:00:00.123","Image":"C:\\w.exe","CommandLine":"whoami","User":"CORP\\ana"}"#
        )
        let event = chunks.rows("Event").first
        #expect(event?["Source"] == "Microsoft-Windows-Sysmon")
        #expect(event?["RenderedDescription"] == "Process Create:")
        #expect(
            event?["EventData"]?.contains(
                "<EventData xmlns=\"http://schemas.microsoft.com/win/2004/08/events/event\"><Data Name=\"UtcTime\">")
                == true)
        #expect(
            event?["ParameterXml"]?.hasPrefix("<Param>2026-06-10 07:00:00.123</Param><Param>C:\\w.exe</Param>") == true)
        #expect(chunks.first?.rows == [CollectedChunk.Row(batch: 0, row: 0)])
    }

    @Test func `a service installation goes to Event alone`() {
        let chunks = collect(
            """
            {"Event":{"System":{"Provider":{"#attributes":{"Name":"Service Control Manager"}},"EventID":7045,"Level":4,
            "Channel":"System","Computer":"h1"},"EventData":{"ImagePath":"C:\\\\x.exe","ServiceName":"PSEXESVC"}}}
            """)
        #expect(chunks.rows("Event").first?["EventLog"] == "System")
        #expect(chunks.rows("Event").first?["ParameterXml"] == "<Param>PSEXESVC</Param><Param>C:\\x.exe</Param>")
        #expect(chunks.rows("WindowsEvent").isEmpty)
    }

    @Test func `unnamed data is kept in its order`() {
        let rows = collect(
            """
            {"Event":{"System":{"Provider":{"#attributes":{"Name":"ESENT"}},"EventID":216,"Channel":"Application"},
            "EventData":{"Data":{"#text":["a","","c"]},"Binary":null}}}
            """
        ).rows("Event")
        #expect(rows.first?["ParameterXml"]?.hasPrefix("<Param>a</Param><Param></Param><Param>c</Param>") == true)
    }

    @Test func `event data of any characters stands in XML and in JSON as their readers expect it`() throws {
        let marks = [
            "<", ">", "&", "\"", "\\", "'", "\t", "\n", "\r", "\u{1}", "\u{1F}", "\u{7F}", "\u{e4}", "\u{1F600}", "",
        ]
        var values: [String] = []
        for length in 0...17 {
            for mark in marks {
                values.append(String(repeating: "x", count: length) + mark + String(repeating: "y", count: 17 - length))
            }
        }
        values.append(marks.joined() + marks.reversed().joined())
        let data = Dictionary(uniqueKeysWithValues: values.enumerated().map { (String(format: "V%03d", $0), $1) })
        let header = [
            "EventID": "1", "Channel": "Microsoft-Windows-Sysmon/Operational", "SourceName": "Microsoft-Windows-Sysmon",
        ]
        let object = header.merging(data) { first, _ in first }
        let chunks = collect(Array(try JSONEncoder().encode(object)))

        let row = try #require(chunks.rows("WindowsEvent").first)
        let read = try JSONDecoder().decode([String: String].self, from: Data((row["EventData"] ?? "").utf8))
        #expect(read == data)

        let item = try #require(chunks.rows("Event").first)
        let xml = try #require(item["EventData"])
        let parameters = try #require(item["ParameterXml"])
        for (name, value) in data {
            let escaped = Self.xml(value)
            #expect(xml.contains("<Data Name=\"\(name)\">\(escaped)</Data>"), "\(value.debugDescription)")
            #expect(parameters.contains("<Param>\(escaped)</Param>"), "\(value.debugDescription)")
        }
    }

    /// A value as XML 1.0 can hold it, character by character.
    private static func xml(_ value: String) -> String {
        value.unicodeScalars.map { scalar in
            switch scalar {
            case "<": "&lt;"
            case ">": "&gt;"
            case "&": "&amp;"
            case "\"": "&quot;"
            case "\t", "\n", "\r": String(scalar)
            default: scalar.value < 0x20 ? " " : String(scalar)
            }
        }.joined()
    }
}
