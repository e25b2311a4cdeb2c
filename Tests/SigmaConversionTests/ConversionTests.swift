import Foundation
import KQL
import Sigma
import SigmaConversion
import TestSupport
import Testing

@Suite struct ConversionTests {
    private static func query(_ detection: String, _ source: String, _ pipelines: [String]) throws -> SigmaConversion {
        let reading = try Converting.rules(
            "title: T\nid: t\nlogsource: {\(source)}\ndetection:\n  \(detection)\n  condition: s\n")
        return try Converting.converter(pipelines).convert(try #require(reading.rules.first))
    }

    @Test func `texts are quoted so that a rule's values stay values`() throws {
        let conversion = try Self.query(
            #"s: {CommandLine: ['" or true //', 'a\b', "x'y"], 'Odd name|contains': "tab\tand \"quote\""}"#,
            "product: windows, category: process_creation", ["windows"])
        #expect(
            conversion.query == #"""
                WindowsEvent
                | where Channel =~ "Microsoft-Windows-Sysmon/Operational"
                | where EventID == 1
                | where tostring(EventData.CommandLine) in~ (@""" or true //", @"a\b", "x'y")
                | where tostring(EventData["Odd name"]) contains "tab\tand \"quote\""
                """#)
    }

    @Test func `a rule's field is never taken for an expression`() throws {
        let conversion = try Self.query(
            "s: {'x) or (1 == 1) //': y}", "product: windows, service: sysmon", ["windows"])
        #expect(conversion.query?.contains(#"EventData["x) or (1 == 1) //"]"#) == true)
    }

    @Test func `pipelines fit rules to the tables of other products`() throws {
        let detection = #"s: {Image|endswith: '\a.exe', Hashes|contains: 'SHA1=AB', User: 'CORP\ann'}"#
        let source = "product: windows, category: process_creation"
        let defender = try Self.query(detection, source, ["defender-xdr"]).query
        #expect(
            defender == #"""
                DeviceProcessEvents
                | where ActionType =~ "ProcessCreated"
                | where FolderPath endswith @"\a.exe"
                | where SHA1 =~ "AB"
                | where strcat(AccountDomain, @'\', AccountName) =~ @"CORP\ann"
                """#)
        let asim = try Self.query(detection, source, ["asim"]).query
        #expect(asim?.hasPrefix("_Im_ProcessCreate\n| where TargetProcessName endswith") == true)
    }

    @Test func `what cannot be converted is said, with the field or log source`() throws {
        let missing = try Self.query("s: {Nonsense: 1}", "product: windows, category: image_load", ["defender-xdr"])
        #expect(missing.query == nil && missing.findings.map(\.code) == [.unmappedField])
        let unknown = try Self.query("s: {A: 1}", "product: toaster", ["windows"])
        #expect(unknown.query == nil && unknown.findings.map(\.code) == [.unmappedLogSource])
        let empty = try Self.query("s: {Action: null}", "product: github, service: audit", ["cloud"])
        #expect(empty.query != nil && empty.findings.map(\.code) == [.inexact])
    }

    @Test(arguments: [
        ("transformations: [{type: sing}]", "sing"), ("transformations: [{type: set_state, key: a}]", "val"),
        ("transformations: [{type: drop_detection_item, rule_conditions: [{type: moon}]}]", "moon"),
        ("transformations: [{type: replace_string, regex: '('}]", "regex"), ("- a", "YAML map"), ("a: [", "expected"),
    ])
    func `a faulty pipeline is a finding`(text: String, word: String) {
        let (pipeline, findings) = PipelineReader.read(text, file: "p.yaml")
        #expect(pipeline == nil)
        #expect(findings.contains { $0.message.contains(word) && $0.position.file == "p.yaml" })
    }

    @Test func `a pipeline in pySigma's words is applied step by step`() throws {
        let (pipeline, findings) = PipelineReader.read(
            """
            name: mine
            priority: 5
            vars: {hosts: [a, b]}
            transformations:
              - {id: table, type: set_state, key: query_table, val: Mine, rule_conditions: [{type: logsource, product: windows}]}
              - {type: field_name_prefix_mapping, mapping: {win.: Win}}
              - {type: field_name_mapping, mapping: {User: [Actor, Target]}}
              - {type: add_condition, conditions: {Host: '%hosts%'}, rule_conditions: [{type: processing_item_applied, processing_item_id: table}]}
              - {type: drop_detection_item, field_name_conditions: [{type: include_fields, fields: [Noise]}]}
              - {type: replace_string, regex: '^c:(.*)', replacement: 'd:\\1', field_name_conditions: [{type: include_fields, fields: [WinPath]}]}
              - {type: map_string, mapping: {yes: 'true'}}
              - {type: rule_failure, message: not for me, rule_conditions: [{type: tag, tag: secret}]}
            """, file: "mine.yaml")
        try #require(findings.isEmpty, "\(findings)")
        let reading = try Converting.rules(
            """
            title: T
            id: t
            logsource: {product: windows}
            detection: {s: {win.Path: 'c:x', User: ann, Noise: 1, Flag: 'yes'}, condition: s}
            """)
        let converter = SigmaConverter(pipelines: [try #require(pipeline)]) { _ in nil }
        let conversion = converter.convert(reading.rules[0])
        #expect(
            conversion.query == """
                Mine
                | where Host in~ ("a", "b")
                | where WinPath =~ "d:x"
                | where Actor =~ "ann" or Target =~ "ann"
                | where Flag =~ "true"
                """)
    }

    @Test(.enabled(if: SharedFolder.isPresent, Comment(rawValue: SharedFolder.absence)))
    func `public rules of known log sources convert, and their queries bind`() throws {
        let usual = try Converting.converter(["windows", "linux", "cloud", "network"])
        var converted = 0
        var unconverted: [String] = []
        var unbound: [String] = []
        for file in try Self.ruleFiles() {
            for rule in SigmaReader().read(try String(contentsOf: file, encoding: .utf8), file: file.path).rules {
                let conversion = usual.convert(rule)
                guard let query = conversion.query else {
                    let isKnown = !conversion.findings.contains { $0.code == .unmappedLogSource }
                    if isKnown { unconverted.append("\(conversion.findings)") }
                    continue
                }
                converted += 1
                do {
                    _ = try KQLEngine.compile(query, environment: Converting.environment, options: Converting.options)
                } catch {
                    unbound.append("\(rule.title): \(error)\n\(query)")
                }
            }
        }
        #expect(unbound == [])
        #expect(unconverted == [])
        #expect(converted > 200)
    }

    /// Every tenth rule file, or all with `SIGMA_ALL=1`.
    private static func ruleFiles() throws -> [URL] {
        let found = FileManager.default.enumerator(
            at: SharedFolder.file("corpus/sigma_rules"), includingPropertiesForKeys: nil)
        let files = (found?.compactMap { $0 as? URL } ?? []).filter { $0.pathExtension == "yml" }
            .sorted { $0.path < $1.path }
        if ProcessInfo.processInfo.environment["SIGMA_ALL"] != nil { return files }
        return stride(from: 0, to: files.count, by: 10).map { files[$0] }
    }
}
