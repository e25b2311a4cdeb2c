internal import Foundation
internal import JSON

extension LogExport {
    /// Reads the binary encoding; the field numbers are those of opentelemetry-proto 1. Fields of later versions are left
    /// out, as Protocol Buffers demand.
    init(protobuf bytes: [UInt8]) throws(LogExportFault) {
        do {
            var request = ProtobufReader(bytes[...])
            while let (field, value) = try request.next() {
                if field == 1, let slice = value.slice { try addResource(slice) }
            }
        } catch {
            throw LogExportFault(reason: error.reason)
        }
    }

    private mutating func addResource(_ slice: ArraySlice<UInt8>) throws(ProtobufFault) {
        var origin = Origin()
        var scopes: [ArraySlice<UInt8>] = []
        var message = ProtobufReader(slice)
        while let (field, value) = try message.next() {
            guard let slice = value.slice else { continue }
            if field == 1 { origin.resource = try Self.attributes(slice, field: 1, depth: Self.depth) }
            // Scopes may come before the resource they belong to.
            if field == 2 { scopes.append(slice) }
        }
        for scope in scopes { try addScope(scope, origin) }
    }

    private mutating func addScope(_ slice: ArraySlice<UInt8>, _ shared: Origin) throws(ProtobufFault) {
        var origin = shared
        var logs: [Record] = []
        var message = ProtobufReader(slice)
        while let (field, value) = try message.next() {
            guard let slice = value.slice else { continue }
            if field == 1 { try Self.read(slice, into: &origin) }
            if field == 2 { logs.append(try Record(protobuf: slice)) }
        }
        records += logs.map { (origin, $0) }
    }

    private static func read(_ scope: ArraySlice<UInt8>, into origin: inout Origin) throws(ProtobufFault) {
        var message = ProtobufReader(scope)
        while let (field, value) = try message.next() {
            switch field {
            case 1: origin.scopeName = value.text ?? ""
            case 2: origin.scopeVersion = value.text ?? ""
            case 3:
                if let slice = value.slice { try add(pair: slice, to: &origin.scopeAttributes, depth: depth) }
            default: continue
            }
        }
    }

    /// The repeated `KeyValue` in a field of a message.
    fileprivate static func attributes(
        _ slice: ArraySlice<UInt8>, field wanted: Int, depth: Int
    ) throws(ProtobufFault) -> JSONObject {
        var members = JSONObject()
        var message = ProtobufReader(slice)
        while let (field, value) = try message.next() {
            if field == wanted, let slice = value.slice { try add(pair: slice, to: &members, depth: depth) }
        }
        return members
    }

    fileprivate static func add(
        pair slice: ArraySlice<UInt8>, to members: inout JSONObject, depth: Int
    ) throws(ProtobufFault) {
        var key = ""
        var content = JSON.null
        var message = ProtobufReader(slice)
        while let (field, part) = try message.next() {
            if field == 1 { key = part.text ?? "" }
            if field == 2, let slice = part.slice { content = try value(slice, depth: depth) }
        }
        members[key] = content
    }

    /// The plain value of an `AnyValue`.
    fileprivate static func value(_ slice: ArraySlice<UInt8>, depth: Int) throws(ProtobufFault) -> JSON {
        guard depth > 0 else { throw ProtobufFault(reason: "a value is nested too deeply") }
        var result = JSON.null
        var message = ProtobufReader(slice)
        while let (field, part) = try message.next() {
            switch (field, part) {
            case (1, .bytes(let text)): result = .string(String(decoding: text, as: UTF8.self))
            case (2, .varint(let bit)): result = .bool(bit != 0)
            case (3, .varint(let bits)): result = .int(Int64(bitPattern: bits))
            case (4, .fixed64(let bits)):
                let number = Double(bitPattern: bits)
                result = number.isFinite ? .double(number) : .string("\(number)")
            case (5, .bytes(let list)):
                var values: [JSON] = []
                var elements = ProtobufReader(list)
                while let (field, element) = try elements.next() {
                    if field == 1, let slice = element.slice { values.append(try value(slice, depth: depth - 1)) }
                }
                result = .array(values)
            case (6, .bytes(let list)): result = .object(try attributes(list, field: 1, depth: depth - 1))
            case (7, .bytes(let bytes)): result = .string(Data(bytes).base64EncodedString())
            default: continue
            }
        }
        return result
    }
}

extension LogExport.Record {
    fileprivate init(protobuf slice: ArraySlice<UInt8>) throws(ProtobufFault) {
        var message = ProtobufReader(slice)
        while let (field, value) = try message.next() {
            switch field {
            case 1: time = min(value.number ?? 0, UInt64(Int64.max))
            case 2: severityNumber = Int64(clamping: value.number ?? 0)
            case 3: severityText = value.text ?? ""
            case 5: if let slice = value.slice { body = try LogExport.value(slice, depth: LogExport.depth) }
            case 6:
                if let slice = value.slice { try LogExport.add(pair: slice, to: &attributes, depth: LogExport.depth) }
            case 8: flags = Int64(clamping: value.number ?? 0)
            case 9: traceID = Self.hexadecimal(value.slice)
            case 10: spanID = Self.hexadecimal(value.slice)
            case 11: observedTime = min(value.number ?? 0, UInt64(Int64.max))
            case 12: eventName = value.text ?? ""
            default: continue
            }
        }
    }

    private static func hexadecimal(_ bytes: ArraySlice<UInt8>?) -> String {
        (bytes ?? []).map { $0 < 16 ? "0" + String($0, radix: 16) : String($0, radix: 16) }.joined()
    }
}
