public import KQLValues

/// A data collection rule (`Microsoft.Insights/dataCollectionRules`): which streams may be sent, and what becomes of them.
public struct DataCollectionRule: Sendable, Hashable {
    /// What happens to the records of some streams.
    public struct Flow: Sendable, Hashable {
        public var streams: [String]
        /// A KQL query over `source`; nil leaves the records as they are.
        public var transformation: String?
        /// The stream whose table takes the rows; nil: the table of the stream itself.
        public var outputStream: String?
        /// The columns of each stream, by its name in lower case.
        public var inputs: [String: TableSchema] = [:]

        /// The columns that records of a stream have.
        public func input(of stream: String) -> TableSchema { inputs[stream.lowercased()] ?? TableSchema([]) }

        /// What makes rows out of a stream's records; nil when they are rows of their table already.
        public func query(of stream: String) -> String? {
            if let transformation { return transformation }
            let isSame = outputStream == nil || outputStream?.lowercased() == stream.lowercased()
            return isSame && stream.hasPrefix(StreamName.builtIn) ? nil : "source"
        }

        /// The table that takes the rows of a stream: `Custom-NAME_CL` → `NAME_CL`, `Microsoft-NAME` → `NAME`.
        public func table(of stream: String) -> String { StreamName.table(outputStream ?? stream) }
    }

    /// The columns of the custom streams, by the stream's name.
    public var streams: [String: TableSchema]
    public var flows: [Flow]

    /// What becomes of a stream; empty when the rule does not take it.
    public func flows(of stream: String) -> [Flow] {
        flows.filter { flow in flow.streams.contains { $0.lowercased() == stream.lowercased() } }
    }
}

/// Names of streams.
enum StreamName {
    static let custom = "Custom-"
    static let builtIn = "Microsoft-"

    static func table(_ stream: String) -> String {
        for prefix in [custom, builtIn] where stream.hasPrefix(prefix) { return String(stream.dropFirst(prefix.count)) }
        return stream
    }

    /// Letters, digits, `_`, `-` and `.` after the prefix.
    static func isValid(_ stream: String) -> Bool {
        guard let prefix = [custom, builtIn].first(where: { stream.hasPrefix($0) }) else { return false }
        let name = stream.dropFirst(prefix.count)
        return !name.isEmpty && name.utf8.count <= 128
            && name.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                    || byte == 0x5F || byte == 0x2D || byte == 0x2E
            }
    }
}
