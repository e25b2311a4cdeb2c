public import KQLFunctions

/// What the editor and the reference say about a plugin of `evaluate`.
public struct PluginDescription: Sendable {
    public let name: String
    /// One sentence: what it gives.
    public let summary: String
    public let parameters: [Parameter]
    /// Why Tocsin does not run it; nil when it runs.
    public let refusal: String?

    /// All plugins of the language, in order of name.
    public static let all: [PluginDescription] = {
        let working = Plugin.all.map {
            PluginDescription(name: $0.name, summary: $0.summary, parameters: $0.parameters, refusal: nil)
        }
        let refused = RefusedPlugin.all.map {
            PluginDescription(
                name: $0.name, summary: $0.summary, parameters: [.value("argument", .repeated)],
                refusal: $0.reason.text)
        }
        return (working + refused).sorted { $0.name < $1.name }
    }()
}
