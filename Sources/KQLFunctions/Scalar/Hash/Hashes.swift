import KQLValues

/// Hashes of values.
let hashFunctions: [ScalarFunction] = scalars {
    digest("hash_md5", "MD5", .md5)
    digest("hash_sha1", "SHA-1", .sha1)
    digest("hash_sha256", "SHA-256", .sha256)
    ScalarFunction(
        "hash", aliases: ["hash_xxhash64"], family: .hash,
        summary: "The xxHash64 of a value, or its remainder by a modulus.",
        signatures: [.takes(.any("value"), .long("modulus", .optional), returns: .long)]
    ) { call throws(EvaluationError) in
        let hashes = hashes(call.arguments[0])
        let modulus = call.reader(1, Int64?.self)
        return try eachRow(call) { row -> Int64? in
            let hash = hashes[call.row(row, of: 0)]
            guard let modulus = modulus[row].flatMap(\.self) else { return Int64(bitPattern: hash) }
            return modulus == 0 ? nil : Int64(hash % modulus.magnitude)
        }
    }
    ScalarFunction(
        "hash_combine", family: .hash, summary: "One hash of several hashes; their order matters.",
        signatures: [.takes(.long("hash"), .long("more", .repeated), returns: .long)],
        evaluate: eachList { (hashes: [Int64]) in Int64(bitPattern: combined(hashes.map { UInt64(bitPattern: $0) })) })
    ScalarFunction(
        "hash_many", family: .hash, summary: "One hash of several values; their order matters.",
        signatures: [.takes(.any("value"), .any("more", .repeated), returns: .long)]
    ) { call in
        let columns = call.arguments.map { hashes($0) }
        let values = (0..<call.rowCount).map { row in
            Int64(bitPattern: combined(columns.indices.map { columns[$0][call.row(row, of: $0)] }))
        }
        return .long(Vector(values))
    }
}

private func digest(_ name: String, _ title: String, _ digest: Digest) -> ScalarFunction {
    ScalarFunction(
        name, family: .hash,
        summary: "The \(title) of the text of a value in hexadecimal digits; empty for the empty text.",
        signatures: [.takes(.any("value"), returns: .string)],
        sql: .rules(
            duckDB: { arguments in
                arguments.types[0] == .string && digest != .sha1
                    ? "CASE WHEN $1 = '' THEN '' ELSE \(name.dropFirst(5))($1) END" : nil
            },
            clickHouse: { arguments in
                arguments.types[0] == .string
                    ? "CASE WHEN $1 = '' THEN '' ELSE lower(hex(\(name.dropFirst(5).uppercased())($1))) END" : nil
            }),
        evaluate: eachText { $0.isEmpty ? "" : digest.hexadecimal(of: $0) })
}

/// The xxHash64 of each row: of strings over their UTF-8, of numbers and times over their eight bytes.
func hashes(_ column: Column) -> [UInt64] {
    switch column {
    case .int(let vector):
        (0..<vector.count).map { row in withUnsafeBytes(of: vector.values[row].littleEndian) { hash($0) } }
    case .long(let vector), .datetime(let vector), .timespan(let vector):
        (0..<vector.count).map { row in withUnsafeBytes(of: vector.values[row].littleEndian) { hash($0) } }
    case .real(let vector):
        (0..<vector.count).map { row in withUnsafeBytes(of: vector.values[row].bitPattern.littleEndian) { hash($0) } }
    default:
        column.texts.hashes
    }
}

private func hash(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    bytes.withMemoryRebound(to: UInt8.self) { XXHash64.hash($0) }
}

extension StringColumn {
    fileprivate var hashes: [UInt64] { (0..<count).map { withUTF8($0) { XXHash64.hash($0) } } }
}

private func combined(_ hashes: [UInt64]) -> UInt64 {
    hashes.reduce(0) { seed, hash in seed ^ (hash &+ 0x9E37_79B9_7F4A_7C15 &+ seed << 6 &+ seed >> 2) }
}
