public import Access
public import Casebook
public import Investigation

/// What the API's handlers work with.
public struct APIServices: Sendable {
    public let access: AccessControl
    public let casebook: Casebook
    public let queries: QueryService
    public let editor: QueryEditor
    public let intake: any EventIntake
    public let names: WorkspaceNames
    /// The address of an incident's page.
    public let incidentURL: @Sendable (IncidentID) -> String

    public init(
        access: AccessControl, casebook: Casebook, queries: QueryService, editor: QueryEditor,
        intake: any EventIntake,
        names: WorkspaceNames,
        incidentURL: @escaping @Sendable (IncidentID) -> String
    ) {
        self.access = access
        self.casebook = casebook
        self.queries = queries
        self.editor = editor
        self.intake = intake
        self.names = names
        self.incidentURL = incidentURL
    }
}
