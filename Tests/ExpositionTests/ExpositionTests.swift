import CoreMetrics
import Exposition
import Foundation
import TestSupport
import Testing

struct ExpositionTests {
    @Test func `counters, gauges and distributions are told as Prometheus reads them`() {
        let registry = MetricRegistry()
        registry.describe("requests_total", "Requests.")
        registry.makeCounter(label: "requests_total", dimensions: [("route", "/a"), ("method", "GET")]).increment(by: 3)
        registry.makeCounter(label: "requests_total", dimensions: [("method", "GET"), ("route", "/a")]).increment(by: 1)
        registry.makeMeter(label: "queue.length", dimensions: []).set(2.5)
        let timer = registry.makeTimer(label: "work_seconds", dimensions: [])
        timer.recordNanoseconds(2_000_000)
        timer.recordNanoseconds(400_000_000_000)
        let text = TextExposition.text(registry.families)
        #expect(text.contains("# HELP requests_total Requests.\n# TYPE requests_total counter\n"))
        #expect(text.contains("requests_total{method=\"GET\",route=\"/a\"} 4\n"))
        #expect(text.contains("queue_length 2.5\n"))
        #expect(text.contains("work_seconds_bucket{le=\"0.001\"} 0\n"))
        #expect(text.contains("work_seconds_bucket{le=\"0.0025\"} 1\n"))
        #expect(text.contains("work_seconds_bucket{le=\"+Inf\"} 2\n"))
        #expect(text.contains("work_seconds_count 2\n"))
    }

    @Test func `labels that someone makes up do not fill the memory`() {
        let registry = MetricRegistry()
        for number in 0..<5000 { registry.makeCounter(label: "c", dimensions: [("n", "\(number)")]).increment(by: 1) }
        #expect(registry.families.first?.samples.count == 1000)
    }

    @Test(arguments: [
        ("plain", "plain"), ("two words", "two_words"), ("9lives", "_9lives"), ("a.b-c", "a_b_c"), ("", "_"),
        ("ü", "_"),
    ])
    func `a name holds only what Prometheus allows`(text: String, name: String) {
        #expect(TextExposition.name(text) == name)
    }

    @Test func `Prometheus' own parser reads what is written, hostile labels among it`() async throws {
        let python = SharedFolder.checkout.appending(path: ".deps/venv/bin/python")
        try #require(
            FileManager.default.isExecutableFile(atPath: python.path), "scripts/bootstrap makes the test environment")
        let hostile = "a\"b\\c\nd{e}=f,ü"
        var family = MetricFamily("tocsin_odd", .gauge, help: "Odd \\ values\nof two lines.")
        family.add(.infinity, ["way": hostile])
        family.add(.nan, ["way": "nan"])
        family.add(1e300, ["way": "large"])
        var distribution = Distribution()
        for seconds in [0.0001, 0.3, 7, 1000] { distribution.add(seconds) }
        var steps = MetricFamily("tocsin_steps_seconds", .histogram, help: "Steps.")
        steps.add(distribution: distribution, [.init("kind", hostile)])
        let script = """
            import sys
            from prometheus_client.parser import text_string_to_metric_families as parse
            for family in parse(sys.stdin.read()):
                for sample in family.samples:
                    print(family.type, sample.name, sorted(sample.labels.items()), sample.value)
            """
        let parser = try await Command.run(
            python.path, ["-c", script], input: TextExposition.text([family, steps]))
        #expect(parser.status == 0, "\(parser.errors)")
        let read = parser.output
        #expect(read.contains(#"gauge tocsin_odd [('way', 'a"b\\c\nd{e}=f,ü')] inf"#), "\(read)")
        #expect(read.contains("histogram tocsin_steps_seconds_count"))
        #expect(read.contains("[('kind', 'a\"b\\\\c\\nd{e}=f,ü'), ('le', '+Inf')] 4"), "\(read)")
    }
}
