/// Where queries reach beyond the stored tables: `externaldata`, `http_request`, `http_request_post`. The implementation
/// decides what is allowed. Called on a thread that may block.
public protocol ExternalSource: Sendable {
    /// Sends a request and waits for the answer; redirects are followed as far as they are allowed.
    ///
    /// - Throws: `ExecutionError` `notAllowed` for an address that queries may not reach, `external` when the exchange
    ///   failed, `byteLimit` for an answer that is too large, `timeout`, `cancelled`.
    func send(
        _ request: ExternalRequest, isCancelled: @escaping @Sendable () -> Bool
    ) throws(ExecutionError) -> ExternalAnswer
}

/// A request of a query to the outside.
public struct ExternalRequest: Sendable, Hashable {
    public enum Method: String, Sendable, Hashable {
        case get = "GET"
        case post = "POST"
    }

    public var method: Method
    public var address: String
    public var headers: [String: String]
    public var body: [UInt8]
    /// Whether a gzip or zip file in the answer is unpacked.
    public var unpacks: Bool

    public init(
        _ method: Method, _ address: String, headers: [String: String] = [:], body: [UInt8] = [], unpacks: Bool = false
    ) {
        self.method = method
        self.address = address
        self.headers = headers
        self.body = body
        self.unpacks = unpacks
    }
}

/// What came back.
public struct ExternalAnswer: Sendable, Hashable {
    public var status: Int
    public var headers: [String: String]
    public var body: [UInt8]

    public init(status: Int, headers: [String: String] = [:], body: [UInt8]) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}

/// How an external file is written, after Kusto's names of formats.
public enum ExternalFormat: String, Sendable, Hashable, CaseIterable {
    case csv
    case tsv
    /// Tabs, with backslash escapes instead of quotes.
    case tsve
    case psv
    case scsv
    case sohsv
    /// One record a line, or records one after the other.
    case json
    /// Records one after the other over any number of lines, or an array of records.
    case multijson
    case singlejson
    /// Each line is one text.
    case txt
    /// The whole file is one text.
    case raw

    /// The format that a location's ending tells; CSV when it tells none.
    init(location: String) {
        var path = location.prefix { $0 != "?" && $0 != "#" && $0 != ";" }.lowercased()[...]
        for ending in [".gz", ".zip"] where path.hasSuffix(ending) { path = path.dropLast(ending.count) }
        let ending = path.split(separator: ".").last.map(String.init) ?? ""
        self = ExternalFormat(rawValue: ending) ?? (["ndjson", "jsonl"].contains(ending) ? .json : .csv)
    }

    /// What separates fields, for formats of fields.
    var separator: UInt8? {
        switch self {
        case .csv: UInt8(ascii: ",")
        case .tsv, .tsve: UInt8(ascii: "\t")
        case .psv: UInt8(ascii: "|")
        case .scsv: UInt8(ascii: ";")
        case .sohsv: 1
        case .json, .multijson, .singlejson, .txt, .raw: nil
        }
    }
}
