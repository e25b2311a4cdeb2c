internal import Records

/// Opens messages of syslog lines that are JSON objects of sources which come that way.
struct CarriedJSON: Sendable {
    /// Nil when the source is given, so that every object is one of it.
    private let recognizer: Recognizer?

    /// - Parameter given: The source that all lines are of, if the sender names it.
    /// - Returns: Nil when no source comes that way.
    init?(_ catalogue: SourceCatalogue, given: SourceDefinition?) {
        if let given {
            guard given.isCarriedBySyslog else { return nil }
            recognizer = nil
        } else {
            let sources = catalogue.sources.filter(\.isCarriedBySyslog)
            guard !sources.isEmpty else { return nil }
            recognizer = Recognizer(SourceCatalogue(sources))
        }
    }

    /// Ends the record under construction with the fields of a message's object; false when it is none of a known source.
    func open(_ message: UnsafeBufferPointer<UInt8>, into records: inout RecordBuilder) -> Bool {
        guard message.first == UInt8(ascii: "{"), message.last(where: { $0 > 0x20 }) == UInt8(ascii: "}"),
            isKnown(message), case .success = records.append(json: message)
        else { return false }
        return true
    }

    private func isKnown(_ message: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let recognizer else { return true }
        var object = RecordBuilder()
        guard case .success = object.append(json: message) else { return false }
        return recognizer.sources(of: object.take()).allSatisfy { $0 >= 0 }
    }
}
