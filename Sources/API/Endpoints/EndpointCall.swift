internal import Foundation
internal import Hummingbird
internal import JSON
internal import StateStore
internal import WebGate

/// A request to an endpoint, checked: the caller holds the permission, parameters and body have the documented form.
struct EndpointCall: Sendable {
    let request: Request
    let context: TocsinRequestContext
    /// The body; null when there was none.
    let body: JSON
    private let fields: FormFields

    init(_ request: Request, _ context: TocsinRequestContext, body: JSON) {
        self.request = request
        self.context = context
        self.body = body
        fields = FormFields(query: request.uri.query)
    }

    /// What stands in the path for `{name}`, without percent-encoding.
    func name(_ name: String) -> String { context.parameters.get(name) ?? "" }

    /// A parameter of the address's query; of several the last.
    func query(_ name: String) -> String? { fields[name] }

    /// The number of a parameter of the address's query.
    func number(_ name: String) -> Int? { fields[name].flatMap { Int($0) } }

    /// Who asks.
    ///
    /// - Throws: 401 on an endpoint that is open to anybody.
    var caller: Caller { get throws { try context.requireCaller() } }

    /// How the journal names who asks.
    var actor: JournalActor { get throws { try caller.actor } }
}
