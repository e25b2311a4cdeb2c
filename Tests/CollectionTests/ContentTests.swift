import Collection
import Foundation
import KQLValues
import Testing

struct ContentTests {
    @Test func `the shipped content has no fault and describes the tables of the events`() {
        #expect(Shipped.content.faults.isEmpty, "\(Shipped.content.faults)")
        let tables = Shipped.content.content.tables
        for name in [
            "SecurityEvent", "WindowsEvent", "Event", "Syslog", "CommonSecurityLog", "SigninLogs", "AuditLogs",
            "AzureActivity", "SecurityAlert", "SecurityIncident", "DeadLetter_CL",
        ] {
            #expect(tables[name]?.schema.columns.first == ColumnSchema("TimeGenerated", .datetime), "\(name)")
        }
    }

    @Test(arguments: [
        ("table: X\ncolumns:\n  A: strin\n", 3, "'strin' is no type"),
        ("table: X\n", 1, "'columns' is missing"),
        ("table: 'a b'\ncolumns: {A: string}\n", 1, "no table name"),
        ("table: X\nrest: B\ncolumns:\n  A: dynamic\n  B: string\n", 2, "no dynamic column"),
        ("table: X\ncolumns:\n  a-b: string\n", 3, "no column name"),
        ("table: [X\n", 2, "not YAML"),
    ])
    func `a bad schema is refused with its place`(_ text: String, _ line: Int, _ problem: String) {
        let fault = #expect(throws: ContentFault.self) { try TableDefinition(yaml: text, file: "x.yaml") }
        #expect(fault?.line == line)
        #expect(fault?.description.contains(problem) == true, "\(fault?.description ?? "")")
        #expect(fault?.description.hasPrefix("x.yaml:") == true)
    }

    @Test(arguments: [
        ("source: x\ntable: T\n", "'recognize' is missing"),
        ("source: x\nrecognize:\n  - field: a\nmapping: magic\n", "no mapping"),
        ("source: x\nrecognize:\n  - field: a\ntable: T\ncolumns:\n  A: {what: b}\n", "no source of a column"),
    ])
    func `a bad source is refused`(_ text: String, _ problem: String) {
        let fault = #expect(throws: ContentFault.self) {
            try SourceDefinition(yaml: text, file: "s.yaml", folder: URL(filePath: "/"))
        }
        #expect(fault?.description.contains(problem) == true)
    }
}
