internal import CLibYAML

/// Reads the documents of a YAML file.
public enum YAMLDocuments {
    /// The documents of a file's text that are not empty; faults become findings, and what stands before them is kept.
    public static func read(_ text: String, file: String, findings: inout [SigmaFinding]) -> [YAMLValue] {
        var text = text
        return text.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) { bytes in
                // libyaml is out of memory only where nothing else could go on either.
                guard let stream = tocsin_yaml_new(bytes.baseAddress, bytes.count) else { return [] }
                defer { tocsin_yaml_delete(stream) }
                return read(stream, file: file, findings: &findings)
            }
        }
    }

    private static func read(
        _ stream: OpaquePointer, file: String, findings: inout [SigmaFinding]
    ) -> [YAMLValue] {
        var builder = YAMLBuilder(file: file)
        do throws(YAMLFault) {
            while try builder.take(tocsin_yaml_next(stream)) {}
        } catch {
            findings.append(error.finding(file: file))
            if case .tooLarge = error { return [] }
        }
        return builder.documents
    }
}

/// Why a stream of YAML is not read to its end.
private enum YAMLFault: Error {
    case syntax(String, line: Int, column: Int)
    case undefinedAlias(String, line: Int, column: Int)
    case duplicateKeys([String], SigmaPosition)
    case tooLarge

    func finding(file: String) -> SigmaFinding {
        switch self {
        case .syntax(let problem, let line, let column):
            let position = SigmaPosition(file: file, line: max(1, line), column: max(1, column))
            return SigmaFinding(.error, .invalidYAML, problem, at: position)
        case .undefinedAlias(let name, let line, let column):
            return SigmaFinding(
                .error, .invalidYAML, "the alias '*\(name)' has no anchor before it",
                at: SigmaPosition(file: file, line: line, column: column))
        case .duplicateKeys(let names, let position):
            let message = "the map names a key twice: \(names.joined(separator: ", "))"
            return SigmaFinding(.error, .invalidYAML, message, at: position)
        case .tooLarge:
            let message =
                "the file holds more than \(YAMLBuilder.mostValues) values or nests deeper than \(YAMLBuilder.deepestNesting)"
            return SigmaFinding(.error, .tooLarge, message, at: SigmaPosition(file: file))
        }
    }
}

/// Puts values together of the events of a stream.
private struct YAMLBuilder {
    /// A value with its size, which counts wherever an alias stands for it.
    private struct Built {
        var value: YAMLValue
        /// As it was written, where it is a scalar.
        var text: String?
        /// The values in it, itself included.
        var count = 1
        /// How deep it nests; 0 for a scalar.
        var height = 0
    }

    /// A sequence or map that is not finished.
    private struct Open {
        let isMapping: Bool
        let position: SigmaPosition
        let anchor: String?
        var values: [YAMLValue] = []
        var members: [(key: String, value: YAMLValue)] = []
        /// The key whose value is to come.
        var key: (text: String?, position: SigmaPosition)?
        /// Keys that are texts, with their places.
        var keys: [(text: String, position: SigmaPosition)] = []
        var count = 1
        var height = 0
    }

    /// More values than this in one file are refused: aliases can make a small file huge.
    static let mostValues = 200_000
    static let deepestNesting = 64

    private let file: String
    /// The finished documents that are not empty.
    private(set) var documents: [YAMLValue] = []
    private var open: [Open] = []
    private var anchors: [String: Built] = [:]
    private var count = 0

    init(file: String) {
        self.file = file
    }

    /// Takes the next event.
    ///
    /// - Returns: whether there are more.
    mutating func take(_ event: tocsin_yaml_event) throws(YAMLFault) -> Bool {
        switch event.kind {
        case TOCSIN_YAML_SCALAR: try add(scalar(event), anchor: Self.text(event.anchor))
        case TOCSIN_YAML_ALIAS: try addAlias(event)
        case TOCSIN_YAML_SEQUENCE_START, TOCSIN_YAML_MAPPING_START:
            if open.count >= Self.deepestNesting { throw .tooLarge }
            open.append(
                Open(
                    isMapping: event.kind == TOCSIN_YAML_MAPPING_START, position: position(event),
                    anchor: Self.text(event.anchor)))
        case TOCSIN_YAML_SEQUENCE_END, TOCSIN_YAML_MAPPING_END: try close()
        case TOCSIN_YAML_FAULT:
            let problem = String(decoding: Self.bytes(event), as: UTF8.self)
            throw .syntax(problem, line: Int(event.line), column: Int(event.column))
        case TOCSIN_YAML_END: return false
        default: break
        }
        return true
    }

    private mutating func close() throws(YAMLFault) {
        guard let last = open.popLast() else { return }
        let content: YAMLValue.Content
        if last.isMapping {
            try checkKeys(of: last)
            content = .mapping(YAMLMapping(members: last.members))
        } else {
            content = .sequence(last.values)
        }
        let value = YAMLValue(content: content, position: last.position)
        try add(Built(value: value, count: last.count, height: last.height + 1), anchor: last.anchor)
    }

    private func checkKeys(of map: Open) throws(YAMLFault) {
        var first: [String: SigmaPosition] = [:]
        var twice: [String: SigmaPosition] = [:]
        for (text, position) in map.keys {
            if let known = first[text] { twice[text] = known } else { first[text] = position }
        }
        let names = twice.keys.sorted()
        if let name = names.first, let position = twice[name] { throw .duplicateKeys(names, position) }
    }

    private mutating func addAlias(_ event: tocsin_yaml_event) throws(YAMLFault) {
        let name = Self.text(event.anchor) ?? ""
        guard let built = anchors[name] else {
            throw .undefinedAlias(name, line: Int(event.line), column: Int(event.column))
        }
        if open.count + built.height > Self.deepestNesting { throw .tooLarge }
        try add(built, anchor: nil)
    }

    /// Puts a finished value where it belongs.
    private mutating func add(_ built: Built, anchor: String?) throws(YAMLFault) {
        if let anchor { anchors[anchor] = built }
        guard let last = open.indices.last else {
            if count + built.count > Self.mostValues { throw .tooLarge }
            count += built.count
            if case .null = built.value.content { return }
            return documents.append(built.value)
        }
        open[last].height = max(open[last].height, built.height)
        if open[last].isMapping, open[last].key == nil {
            open[last].key = (built.text, built.value.position)
            if let text = built.text { open[last].keys.append((text, built.value.position)) }
            return
        }
        open[last].count += built.count
        if open[last].count > Self.mostValues { throw .tooLarge }
        if let key = open[last].key {
            var value = built.value
            value.position = key.position
            open[last].members.append((key.text ?? "", value))
            open[last].key = nil
        } else {
            open[last].values.append(built.value)
        }
    }

    private func scalar(_ event: tocsin_yaml_event) -> Built {
        let text = String(decoding: Self.bytes(event), as: UTF8.self)
        let isNull = event.is_plain && ["", "~", "null", "Null", "NULL"].contains(text)
        var value = YAMLValue(content: isNull ? .null : .scalar(text), position: position(event))
        value.isBlock = event.is_block
        value.isQuoted = event.is_quoted
        return Built(value: value, text: text)
    }

    private func position(_ event: tocsin_yaml_event) -> SigmaPosition {
        SigmaPosition(file: file, line: Int(event.line), column: Int(event.column))
    }

    private static func bytes(_ event: tocsin_yaml_event) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: event.text, count: event.length)
    }

    private static func text(_ name: UnsafePointer<CChar>?) -> String? { name.map { String(cString: $0) } }
}
