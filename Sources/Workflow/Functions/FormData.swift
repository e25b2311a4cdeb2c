internal import JSON

/// Reads `application/x-www-form-urlencoded` and `multipart/*` bodies.
enum FormData {
    /// The value (or all values) of a form's field; null when it has none.
    static func values(named name: String, in body: JSON, first: Bool) -> JSON {
        let text = body.binaryContent?.text ?? body.stringValue ?? ""
        let values = text.split(separator: "&").compactMap { pair -> JSON? in
            let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let key = sides.first, PercentCoding.decode(form: key) == name else { return nil }
            return .string(sides.count > 1 ? PercentCoding.decode(form: sides[1]) : "")
        }
        return first ? values.first ?? .null : .array(values)
    }

    /// The part at `index` of a body in the shape `{"$multipart": [{"body": …}]}`.
    static func part(_ index: Int, of body: JSON) -> JSON {
        body["$multipart"]?[index]?["body"] ?? .null
    }
}

/// Percent-encoding (RFC 3986).
enum PercentCoding {
    /// Everything but letters, digits and `-_.~` encoded, as .NET's EscapeDataString.
    static func encode(_ text: String) -> String {
        var result: [UInt8] = []
        let digits = Array("0123456789ABCDEF".utf8)
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: result.append(byte)
            default: result += [0x25, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    static func decode(_ text: some StringProtocol) -> String {
        let bytes = Array(text.utf8)
        var result: [UInt8] = []
        var position = 0
        while position < bytes.count {
            if bytes[position] == 0x25, position + 2 < bytes.count,
                let value = UInt8(String(decoding: bytes[(position + 1)...(position + 2)], as: UTF8.self), radix: 16)
            {
                result.append(value)
                position += 3
            } else {
                result.append(bytes[position])
                position += 1
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    static func decode(form text: some StringProtocol) -> String {
        decode(String(text).replacing("+", with: " "))
    }
}
