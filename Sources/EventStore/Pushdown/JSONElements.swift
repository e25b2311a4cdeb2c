import JSON
public import KQLValues

/// The elements of dynamic values that stand as JSON text, as `mv-expand` takes them apart.
public struct JSONElements: Sendable {
    private let bagsAsArrays: Bool
    /// The elements' JSON texts, one document's after the other's; an empty one stands for null.
    public private(set) var texts = StringColumn()

    /// - Parameter bagsAsArrays: Whether a property of a bag is an array of key and value instead of a bag of one.
    public init(bagsAsArrays: Bool) {
        self.bagsAsArrays = bagsAsArrays
    }

    /// Appends the elements of a document; empty text is the null of dynamic, which has itself for its only element. Gives
    /// their number.
    public mutating func append(_ document: UnsafeBufferPointer<UInt8>) -> Int {
        if document.isEmpty { return appendNull() }
        var scanner = JSONScanner(document)
        do {
            if let ranges = try scanner.elements() {
                for range in ranges { append(element: UnsafeBufferPointer(rebasing: document[range])) }
                return ranges.count
            }
        } catch {
            // Text that the scanner does not judge is read by the parser.
        }
        return appendParsed(document)
    }

    private mutating func append(element: UnsafeBufferPointer<UInt8>) {
        let isNull = element.count == 4 && element[0] == UInt8(ascii: "n")
        texts.append(utf8: isNull ? UnsafeBufferPointer(rebasing: element[..<0]) : element)
    }

    private mutating func appendNull() -> Int {
        texts.append("")
        return 1
    }

    private mutating func appendParsed(_ document: UnsafeBufferPointer<UInt8>) -> Int {
        let elements: [JSON]
        do {
            elements = try self.elements(of: JSON(parsing: document))
        } catch {
            // Text that is no JSON is a dynamic string.
            elements = [.string(String(decoding: document, as: UTF8.self))]
        }
        for element in elements { texts.append(element.isNull ? "" : element.description) }
        return elements.count
    }

    private func elements(of value: JSON) -> [JSON] {
        switch value {
        case .array(let elements): elements
        case .object(let members):
            members.map { key, value in
                bagsAsArrays
                    ? .array([.string(key), value]) : .object(JSONObject(uniqueKeysWithValues: [(key, value)]))
            }
        default: [value]
        }
    }
}
