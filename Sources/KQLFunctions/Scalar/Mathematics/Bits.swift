import KQLValues

/// Bits of 64-bit integers.
let bitFunctions: [ScalarFunction] = scalars {
    pair("binary_and", "The bits set in both numbers.", sql: .forms(duckDB: "$1 & $2", clickHouse: "bitAnd($1, $2)")) {
        $0 & $1
    }
    pair(
        "binary_or", "The bits set in one of the numbers.", sql: .forms(duckDB: "$1 | $2", clickHouse: "bitOr($1, $2)")
    ) { $0 | $1 }
    pair(
        "binary_xor", "The bits set in only one of the numbers.",
        sql: .forms(duckDB: "xor($1, $2)", clickHouse: "bitXor($1, $2)")
    ) { $0 ^ $1 }
    pair("binary_shift_left", "The bits moved to the left, by a count modulo 64.") { $0 << ($1 & 63) }
    pair("binary_shift_right", "The bits moved to the right, by a count modulo 64; the sign stays.") { $0 >> ($1 & 63) }
    ScalarFunction(
        "binary_not", family: .binary, summary: "All bits turned over.",
        signatures: [.takes(.long("value"), returns: .long)],
        naming: .firstArgument, sql: .forms(duckDB: "~$1", clickHouse: "bitNot($1)"),
        evaluate: each { (value: Int64) in ~value })
    ScalarFunction(
        "bitset_count_ones", family: .binary, summary: "The number of bits set.",
        signatures: [.takes(.long("value"), returns: .long)],
        naming: .firstArgument,
        evaluate: each { (value: Int64) in Int64(value.nonzeroBitCount) })
    ScalarFunction(
        "tohex", family: .conversion, summary: "The number in hexadecimal notation, with leading zeros up to a length.",
        signatures: [.takes(.long("value"), .long("minLength", .optional), returns: .string)],
        naming: .firstArgument,
        evaluate: each { (value: Int64, minLength: Int64?) -> String? in
            let digits = String(UInt64(bitPattern: value), radix: 16)
            let missing = min(64, max(0, Int(clamping: minLength ?? 0) - digits.count))
            return String(repeating: "0", count: missing) + digits
        })
}

private func pair(
    _ name: String, _ summary: String, sql: SQLForms = .none, _ body: @escaping @Sendable (Int64, Int64) -> Int64
) -> ScalarFunction {
    ScalarFunction(
        name, family: .binary, summary: summary,
        signatures: [.takes(.long("first"), .long("second"), returns: .long)],
        naming: .firstArgument, sql: sql,
        evaluate: each { (first: Int64, second: Int64) in body(first, second) })
}
