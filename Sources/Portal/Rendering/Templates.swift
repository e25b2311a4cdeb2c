internal import Foundation
internal import Mustache

/// The portal's page templates, parsed once at start.
public struct Templates: Sendable {
    private let library: MustacheLibrary

    /// Why the templates cannot be used.
    public struct Problem: Error, Sendable, CustomStringConvertible {
        public let description: String
    }

    static let folder = Bundle.module.bundleURL.appending(path: "Resources/templates")

    /// Reads the templates that ship with this module.
    public init() throws {
        let folder = Templates.folder
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        var library = MustacheLibrary()
        for name in names.sorted() where name.hasSuffix(".mustache") {
            let text = try String(contentsOf: folder.appending(path: name), encoding: .utf8)
            do {
                try library.register(text, named: String(name.dropLast(".mustache".count)))
            } catch {
                throw Problem(description: "\(name): the template cannot be read: \(error)")
            }
        }
        self.library = library
    }

    /// Renders a page.
    func render(_ page: some Page) throws -> String {
        guard let html = library.render(page, withTemplate: page.template.rawValue) else {
            throw Problem(description: "there is no template '\(page.template.rawValue)'")
        }
        return html
    }
}

/// What a page shows: a plain struct whose property names are the template's names.
protocol Page: Sendable {
    var template: TemplateName { get }
}

/// The templates that are pages of their own.
enum TemplateName: String, Sendable, CaseIterable {
    case overview, incidents, incident, alert, entity, search, logs, rules, rule, playbooks, run, plans, sources
    case signIn = "sign-in"
    case welcome, problem
    case deadLetters = "dead-letters"
    case ruleQuality = "rule-quality"
    case ruleDossier = "rule-dossier"
    case backtest, coverage, reference
    case watchlists, watchlist
    case assets, asset, priority
    case priorityModel = "priority-model"
    case incidentMetrics = "incident-metrics"
}
