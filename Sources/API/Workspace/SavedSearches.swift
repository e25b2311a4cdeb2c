public import Investigation
internal import JSON
internal import KQL
internal import KQLSyntax
internal import StateStore
public import WorkspaceResources

/// Log Analytics' saved searches: queries that hunters keep, and functions that queries call by their alias, as
/// Sentinel's parsers are installed.
public struct SavedSearches: Sendable {
    private let documents: WorkspaceResourceStore
    private let library: FunctionLibrary

    static let place = ResourcePlace("savedSearches")
    /// As many as Log Analytics keeps.
    static let most = 2000

    public init(documents: WorkspaceResourceStore, library: FunctionLibrary) {
        self.documents = documents
        self.library = library
    }

    /// Lets queries call what is kept.
    ///
    /// - Returns: What is wrong with functions that cannot be called, one sentence each.
    @discardableResult
    public func restore() async throws -> [String] {
        var faults: [String] = []
        try await library.renewKept {
            var functions: [SavedFunction] = []
            for search in try await all() {
                do {
                    if let function = try Self.function(of: search.properties) { functions.append(function) }
                } catch let fault as APIError {
                    faults.append("the saved search '\(search.name)': \(fault.message)")
                }
            }
            return functions
        }
        return faults
    }

    func all() async throws -> [WorkspaceResource] { try await documents.all(Self.place) }

    func find(_ name: String) async throws -> WorkspaceResource {
        guard let found = try await documents.find(name, in: Self.place) else {
            throw APIError(.notFound, "there is no saved search '\(name)'")
        }
        return found
    }

    func save(
        _ name: String, _ properties: JSON, expecting version: Int64?, by actor: JournalActor
    ) async throws -> WorkspaceResource {
        if let function = try Self.function(of: properties) {
            let others = try await all().filter { $0.name.lowercased() != name.lowercased() }
            if let other = others.first(where: { $0.properties["functionAlias"]?.stringValue == function.name }) {
                throw APIError(
                    .conflict, "the saved search '\(other.name)' is the function '\(function.name)' already",
                    target: "properties.functionAlias")
            }
        }
        let saved = try await documents.save(
            name, in: Self.place, properties, most: Self.most, expecting: version, by: actor)
        try await restore()
        return saved.resource
    }

    func delete(_ name: String, by actor: JournalActor) async throws -> Bool {
        let wasThere = try await documents.delete(name, in: Self.place, by: actor)
        try await restore()
        return wasThere
    }

    /// The function that a search is; nil for a search without alias.
    ///
    /// - Throws: `APIError` that names the property at fault.
    private static func function(of properties: JSON) throws(APIError) -> SavedFunction? {
        guard let alias = properties["functionAlias"]?.stringValue, !alias.isEmpty else { return nil }
        guard alias.wholeMatch(of: /[A-Za-z_][A-Za-z0-9_]*/) != nil else {
            throw APIError.badRequest(
                "'\(alias)' is no name of a function: use letters, digits and '_'", target: "properties.functionAlias")
        }
        let declared = properties["functionParameters"]?.stringValue ?? ""
        let body = properties["query"]?.stringValue ?? ""
        do {
            return try SavedFunction(name: alias, declared: declared, body: body)
        } catch {
            let target =
                switch error.part {
                case .parameters: "functionParameters"
                case .body: "query"
                }
            throw APIError.badRequest("'\(target)' does not parse: \(error)", target: "properties.\(target)")
        }
    }
}
