import Foundation
import JSON
import Testing

@testable import Portal

/// A misspelt name in a template renders as nothing, so each template's names are held against a full model.
struct TemplateTests {
    private static let pages = Task { try await SamplePages.all() }

    @Test(arguments: TemplateName.allCases)
    func `a template names only what its page has, and renders`(name: TemplateName) async throws {
        let page = try #require(try await Self.pages.value.first { $0.template == name }, "there is a sample page")
        let html = try Templates().render(page)
        #expect(html.contains("</html>"))
        #expect(!html.contains("{{"))
        let known = PropertyNames.reachable(from: page)
        for tag in try TemplateTags.names(in: name.rawValue) {
            #expect(known.contains(tag), "\(name.rawValue) names '\(tag)', which its page does not have")
        }
    }

    @Test func `a rule's page says how its last run came by its look-back`() async throws {
        let page = try #require(try await Self.pages.value.first { $0.template == .rule })
        let html = try Templates().render(page)
        #expect(html.contains("<dt>Last run read</dt><dd>incremental: 1 of 336 slices read</dd>"))
    }

    @Test func `what comes from logs is escaped`() throws {
        let hostile = "<script>alert(1)</script>"
        let html = try Templates().render(ProblemPage(heading: hostile, message: hostile))
        #expect(!html.contains("<script>alert"))
        #expect(html.contains("&lt;script&gt;alert(1)"))
    }

    @Test(arguments: [
        ("<p>One &amp; two</p><p>three</p>", "One & two\nthree"),
        ("<table><tr><td>a</td><td>b</td></tr></table>", "a  b"),
        ("<script>alert(1)</script>", "alert(1)"), ("1 < 2", "1 < 2"), ("<b", "<b"),
    ])
    func `a playbook's comment is shown as text`(html: String, text: String) {
        #expect(PlainText.text(ofHTML: html) == text)
    }

    @Test func `a value in a script block cannot end the block`() {
        #expect(!ScriptJSON.text(["label": "</script><script>alert(1)"]).contains("</script>"))
    }
}

/// The names that a template and its partials use.
enum TemplateTags {
    static func names(in template: String) throws -> Set<String> {
        let root = Templates.folder
        let text = try String(contentsOf: root.appending(path: "\(template).mustache"), encoding: .utf8)
        var names: Set<String> = []
        let pattern = /\{\{(\{?)\s*([#^\/&<>$]?)\s*([A-Za-z0-9_.\-]+)\s*\}?\}\}/
        for match in text.matches(of: pattern) {
            let sign = match.output.2
            let name = String(match.output.3)
            if sign == "$" || sign == "/" { continue }
            if sign == "<" || sign == ">" {
                names.formUnion(try TemplateTags.names(in: name))
            } else if name != "." {
                names.formUnion(name.split(separator: ".").map(String.init))
            }
        }
        return names
    }
}

/// The property names that can be reached from a value, through optionals, arrays and nested structs.
enum PropertyNames {
    static func reachable(from value: any Sendable) -> Set<String> {
        var names: Set<String> = []
        collect(Mirror(reflecting: value), into: &names)
        return names
    }

    private static func collect(_ mirror: Mirror, into names: inout Set<String>) {
        for child in mirror.children {
            if let label = child.label, mirror.displayStyle == .struct { names.insert(label) }
            collect(Mirror(reflecting: child.value), into: &names)
        }
    }
}
