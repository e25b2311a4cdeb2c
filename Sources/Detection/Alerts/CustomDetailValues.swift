internal import Casebook
internal import JSON

/// Collects a rule's custom details out of results: up to 50 values each and 2 KB in all.
enum CustomDetailValues {
    private static let mostValues = 50
    private static let mostBytes = 2_048

    static func collect(_ details: OrderedDictionary<String, String>, _ rows: [ResultRow]) -> CustomDetails {
        var result: CustomDetails = [:]
        var bytes = 0
        for (key, column) in details {
            var values: [String] = []
            for row in rows where values.count < mostValues {
                let text = row.text(column)
                guard !text.isEmpty, !values.contains(text) else { continue }
                bytes += text.utf8.count + key.utf8.count
                guard bytes <= mostBytes else { break }
                values.append(text)
            }
            if !values.isEmpty { result[key] = values }
        }
        return result
    }
}
