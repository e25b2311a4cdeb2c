internal import Foundation

/// KQL that turns the rows of a source into those of a normalised schema, from a file `asim/SCHEMA/KIND_SOURCE.kql`.
///
/// The file begins with comments: a sentence on what it takes in, then `key: value` lines: `vendor`, `product` and
/// `tables`. The query may use the schema's parameters, but need not: what they filter is applied to its result and
/// moved to the tables by the engine.
public struct NormalizingParser: Sendable, Hashable {
    /// `KIND_SOURCE`, such as `Dns_MicrosoftOMS`.
    public let name: String
    public let summary: String
    public let vendor: String
    public let product: String
    /// The tables that it reads.
    public let tables: [String]
    let query: String

    init(contentsOf url: URL) throws(ContentFault) {
        func fault(_ problem: String, _ remedy: String) -> ContentFault {
            ContentFault(file: url.path, problem: problem, remedy: remedy)
        }
        let text: String
        do {
            text = try String(contentsOf: url, encoding: .utf8)
        } catch {
            throw fault("the file cannot be read: \(error.localizedDescription)", "check that it is UTF-8 text")
        }
        name = url.deletingPathExtension().lastPathComponent
        guard TableDefinition.isName(name), name.contains("_") else {
            throw fault("'\(name)' is no name of a parser", "name the file KIND_SOURCE.kql")
        }
        var words: [String] = []
        var keys: [String: String] = [:]
        for line in text.split(separator: "\n").prefix(while: { $0.hasPrefix("//") }) {
            let comment = line.dropFirst(2).trimmingPrefix { $0 == " " }
            let parts = comment.split(separator: ": ", maxSplits: 1)
            if parts.count == 2, ["vendor", "product", "tables"].contains(parts[0]) {
                keys[String(parts[0])] = String(parts[1])
            } else {
                words.append(String(comment))
            }
        }
        summary = words.joined(separator: " ")
        guard let vendor = keys["vendor"], let product = keys["product"], let tables = keys["tables"] else {
            throw fault(
                "the header is not complete", "begin the file with comments that name vendor, product and tables")
        }
        self.vendor = vendor
        self.product = product
        self.tables = tables.split(separator: ",").map { String($0.trimmingPrefix { $0 == " " }) }
        query = text
    }

    /// The function with filtering parameters, by its two names.
    var filteringNames: [String] { ["vim" + joinedName, "_Im_" + name] }
    /// The function without, by its two names.
    var plainNames: [String] { ["ASim" + joinedName, "_ASim_" + name] }

    private var joinedName: String { name.replacing("_", with: "") }
}
