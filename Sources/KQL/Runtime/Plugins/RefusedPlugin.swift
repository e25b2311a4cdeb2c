/// A plugin of Kusto that Tocsin does not run, on purpose.
struct RefusedPlugin: Sendable {
    let name: String
    /// One sentence: what it does in Kusto.
    let summary: String
    let reason: Reason

    enum Reason: Sendable {
        /// It runs code that stands in the query.
        case code
        /// It reaches another database or service.
        case outsideService
        /// It reads files of a storage service.
        case storage

        /// Why, and what to do instead.
        var text: String {
            switch self {
            case .code: "queries cannot run code of other languages; write the calculation in KQL"
            case .outsideService: "queries cannot reach other services; bring the data in with a collector"
            case .storage: "queries cannot look into storage services; give externaldata a schema"
            }
        }
    }

    static let all: [RefusedPlugin] = [
        RefusedPlugin("ai_chat_completion", "Sends prompts to a language model.", .outsideService),
        RefusedPlugin("ai_chat_completion_prompt", "Sends a prompt to a language model.", .outsideService),
        RefusedPlugin("ai_embed_text", "Has a service compute embeddings of texts.", .outsideService),
        RefusedPlugin("ai_embeddings", "Has a service compute embeddings of texts.", .outsideService),
        RefusedPlugin("azure_digital_twins_query_request", "Queries Azure Digital Twins.", .outsideService),
        RefusedPlugin("cosmosdb_sql_request", "Queries a Cosmos database.", .outsideService),
        RefusedPlugin("csharp", "Runs a C# script over the rows.", .code),
        RefusedPlugin("dax_request", "Queries a semantic model.", .outsideService),
        RefusedPlugin("infer_storage_schema", "Infers the columns of files in a storage service.", .storage),
        RefusedPlugin(
            "infer_storage_schema_with_suggestions", "Infers the columns of files and suggests types.", .storage),
        RefusedPlugin("mysql_request", "Queries a MySQL database.", .outsideService),
        RefusedPlugin("postgresql_request", "Queries a PostgreSQL database.", .outsideService),
        RefusedPlugin("python", "Runs a Python script over the rows.", .code),
        RefusedPlugin("r", "Runs an R script over the rows.", .code),
        RefusedPlugin("sql_request", "Queries an SQL Server database.", .outsideService),
    ]

    private init(_ name: String, _ summary: String, _ reason: Reason) {
        self.name = name
        self.summary = summary
        self.reason = reason
    }

    static func named(_ name: String) -> RefusedPlugin? { all.first { $0.name == name } }
}
