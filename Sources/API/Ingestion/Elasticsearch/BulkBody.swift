internal import Foundation
internal import JSON

/// The actions of a `_bulk` request: lines of action and document in turn (Elasticsearch's bulk API).
struct BulkBody {
    /// What a request can ask for with a document; Tocsin keeps events and changes none.
    enum Operation: String {
        case index, create, update, delete
    }

    struct Item {
        var operation: Operation
        var index: String
        /// The document's identifier, the sender's or one made here.
        var id: String
        var isNamed: Bool
        /// The document on one line; empty for operations that are not taken.
        var document: ArraySlice<UInt8>
        /// Why the item is refused; nil when it is taken.
        var fault: ElasticError?
    }

    private(set) var items: [Item] = []

    /// - Parameter index: the index of items that name none.
    /// - Throws: `ElasticError` when an action cannot be read, so that what follows has no meaning either.
    init(_ bytes: [UInt8], index defaultIndex: String?) throws(ElasticError) {
        var lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: true).makeIterator()
        var number = 0
        while let line = lines.next() {
            number += 1
            if line.allSatisfy({ $0 == 0x20 || $0 == 0x0D }) { continue }
            guard let action = try? JSON(parsing: line), let members = action.objectValue, members.count == 1,
                let (name, metadata) = members.elements.first, let operation = Operation(rawValue: name)
            else {
                throw ElasticError(
                    .illegalArgument,
                    "Malformed action/metadata line [\(number)], expected index, create, update or delete")
            }
            guard let index = metadata["_index"]?.stringValue ?? defaultIndex else {
                throw ElasticError(.validation, "Validation Failed: \(items.count + 1): index is missing;")
            }
            let id = metadata["_id"].flatMap { $0.stringValue ?? $0.intValue.map(String.init) }
            var item = Item(
                operation: operation, index: index, id: id ?? RandomDocumentID.make(), isNamed: id != nil, document: [],
                fault: nil)
            if operation != .delete {
                guard let document = lines.next() else {
                    throw ElasticError(.illegalArgument, "the action of line [\(number)] has no document after it")
                }
                number += 1
                item.document = document
            }
            item.fault = Self.fault(of: item)
            items.append(item)
        }
        guard !items.isEmpty else { throw ElasticError(.parsing, "request body is required") }
    }

    /// One document by itself.
    init(document bytes: [UInt8], index: String, id: String?) throws(ElasticError) {
        let json: JSON
        do {
            json = try JSON(parsing: bytes)
        } catch {
            throw ElasticError(.document, "failed to parse: \(error)")
        }
        // A document of several lines becomes one of one line.
        var item = Item(
            operation: .index, index: index, id: id ?? RandomDocumentID.make(), isNamed: id != nil,
            document: Array(json.description.utf8)[...], fault: nil)
        item.fault = Self.fault(of: item)
        items = [item]
    }

    private static func fault(of item: Item) -> ElasticError? {
        switch item.operation {
        case .update, .delete:
            return ElasticError(
                .illegalArgument, "events are kept as they came: '\(item.operation.rawValue)' is not possible")
        case .index, .create: break
        }
        guard !item.index.isEmpty, item.index.utf8.count <= 255, !item.index.hasPrefix("_") else {
            return ElasticError(.invalidIndexName, "Invalid index name [\(item.index)]")
        }
        guard let document = try? JSON(parsing: item.document), document.objectValue != nil else {
            // The parser's reason is about a byte of the line; the sender finds the document by its place in the answer.
            return ElasticError(.document, "failed to parse: the document is no JSON object")
        }
        return nil
    }
}

/// Identifiers of documents that came without one, as long as Elasticsearch's own.
private enum RandomDocumentID {
    static func make() -> String {
        var generator = SystemRandomNumberGenerator()
        let bytes = (0..<15).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        return Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
    }
}
