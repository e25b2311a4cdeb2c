import Records
import Sigma
import Testing

@Suite struct RoutingTests {
    private static func rule(_ logSource: String) -> [SigmaRule] {
        SigmaReader().read(
            "title: T\nid: t\nlogsource: {\(logSource)}\ndetection:\n  sel: {Image|endswith: cmd.exe}\n  condition: sel\n",
            file: "t.yml"
        ).rules
    }

    private static func count(
        _ rules: [SigmaRule], _ fields: [(String, String)], _ pipelines: [SigmaPipeline] = [.windowsSysmon],
        product: String? = nil
    ) -> Int {
        var batch = RecordBatch()
        for (name, value) in fields { batch.append(name, value) }
        batch.endRecord()
        var scan = SigmaScan(SigmaRuleSet(rules, pipelines: pipelines))
        scan.add(batch, product: product)
        return scan.matches.first?.events ?? 0
    }

    @Test func `process creation reads Sysmon event 1 and no other event`() {
        let rules = Self.rule("product: windows, category: process_creation")
        let sysmon = "Microsoft-Windows-Sysmon/Operational"
        #expect(Self.count(rules, [("Channel", sysmon), ("EventID", "1"), ("Image", "x\\cmd.exe")]) == 1)
        #expect(Self.count(rules, [("Channel", sysmon), ("EventID", "5"), ("Image", "x\\cmd.exe")]) == 0)
        #expect(Self.count(rules, [("Channel", "Security"), ("EventID", "1"), ("Image", "x\\cmd.exe")]) == 0)
    }

    @Test func `the audit pipeline reads Security event 4688 under its own names`() {
        let rules = Self.rule("product: windows, category: process_creation")
        let event = [("Channel", "Security"), ("EventID", "4688"), ("NewProcessName", "C:\\cmd.exe")]
        #expect(Self.count(rules, event) == 0)
        #expect(Self.count(rules, event, [.windowsAudit]) == 1)
        #expect(Self.count(rules, event, [.windowsSysmon, .windowsAudit]) == 1)
    }

    @Test func `rules of one product leave other products' records alone`() {
        let windows = Self.rule("product: windows")
        #expect(Self.count(windows, [("Image", "/bin/cmd.exe")]) == 0)
        let linux = Self.rule("product: linux, category: process_creation")
        #expect(Self.count(linux, [("Channel", "Security"), ("EventID", "1"), ("Image", "cmd.exe")]) == 0)
        #expect(Self.count(linux, [("Image", "/bin/cmd.exe")]) == 1)
        #expect(Self.count(linux, [("Image", "/bin/cmd.exe")], product: "linux") == 1)
        #expect(Self.count(linux, [("Image", "/bin/cmd.exe")], product: "macos") == 0)
    }
}
